/** The stack as it deploys by default, synthesized once for all tests that run it, in whichever process they are. */
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { synthesize } from '../../local/cloudformation/synthesize';
import { built, HANDLERS } from './built';

export const DEFAULT_PROJECT = 'p_4gmn25m4rvwg';
const CONTEXT = { omsEndpoint: 'http://10.0.0.5:8089', projects: DEFAULT_PROJECT, notifyEmail: 'dba@example.com' };

const ROOT = join(__dirname, '../..');
/** What a synthesis reads. */
const SOURCES = ['bin', 'lib', 'lambda/contract', 'cdk.json', 'package-lock.json'];
/** A synthesis that takes longer has died. */
const ABANDONED_MS = 120_000;

/** The folder of its cloud assembly. Leave it as it is: other tests use it too. */
export async function defaultStack(): Promise<string> {
  const directory = join(tmpdir(), `oms-cutover-default-stack-${digest()}`);
  const lock = `${directory}.lock`;
  while (!existsSync(directory)) {
    if (acquired(lock)) {
      try {
        const { directory: fresh } = await synthesize({ context: CONTEXT });
        renameSync(fresh, directory);
      } finally {
        rmSync(lock, { recursive: true });
      }
    } else await sleep(100);
  }
  return directory;
}

function acquired(lock: string): boolean {
  try {
    mkdirSync(lock);
    return true;
  } catch {
    const age = existsSync(lock) ? Date.now() - statSync(lock).mtimeMs : 0;
    if (age > ABANDONED_MS) rmSync(lock, { recursive: true, force: true });
    return false;
  }
}

function digest(): string {
  const hash = createHash('sha256');
  for (const file of [...SOURCES.flatMap(filesIn), ...HANDLERS.map(built)]) hash.update(readFileSync(file));
  return hash.digest('hex').slice(0, 16);
}

function filesIn(source: string): string[] {
  const path = join(ROOT, source);
  if (!statSync(path).isDirectory()) return [path];
  return readdirSync(path, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
}
