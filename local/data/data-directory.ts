/** The folder where state is kept between runs: ours alone while a run lasts. Says in one sentence what is wrong with it. */
import { accessSync, constants, existsSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { CheckFailed, InvalidInput } from '../../lambda/core/model/errors';

/** Another run has it, which is no trouble of its own. */
export class DataDirectoryInUse extends InvalidInput {}

/** The database, and all that we write, gets a folder of its own: somebody may have pointed at one that holds other things too. */
export function databaseIn(folder: string): string {
  return join(folder, 'dynamodb');
}

/** Whether a run has kept anything there. Makes nothing: whoever only reads leaves nothing behind. @throws InvalidInput */
export function holdsData(folder: string): boolean {
  return settingChecked(folder, () => {
    if (!existsSync(folder)) return false;
    refuseFile(folder);
    return statSync(databaseIn(folder), { throwIfNoEntry: false }) !== undefined;
  });
}

/** A command that only asks holds a folder for a moment: whoever looks waits that long for it. */
const PATIENCE_MS = 1_000;
/** Until a folder that another run has is tried again. */
export const BETWEEN_TRIES_MS = 50;

/**
 * Makes the folder where there is none, and starts what opens the database's own folder in it, while nobody else starts there: between our
 * own look whether it can be opened and the opening itself another run must not slip in.
 * @param patienceMs how long another run may take to let go of it.
 */
export async function startInDataDirectory<T>(
  folder: string,
  start: (database: string) => Promise<T>,
  patienceMs: number = PATIENCE_MS,
): Promise<T> {
  const database = databaseIn(folder);
  settingChecked(folder, () => {
    refuseFile(folder);
    makeFolder(database);
    accessSync(database, constants.R_OK | constants.W_OK | constants.X_OK);
  });
  const giveUpAt = performance.now() + patienceMs;
  for (;;) {
    const endTurn = takeTurn(database);
    try {
      if (endTurn === null) throw inUse(folder);
      await tryToOpen(folder, database);
      return await start(database);
    } catch (error) {
      if (!(error instanceof DataDirectoryInUse) || performance.now() >= giveUpAt) throw error;
    } finally {
      endTurn?.();
    }
    await pause(BETWEEN_TRIES_MS);
  }
}

const TURN = 'starting';

/** Null where it is another's. What ends it has to be called; the turn of a run that was killed is over. */
function takeTurn(database: string): (() => void) | null {
  const file = join(database, TURN);
  try {
    writeFileSync(file, String(process.pid), { flag: 'wx' });
  } catch (error) {
    // A disk that is full, say, is better told of by who opens the database.
    if (codeOf(error) !== 'EEXIST') return () => undefined;
    if (!isAlive(file)) rmSync(file, { force: true });
    return null;
  }
  return () => rmSync(file, { force: true });
}

/** Longer than any start takes: by then a process of that number is another one. */
const LONGEST_TURN_MS = 30_000;

function isAlive(file: string): boolean {
  try {
    if (Date.now() - statSync(file).mtimeMs > LONGEST_TURN_MS) return false;
    const pid = readFileSync(file, 'utf8');
    // Empty: its number is still to be written.
    if (pid !== '') process.kill(Number(pid), 0);
    return true;
  } catch (error) {
    // EPERM: somebody else's process.
    return codeOf(error) === 'EPERM';
  }
}

/** Not by `recursive`, which goes round for ever where a folder's parent says that it is not there (/proc). */
function makeFolder(path: string): void {
  if (existsSync(path)) return;
  makeFolder(dirname(path));
  try {
    mkdirSync(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
}

function refuseFile(folder: string): void {
  if (!existsSync(folder) || statSync(folder).isDirectory()) return;
  throw new InvalidInput([`data directory ${folder} is a file; expected a folder, or a path where one can be made`]);
}

/** The disk's trouble with the folder is a wrong setting. */
function settingChecked<T>(folder: string, touch: () => T): T {
  try {
    return touch();
  } catch (error) {
    if (error instanceof InvalidInput) throw error;
    throw new InvalidInput([
      `data directory ${folder} cannot be used (${codeOf(error)}); expected a folder that can be made and written to`,
    ]);
  }
}

/**
 * Opens the store and closes it again. dynalite opens it unobserved: its trouble would come out as an exception that nobody can catch,
 * in the middle of the first request.
 */
async function tryToOpen(folder: string, database: string): Promise<void> {
  const store = new (loadLevel())(database);
  try {
    await store.open();
  } catch (error) {
    const cause = (error as { cause?: unknown }).cause;
    if (codeOf(cause) === 'LEVEL_LOCKED') {
      throw inUse(folder);
    }
    if (['EACCES', 'EPERM', 'EROFS'].includes(codeOf(cause))) {
      throw new InvalidInput([
        `data directory ${folder} cannot be used (${codeOf(cause)}); expected a folder that can be written to`,
      ]);
    }
    const detail = (cause as { message?: string } | undefined)?.message ?? String(error);
    throw new CheckFailed(
      `the data in ${database} cannot be read (${detail}); bring back a copy of it, or move it away to start without history`,
      error,
    );
  }
  await store.close();
}

function inUse(folder: string): DataDirectoryInUse {
  return new DataDirectoryInUse([
    `data directory ${folder} is in use by another run; wait for it to end, or choose another with --data-dir`,
  ]);
}

interface LevelStore {
  open(): Promise<void>;
  close(): Promise<void>;
}

/** The very store that dynalite uses, from where dynalite finds it; loaded late, as a run in memory needs none. */
function loadLevel(): new (location: string) => LevelStore {
  const here = createRequire(__filename);
  return (createRequire(here.resolve('dynalite'))('level') as { Level: new (location: string) => LevelStore }).Level;
}

/** Asked by shape: an error made by a native addon need not be an instance of this realm's Error. */
function codeOf(error: unknown): string {
  const { code } = (error ?? {}) as { code?: unknown };
  return typeof code === 'string' ? code : 'unknown error';
}
