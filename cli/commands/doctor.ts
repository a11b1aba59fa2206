/** `doctor`: whether a look could be made from here, and what to do where not. Keeps nothing and tells nobody. */
import { accessSync, constants, existsSync, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import {
  attention,
  type Finding,
  findingOfMute,
  findingsOfOms,
  ok,
  PLACEHOLDER_PROJECT,
  problem,
  stateOf,
} from '../../lambda/core/doctor/findings';
import { DataDirectoryInUse, holdsData } from '../../local/data/data-directory';
import { besideRuns } from '../../local/data/local-store';
import { type Command, DATA_DIR_FLAG, type Io, JSON_FLAG, readDataDir } from '../input/command';
import { CONNECTION_FLAGS, type Connection, openOms, readConnection } from '../input/connection';
import type { Flags } from '../input/flags';
import { EXIT } from '../output/exit-status';
import { JsonLines } from '../output/json-lines';
import { readProject } from './wait';

export const doctorCommand: Command = {
  name: 'doctor',
  summary: 'find out what is not well, and what to do about it',
  flags: {
    ...CONNECTION_FLAGS,
    project: { value: 'ID', about: 'see whether OMS knows it (default: see only to OMS itself)' },
    ...DATA_DIR_FLAG,
    ...JSON_FLAG,
  },

  async run(flags: Flags, io: Io): Promise<number> {
    const connection = readConnection(flags, io.env);
    const project = flags.has('project') ? readProject(flags) : null;
    const dataDir = readDataDir(flags);
    flags.settle();
    const json = flags.has('json') ? new JsonLines(io.stdout) : null;
    const print = (finding: Finding) => {
      if (json === null) io.stdout(rowsOf(finding));
      else json.print({ type: 'finding', ...finding });
    };
    const ofOms = await askOms(connection, project, io);
    for (const finding of ofOms) print(finding);
    const ofStore = await tryDataDirectory(dataDir, project, io);
    for (const finding of ofStore) print(finding);
    const all = [...ofOms, ...ofStore];
    const state = stateOf(all);
    const count = (wanted: Finding['state']) => all.filter((finding) => finding.state === wanted).length;
    const [problems, attentions] = [count('problem'), count('attention')];
    json?.print({ type: 'result', state, problems, attentions });
    if (json === null)
      io.stdout(state === 'ok' ? '\nall well\n' : `\nproblems: ${problems}, to look at: ${attentions}\n`);
    if (stateOf(ofStore) === 'problem') return EXIT.ours;
    return stateOf(ofOms) === 'problem' ? EXIT.oms : EXIT.ok;
  },
};

async function askOms(connection: Connection, project: string | null, io: Io): Promise<readonly Finding[]> {
  const oms = openOms(connection, io.clock);
  for (const warning of connection.warnings) io.stderr(`warning: ${warning}\n`);
  try {
    return findingsOfOms(await oms.poll(project ?? PLACEHOLDER_PROJECT, { signal: io.signal }), project);
  } finally {
    await oms.close();
  }
}

/** Makes nothing: whoever only asks leaves nothing behind. */
async function tryDataDirectory(dataDir: string, project: string | null, io: Io): Promise<readonly Finding[]> {
  try {
    if (!holdsData(dataDir)) return [creatable(dataDir)];
    return await besideRuns(dataDir, async ({ store, heldByAnother }) => {
      const projectState = await store.readState(project ?? PLACEHOLDER_PROJECT);
      const usable = heldByAnother ? inUse(dataDir) : ok('data-directory', `${dataDir} can be used`);
      return [usable, ...findingOfMute(projectState, io.clock.now())];
    });
  } catch (error) {
    const seen = error instanceof Error ? error.message : String(error);
    if (error instanceof DataDirectoryInUse) return [inUse(dataDir)];
    return [problem('data-directory', seen, 'see the line above, or give another folder with --data-dir')];
  }
}

function inUse(dataDir: string): Finding {
  return attention(
    'data-directory',
    `${dataDir} is in use by another run`,
    'nothing, where that is the wait you mean; else give another folder with --data-dir',
  );
}

function creatable(dataDir: string): Finding {
  let above = resolve(dataDir);
  while (!existsSync(above)) above = dirname(above);
  try {
    if (!statSync(above).isDirectory()) throw new Error(`${above} is no folder`);
    accessSync(above, constants.W_OK | constants.X_OK);
    return ok(
      'data-directory',
      `${dataDir} ${existsSync(dataDir) ? 'can be used' : 'is not there yet and can be made'}`,
    );
  } catch (error) {
    const seen = `${dataDir} cannot be ${existsSync(dataDir) ? 'used' : 'made'}: ${(error as Error).message}`;
    return problem('data-directory', seen, 'give a folder that you may write to with --data-dir');
  }
}

/** `problem    credentials     OMS refuses …`, and under it what to do. */
function rowsOf({ check, state, seen, todo }: Finding): string {
  const row = `${state.padEnd(10)} ${check.padEnd(15)} ${seen}\n`;
  return todo === null ? row : `${row}${' '.repeat(27)}→ ${todo}\n`;
}
