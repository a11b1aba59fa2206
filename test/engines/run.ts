/**
 * `npm run test:engines`, or with `-- --only NAME` those scenarios alone: the templates that deploy, on engines that we did not write.
 * For CI: users need none of this.
 *
 * Two engines that need no container: moto and ministack, installed by pip into .venv. On each, both stacks are deployed through
 * CloudFormation (the app's own, and pipelines whose steps are functions) and every scenario of scene/scenarios.ts is played against the
 * simulated OMS, in real time; each must end as its entry says, mail each change once, and leave in the table what the laptop's run leaves.
 *
 * What is ours in it: moto runs no Lambda without a container, so server/moto_server.py hands an invocation to lambda-function.ts, which runs the
 * deployed bundle in processes of Node; ministack runs it by itself. What an engine cannot make is in server/limits.ts, where it
 * words something in another way in scene/differences.ts: both fail the run where they are no longer true.
 *
 * Then our interpreter's runs are replayed on moto's (replay.ts), the tests of the stores run on each database (stores.ts), the templates are
 * checked (../templates), and docs/engines.md is held to all of it; `-- --write` writes that page, `-- --keep` keeps what the engines wrote.
 *
 * Prints one JSON document; what is wrong goes to standard error, and makes it fail.
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
  // What is deployed; refused where it is older than its source.
  for (const handler of HANDLERS) built(handler);
  const folder = mkdtempSync(join(tmpdir(), 'oms-cutover-engines-'));
  try {
    const assemblies = synthesize(folder, await freePort());
    const { engines, replays } = await playAll(values.only ?? '', assemblies, folder);
    // A part of the scenarios is for whoever works on them: the rest has nothing to do with it.
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

/** @param only a part of the names to play. */
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

/** The same tests everywhere: one that is skipped on a store is not one that has passed. */
function storeProblems(stores: readonly StoreReport[]): string[] {
  const [first] = stores;
  const fewer = stores.filter(({ passed }) => passed !== first?.passed);
  return [
    ...stores.flatMap(({ problems }) => problems),
    ...fewer.map(({ name, passed }) => `${name}: ${passed} tests have passed, and ${first?.passed} on ${first?.name}`),
  ];
}

function unused(engines: readonly EngineReport[]): string[] {
  const used = engines.flatMap(({ wordings }) => wordings);
  return WORDINGS.filter((wording) => !used.includes(wording)).map(
    ({ engine, says }) => `${engine} no longer says ${says}: remove it from differences.ts`,
  );
}

for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(130));
// The SDK's advice on the Node version is not about the engines.
Object.assign(process.env, QUIET);
main().catch((error: Error) => {
  process.stderr.write(`${error.stack ?? error.message}\n`);
  process.exitCode = 1;
});
