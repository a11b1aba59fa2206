/** The command line as a program: the built file in a process of its own, with a clean environment. Needs `npm run build`. */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SIMULATOR_PASSWORD, SIMULATOR_USERNAME } from '../../local/simulator/simulator';
import { built, HANDLERS } from './built';

export const PROGRAM = built('dist/oms-cutover.js');
// What it loads, and what its demos deploy.
for (const bundle of [...HANDLERS, 'dist/command-line.js', 'dist/packaged-app.js', 'dist/cutover-demo.js'] as const)
  built(bundle);

/** The account of a simulator. */
export const ACCOUNT: Env = { OMS_USERNAME: SIMULATOR_USERNAME, OMS_PASSWORD: SIMULATOR_PASSWORD };

type Env = Readonly<Record<string, string>>;
/** A line of `--json`. Its fields are what the tests are about, so nothing is promised of them here. */
export type Line = Readonly<Record<string, unknown>> & { readonly type: string };

export interface RunOptions {
  /** All of the environment but PATH. Default: the account of a simulator. */
  readonly env?: Env;
  /** Default: a new folder, so that nothing is found by chance. */
  readonly cwd?: string;
}

export interface Ended {
  /** Null where a signal ended it. */
  readonly status: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
  /** Standard output read as JSON lines. Throws where anything else stands there. */
  readonly lines: readonly Line[];
}

const scratch: string[] = [];

/** A new folder, deleted by `cleanUp`. */
export function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'command-line-'));
  scratch.push(folder);
  return folder;
}

/** Ends what still runs and deletes the folders; for `afterAll`. */
export async function cleanUp(): Promise<void> {
  const left = [...running];
  for (const run of left) run.send('SIGKILL');
  await Promise.all(left.map((run) => run.ended));
  for (const folder of scratch.splice(0)) rmSync(folder, { recursive: true, force: true });
}

/** The command line from start to end. */
export function run(args: readonly string[], options: RunOptions = {}): Promise<Ended> {
  return new Running(args, options).ended;
}

/** The command line under way. */
export function start(args: readonly string[], options: RunOptions = {}): Running {
  return new Running(args, options);
}

const running = new Set<Running>();

/** A run that has not ended by then never will, and is killed; its test then fails on the status, not on the time. */
const STUCK_MS = 150_000;

export class Running {
  readonly ended: Promise<Ended>;
  private readonly child: ChildProcess;
  private readonly watchers = new Set<() => void>();
  private stdout = '';
  private stderr = '';
  private over = false;

  constructor(args: readonly string[], { env = ACCOUNT, cwd = newFolder() }: RunOptions) {
    const { PATH = '' } = process.env;
    const child = spawn(process.execPath, [PROGRAM, ...args], {
      cwd,
      env: { PATH, ...env } as NodeJS.ProcessEnv,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.child = child;
    const stuck = setTimeout(() => child.kill('SIGKILL'), STUCK_MS);
    running.add(this);
    const heard = (take: (text: string) => void) => (text: string) => {
      take(text);
      for (const watcher of [...this.watchers]) watcher();
    };
    child.stdout.setEncoding('utf8').on(
      'data',
      heard((text) => {
        this.stdout += text;
      }),
    );
    child.stderr.setEncoding('utf8').on(
      'data',
      heard((text) => {
        this.stderr += text;
      }),
    );
    this.ended = new Promise((resolve, reject) => {
      child.once('error', reject);
      child.once('close', (status, signal) => {
        running.delete(this);
        clearTimeout(stuck);
        this.over = true;
        for (const watcher of [...this.watchers]) watcher();
        resolve(endedOf(status, signal, this.stdout, this.stderr));
      });
    });
  }

  /** Whole lines so far. */
  get lines(): readonly Line[] {
    return parsed(this.stdout.slice(0, this.stdout.lastIndexOf('\n') + 1));
  }

  /** The first line that is as wanted, now or later. Throws where the run ends without it. */
  line(wanted: (line: Line) => boolean, after = 0): Promise<Line> {
    return new Promise((resolve, reject) => {
      const poll = () => {
        try {
          const found = this.lines.slice(after).find(wanted);
          if (found === undefined && !this.over) return;
          this.watchers.delete(poll);
          if (found !== undefined) resolve(found);
          else reject(new Error(`the run ended without that line:\n${this.stdout}\n${this.stderr}`));
        } catch (error) {
          this.watchers.delete(poll);
          reject(error);
        }
      };
      this.watchers.add(poll);
      poll();
    });
  }

  send(signal: NodeJS.Signals): void {
    this.child.kill(signal);
  }

  /** Stops reading, as `head` does. */
  closeStdout(): void {
    this.child.stdout?.destroy();
  }

  /** Stops reading both, as a terminal that closes. */
  closeOutput(): void {
    this.closeStdout();
    this.child.stderr?.destroy();
  }
}

function endedOf(status: number | null, signal: NodeJS.Signals | null, stdout: string, stderr: string): Ended {
  return {
    status,
    signal,
    stdout,
    stderr,
    get lines() {
      return parsed(stdout);
    },
  };
}

function parsed(stdout: string): readonly Line[] {
  return stdout
    .split('\n')
    .filter((text) => text !== '')
    .map((text) => JSON.parse(text) as Line);
}
