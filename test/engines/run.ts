/**
 * `npm run test:engines`: tests on the AWS emulators moto and ministack, which docs/engines.md describes.
 *
 * 1. Deploys both stacks through CloudFormation on each engine and runs the scenarios of scene/scenarios.ts (play.ts). Resources that an
 *    engine cannot create are in server/limits.ts, other known differences in scene/differences.ts; an entry that no longer occurs is a problem.
 * 2. Replays runs of the local interpreter on that of moto (replay.ts).
 * 3. Runs the tests of the stores on each database (stores.ts), and the static checks of the templates (../templates).
 * 4. Compares docs/engines.md with the result.
 *
 * Prints one JSON document; problems go to stderr and fail the run. Options, after `--`: `--only TEXT` runs only the scenarios with that text
 * in their names, and none of 3 and 4; `--write` writes the page; `--keep` keeps the files of the engines.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { built, HANDLERS } from '../support/built';
import { documentProblems, type Run, writeDocument } from './document';
import { type EngineReport, playOn } from './play';
import { replayOn } from './replay';
import { type Assemblies, synthesize } from './scene/assembly';
import { WORDINGS } from './scene/differences';
import { playOnLaptop } from './scene/laptop';
import { record } from './scene/recording';
import { REPLAYS, SCENARIOS, type Scenario } from './scene/scenarios';
import { freePort } from './server/engine';
import { QUIET } from './server/lambda-function';
import { startMinistack } from './server/ministack';
import { startMoto } from './server/moto';
import { type StoreReport, testEmbeddedStore, testStoreOf } from './stores';
import { checkTemplates } from './templates';

const ENGINES = [startMoto, startMinistack];

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: { only: { type: 'string' }, keep: { type: 'boolean' }, write: { type: 'boolean' } },
  });
  // Fails if a deployed bundle is older than its source.
  for (const handler of HANDLERS) built(handler);
  const folder = mkdtempSync(join(tmpdir(), 'oms-cutover-engines-'));
  try {
    const assemblies = synthesize(folder, await freePort());
    const { engines, replays } = await playAll(values.only ?? '', assemblies, folder);
    const rest = values.only === undefined ? await checkTheRest({ engines, replays }, folder, values.write) : null;
    const report = {
      engines: engines.map(summary),
      replays: { equal: replays.equal, explained: replays.explained.length, of: replays.of },
      ...rest?.report,
    };
    process.stdout.write(`${JSON.stringify(report)}\n`);
    const problems = [...engines.flatMap(problemsOf), ...replays.problems, ...(rest?.problems ?? [])];
    for (const problem of problems) process.stderr.write(`${problem}\n`);
    process.exitCode = problems.length > 0 ? 1 : 0;
  } finally {
    if (values.keep) process.stderr.write(`${folder}\n`);
    else rmSync(folder, { recursive: true, force: true });
  }
}

/** @param only text in the names of the scenarios to run. */
async function playAll(only: string, assemblies: Assemblies, folder: string) {
  const named = (all: readonly Scenario[]) => all.filter(({ name }) => name.includes(only));
  const scenarios = named(SCENARIOS);
  const laptop = await playOnLaptop(scenarios, assemblies);
  const engines: EngineReport[] = [];
  for (const start of ENGINES) {
    const report = await playOn(start, scenarios, laptop, assemblies, folder);
    note(`${report.name}: ${report.played.length} scenarios in ${report.seconds} s`);
    engines.push(report);
  }
  const recordings = await record([...scenarios, ...named(REPLAYS)], assemblies);
  const replays = await replayOn(startMoto, recordings, assemblies, folder);
  note(`${replays.of} replays in ${replays.seconds} s`);
  return { engines, replays };
}

async function checkTheRest(played: Omit<Run, 'stores'>, folder: string, write = false) {
  const stores = [await testEmbeddedStore()];
  for (const start of ENGINES) stores.push(await testStoreOf(start, folder));
  const templates = await checkTemplates();
  const run = { ...played, stores };
  if (write) writeDocument(run);
  return {
    report: {
      stores: stores.map(({ name, passed, failed }) => ({ name, passed, failed })),
      cfnLint: templates.cfnLint,
    },
    problems: [...storeProblems(stores), ...templates.problems, ...unused(played.engines), ...documentProblems(run)],
  };
}

const note = (words: string): boolean => process.stderr.write(`${words}\n`);

function summary({ name, played }: EngineReport) {
  return { name, scenarios: played.length, passed: played.filter(({ problems }) => problems.length === 0).length };
}

function problemsOf({ name, problems, played }: EngineReport): string[] {
  const ofScenarios = played.flatMap((one) => one.problems.map((problem) => `${name}, ${one.scenario}: ${problem}`));
  return [...problems, ...ofScenarios];
}

/** Every store must pass the same number of tests: a skipped test has not passed. */
function storeProblems(stores: readonly StoreReport[]): string[] {
  const [first] = stores;
  const fewer = stores.filter(({ passed }) => passed !== first?.passed);
  return [
    ...stores.flatMap(({ problems }) => problems),
    ...fewer.map(({ name, passed }) => `${name}: ${passed} tests passed, on ${first?.name} ${first?.passed}`),
  ];
}

function unused(engines: readonly EngineReport[]): string[] {
  const used = engines.flatMap(({ wordings }) => wordings);
  return WORDINGS.filter((wording) => !used.includes(wording)).map(
    ({ engine, says }) => `${engine} no longer returns ${says}: remove it from differences.ts`,
  );
}

for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(130));
// No advice of the AWS SDK on the Node version.
Object.assign(process.env, QUIET);
main().catch((error: Error) => {
  process.stderr.write(`${error.stack ?? error.message}\n`);
  process.exitCode = 1;
});
