/**
 * Who holds a data directory, for commands that only ask beside it: the holder's database listens on loopback, and a file in the directory
 * says where. The file means something only while the directory is held: a run that was killed leaves it behind.
 */
import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { databaseIn } from './data-directory';

/** LevelDB lets files alone that are none of its own. */
function fileIn(folder: string): string {
  return join(databaseIn(folder), 'held-by.json');
}

/** What cannot be written is left out: then nobody can ask beside this run, which goes on all the same. */
export function announceHolder(folder: string, port: number): void {
  const [file, draft] = [fileIn(folder), `${fileIn(folder)}.${process.pid}`];
  try {
    // Renamed into place, so that nobody reads half of it.
    writeFileSync(draft, `${JSON.stringify({ pid: process.pid, port })}\n`);
    renameSync(draft, file);
  } catch {
    rmSync(draft, { force: true });
  }
}

export function withdrawHolder(folder: string): void {
  rmSync(fileIn(folder), { force: true });
}

/** The loopback port of the run that holds the folder; null where it is not known, or its process is gone or another user's. */
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
