/** The folder where state is kept between runs: ours alone while a run lasts. Says in one sentence what is wrong with it. */
import { accessSync, constants, existsSync, mkdirSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { CheckFailed, InvalidInput } from '../lambda/core/errors';

/** The database gets a folder of its own: somebody may have pointed at one that holds other things too. */
const DATABASE = 'dynamodb';

/** Makes the folder where there is none. Resolves to the database's own folder in it, which can be opened now. */
export async function prepareDataDirectory(folder: string): Promise<string> {
  const database = join(folder, DATABASE);
  makeFolder(folder, database);
  await tryToOpen(folder, database);
  return database;
}

function makeFolder(folder: string, database: string): void {
  try {
    if (existsSync(folder) && !statSync(folder).isDirectory()) {
      throw new InvalidInput([
        `data directory ${folder} is a file; expected a folder, or a path where one can be made`,
      ]);
    }
    mkdirSync(database, { recursive: true });
    accessSync(database, constants.R_OK | constants.W_OK | constants.X_OK);
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
      throw new InvalidInput([
        `data directory ${folder} is in use by another run; wait for it to end, or choose another with --data-dir`,
      ]);
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
