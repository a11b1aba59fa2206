/** Another revision of this repository, checked out into a temporary worktree and built. */
import { execFile, execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

export const ROOT = join(__dirname, '../..');

export function git(...args: string[]): string {
  return execFileSync('git', args, { cwd: ROOT, encoding: 'utf8' }).trim();
}

/** The short name of the commit; null where this repository has no such revision. */
export function commitOf(revision: string): string | null {
  try {
    return git('rev-parse', '--verify', '--quiet', '--short', `${revision}^{commit}`);
  } catch {
    return null;
  }
}

/** Both sides with the same dependencies where they ask for the same ones, and each with its own bundles. */
export async function withBaseTree<T>(commit: string, use: (base: string) => Promise<T>): Promise<T> {
  const base = join(mkdtempSync(join(tmpdir(), 'oms-cutover-base-')), 'tree');
  git('worktree', 'add', '--detach', '--quiet', base, commit);
  try {
    const lock = (tree: string) => readFileSync(join(tree, 'package-lock.json'), 'utf8');
    if (lock(base) === lock(ROOT)) symlinkSync(join(ROOT, 'node_modules'), join(base, 'node_modules'));
    else await npm(base, 'ci', '--ignore-scripts');
    for (const tree of [base, ROOT]) await npm(tree, 'run', 'build');
    return await use(base);
  } finally {
    git('worktree', 'remove', '--force', base);
    rmSync(join(base, '..'), { recursive: true, force: true });
  }
}

export async function npm(tree: string, ...args: string[]): Promise<string> {
  const { stdout } = await promisify(execFile)('npm', args, { cwd: tree, maxBuffer: 64 * 1024 * 1024 });
  return stdout;
}
