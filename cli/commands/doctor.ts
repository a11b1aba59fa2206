/** `doctor`: tests whether a check would work from this machine, and says how to fix what would not. Stores and notifies nothing. */
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
  summary: 'find problems with OMS or the data directory, and how to fix them',
  flags: {
    ...CONNECTION_FLAGS,
    project: { value: 'ID', about: 'also test that OMS has this project' },
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
      io.stdout(state === 'ok' ? '\nno problems found\n' : `\nproblems: ${problems}, warnings: ${attentions}\n`);
    if (stateOf(ofStore) === 'problem') return EXIT.ours;
    return stateOf(ofOms) === 'problem' ? EXIT.oms : EXIT.ok;
  },
};

async function askOms(connection: Connection, project: string | null, io: Io): Promise<readonly Finding[]> {
  const oms = openOms(connection, io.clock);
  for (const warning of connection.warnings) io.stderr(`warning: ${warning}\n`);
  try {
    const findings = findingsOfOms(await oms.poll(project ?? PLACEHOLDER_PROJECT, { signal: io.signal }), project);
    const { proxy } = connection;
    return proxy === null ? findings : [ok('route', `OMS is reached through the proxy ${proxy}`), ...findings];
  } finally {
    await oms.close();
  }
}

/** Creates nothing. */
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
    return [problem('data-directory', seen, 'fix the cause given above, or choose another folder with --data-dir')];
  }
}

function inUse(dataDir: string): Finding {
  return attention(
    'data-directory',
    `${dataDir} is in use by another run`,
    'no action needed if that is the wait you expect; otherwise choose another folder with --data-dir',
  );
}

function creatable(dataDir: string): Finding {
  let above = resolve(dataDir);
  while (!existsSync(above)) above = dirname(above);
  try {
    if (!statSync(above).isDirectory()) throw new Error(`${above} is not a folder`);
    accessSync(above, constants.W_OK | constants.X_OK);
    return ok(
      'data-directory',
      `${dataDir} ${existsSync(dataDir) ? 'can be used' : 'does not exist yet and can be created'}`,
    );
  } catch (error) {
    const seen = `${dataDir} cannot be ${existsSync(dataDir) ? 'used' : 'created'}: ${(error as Error).message}`;
    return problem('data-directory', seen, 'choose a folder that you can write to with --data-dir');
  }
}

/** `problem    credentials     OMS refuses …`, and below it how to fix it. */
function rowsOf({ check, state, seen, todo }: Finding): string {
  const row = `${state.padEnd(10)} ${check.padEnd(15)} ${seen}\n`;
  return todo === null ? row : `${row}${' '.repeat(27)}→ ${todo}\n`;
}
