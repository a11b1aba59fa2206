/**
 * The package as `npm pack` makes it, installed into an empty app without a network: unpacked as npm would, beside links to what it says it
 * needs and to nothing else, so that what it does not say it needs is not there.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

const ROOT = join(__dirname, '../..');

export interface Manifest {
  readonly version: string;
  readonly main: string;
  readonly types: string;
  readonly exports: Readonly<Record<string, unknown>>;
  readonly bin: Readonly<Record<string, string>>;
  readonly dependencies: Readonly<Record<string, string>>;
  readonly peerDependencies: Readonly<Record<string, string>>;
  readonly devDependencies: Readonly<Record<string, string>>;
}

export class InstalledPackage {
  /** The empty app. */
  readonly app: string;
  /** Where the package stands in it. */
  readonly folder: string;
  readonly manifest: Manifest;
  /** The environment of whoever has it installed: nothing of this run of npm or of this checkout. */
  private readonly env: NodeJS.ProcessEnv;

  constructor() {
    this.app = mkdtempSync(join(tmpdir(), 'empty-app-'));
    this.env = { PATH: process.env.PATH, HOME: this.app, CDK_VALIDATION: process.env.CDK_VALIDATION };
    const modules = join(this.app, 'node_modules');
    this.folder = join(modules, 'oms-cutover');
    mkdirSync(this.folder, { recursive: true });
    execFileSync('npm', ['pack', '--silent', '--pack-destination', this.app], { cwd: ROOT, stdio: 'pipe' });
    const [tarball = ''] = readdirSync(this.app).filter((name) => name.endsWith('.tgz'));
    execFileSync('tar', ['-xzf', join(this.app, tarball), '-C', this.folder, '--strip-components=1']);
    this.manifest = JSON.parse(readFileSync(join(this.folder, 'package.json'), 'utf8'));
    for (const name of Object.keys({ ...this.manifest.dependencies, ...this.manifest.peerDependencies })) {
      const link = join(modules, name);
      mkdirSync(dirname(link), { recursive: true });
      symlinkSync(join(ROOT, 'node_modules', name), link, 'dir');
    }
    mkdirSync(join(modules, '.bin'));
    for (const [name, file] of Object.entries(this.manifest.bin)) {
      chmodSync(join(this.folder, file), 0o755);
      symlinkSync(join(this.folder, file), join(modules, '.bin', name));
    }
  }

  /** All files in it, with `/` between folders. */
  get files(): readonly string[] {
    return readdirSync(this.folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) =>
        join(entry.parentPath, entry.name)
          .slice(this.folder.length + 1)
          .replaceAll('\\', '/'),
      )
      .sort();
  }

  read(file: string): string {
    return readFileSync(join(this.folder, file), 'utf8');
  }

  /** Puts a file into the app. */
  write(file: string, text: string): void {
    mkdirSync(dirname(join(this.app, file)), { recursive: true });
    writeFileSync(join(this.app, file), text);
  }

  /** Standard output of a Node program of the app. Throws with its own words where it fails. */
  node(args: readonly string[], env: NodeJS.ProcessEnv = {}): string {
    return execFileSync(process.execPath, args, { ...this.surroundings(), env: { ...this.env, ...env } });
  }

  /** The command line, by the name that npm gives it. */
  commandLine(...args: string[]): { readonly status: number | null; readonly stdout: string; readonly stderr: string } {
    return spawnSync(join(this.app, 'node_modules/.bin/oms-cutover'), args, this.surroundings());
  }

  remove(): void {
    rmSync(this.app, { recursive: true, force: true });
  }

  private surroundings() {
    return { cwd: this.app, env: this.env, encoding: 'utf8', stdio: 'pipe' } as const;
  }
}
