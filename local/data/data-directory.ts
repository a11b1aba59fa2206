/** The folder that keeps state between runs. One run at a time holds it. */
import { accessSync, constants, existsSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { CheckFailed, InvalidInput } from '../../lambda/core/model/errors';

/** Another run holds the folder. */
export class DataDirectoryInUse extends InvalidInput {}

/** All our files are in a subfolder: the user may have named a folder with other files. */
export function databaseIn(folder: string): string {
  return join(folder, 'dynamodb');
}

/** Whether the folder has data. Creates nothing. @throws InvalidInput */
export function holdsData(folder: string): boolean {
  return settingChecked(folder, () => {
    if (!existsSync(folder)) return false;
    refuseFile(folder);
    return statSync(databaseIn(folder), { throwIfNoEntry: false }) !== undefined;
  });
}

/** Commands that only read hold a folder briefly; others wait for that long. */
const PATIENCE_MS = 1_000;
/** Before a folder that is in use is tried again. */
export const BETWEEN_TRIES_MS = 50;

/**
 * Creates the folder if necessary and opens the database in it. Runs take turns: between the test whether the database can be opened and the
 * opening itself, no other run may open it.
 * @param patienceMs how long to wait for another run to release the folder.
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

/** @returns a function that ends the turn; null where another run has it. The turn of a killed run has ended. */
function takeTurn(database: string): (() => void) | null {
  const file = join(database, TURN);
  try {
    writeFileSync(file, String(process.pid), { flag: 'wx' });
  } catch (error) {
    // Other errors, such as a full disk, are reported when the database is opened.
    if (codeOf(error) !== 'EEXIST') return () => undefined;
    if (!isAlive(file)) rmSync(file, { force: true });
    return null;
  }
  return () => rmSync(file, { force: true });
}

/** Longer than any start takes. After that a process with this id is a different one. */
const LONGEST_TURN_MS = 30_000;

function isAlive(file: string): boolean {
  try {
    if (Date.now() - statSync(file).mtimeMs > LONGEST_TURN_MS) return false;
    const pid = readFileSync(file, 'utf8');
    // Empty: the id is not yet written.
    if (pid !== '') process.kill(Number(pid), 0);
    return true;
  } catch (error) {
    // EPERM: a process of another user.
    return codeOf(error) === 'EPERM';
  }
}

/** Not with `recursive`, which loops forever where a parent reports that it does not exist (/proc). */
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
  throw new InvalidInput([`data directory ${folder} is a file; expected a folder, or a path where one can be created`]);
}

/** File system errors with the folder mean that the setting is wrong. */
function settingChecked<T>(folder: string, touch: () => T): T {
  try {
    return touch();
  } catch (error) {
    if (error instanceof InvalidInput) throw error;
    throw new InvalidInput([
      `data directory ${folder} cannot be used (${codeOf(error)}); expected a folder that can be created and is writable`,
    ]);
  }
}

/**
 * Opens the store and closes it again. dynalite opens it without handling errors: they would surface as an uncaught exception during the
 * first request.
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
        `data directory ${folder} cannot be used (${codeOf(cause)}); expected a writable folder`,
      ]);
    }
    const detail = (cause as { message?: string } | undefined)?.message ?? String(error);
    throw new CheckFailed(
      `the data in ${database} cannot be read (${detail}); restore a copy, or move the folder away to start without history`,
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

/** The store of dynalite, resolved from dynalite. Loaded late: a database in memory does not need it. */
function loadLevel(): new (location: string) => LevelStore {
  const here = createRequire(__filename);
  return (createRequire(here.resolve('dynalite'))('level') as { Level: new (location: string) => LevelStore }).Level;
}

/** By shape: an error from a native addon may not be an instance of this realm's Error. */
function codeOf(error: unknown): string {
  const { code } = (error ?? {}) as { code?: unknown };
  return typeof code === 'string' ? code : 'unknown error';
}
