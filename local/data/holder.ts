/**
 * Which run holds a data directory, for commands that run beside it: its database listens on loopback, and a file in the directory has the
 * port. The file is valid only while the directory is held; a killed run leaves it behind.
 */
import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { databaseIn } from './data-directory';

/** LevelDB ignores files of others. */
function fileIn(folder: string): string {
  return join(databaseIn(folder), 'held-by.json');
}

/** Without the file no command can run beside this run, so a failed write is ignored. */
export function announceHolder(folder: string, port: number): void {
  const [file, draft] = [fileIn(folder), `${fileIn(folder)}.${process.pid}`];
  try {
    // Renamed into place, so that it is never read half-written.
    writeFileSync(draft, `${JSON.stringify({ pid: process.pid, port })}\n`);
    renameSync(draft, file);
  } catch {
    rmSync(draft, { force: true });
  }
}

export function withdrawHolder(folder: string): void {
  rmSync(fileIn(folder), { force: true });
}

/** The loopback port of the run that holds the folder; null where it is unknown, or the process has ended or is another user's. */
export function portOfHolder(folder: string): number | null {
  try {
    const { pid, port } = JSON.parse(readFileSync(fileIn(folder), 'utf8')) as { pid: unknown; port: unknown };
    if (typeof pid !== 'number' || typeof port !== 'number') return null;
    process.kill(pid, 0);
    return port;
  } catch {
    return null;
  }
}
