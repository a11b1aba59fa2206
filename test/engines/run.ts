/**
 * `npm run test:engines [-- --only NAME] [-- --keep]`: the templates that deploy, on engines that we did not write. For CI: users need none of this.
 *
 * Two engines that need no container: moto and ministack, installed by pip into .venv. On each, both stacks are deployed through
 * CloudFormation (the app's own, and pipelines whose steps are functions) and every scenario of scenarios.ts is played against the
 * simulated OMS, in real time; each must end as its entry says, mail each change once, and leave in the table what the laptop's run leaves.
 *
 * What is ours in it: moto runs no Lambda without a container, so moto_server.py hands an invocation to lambda-function.ts, which runs the
 * deployed bundle in processes of Node; ministack runs it by itself. What an engine cannot do is in limits.ts, where it words something in
 * another way in differences.ts: both fail the run where they are no longer true.
 *
 * Prints one JSON document; what is wrong goes to standard error, and makes it fail.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { synthesize } from './assembly';
import { WORDINGS } from './differences';
import { freePort } from './engine';
import { playOnLaptop } from './laptop';
import { startMinistack } from './ministack';
import { startMoto } from './moto';
import { type EngineReport, playOn } from './play';
import { record } from './recording';
import { replayOn } from './replay';
import { REPLAYS, SCENARIOS } from './scenarios';

async function main(): Promise<void> {
  const { values } = parseArgs({ options: { only: { type: 'string' }, keep: { type: 'boolean' } } });
  const { only } = values;
  const scenarios = SCENARIOS.filter(({ name }) => only === undefined || name.includes(only));
  const folder = mkdtempSync(join(tmpdir(), 'oms-cutover-engines-'));
  try {
    const assemblies = synthesize(folder, await freePort());
    const laptop = await playOnLaptop(scenarios, assemblies);
    const engines: EngineReport[] = [];
    for (const start of [startMoto, startMinistack]) {
      const report = await playOn(start, scenarios, laptop, assemblies, folder);
      process.stderr.write(`${report.name}: ${report.played.length} scenarios in ${report.seconds} s\n`);
      engines.push(report);
    }
    const recordings = await record(
      [...scenarios, ...REPLAYS.filter(({ name }) => only === undefined || name.includes(only))],
      assemblies,
    );
    const replays = await replayOn(startMoto, recordings, assemblies, folder);
    process.stderr.write(`${replays.of} replays in ${replays.seconds} s\n`);
    const problems = [
      ...engines.flatMap(problemsOf),
      ...replays.problems,
      ...(only === undefined ? unused(engines) : []),
    ];
    const report = {
      engines: engines.map(summary),
      replays: { equal: replays.equal, explained: replays.explained.length, of: replays.of },
    };
    process.stdout.write(`${JSON.stringify(report)}\n`);
    for (const problem of problems) process.stderr.write(`${problem}\n`);
    process.exitCode = problems.length > 0 ? 1 : 0;
  } finally {
    if (values.keep) process.stderr.write(`${folder}\n`);
    else rmSync(folder, { recursive: true, force: true });
  }
}

function summary({ name, played }: EngineReport) {
  return { name, scenarios: played.length, passed: played.filter(({ problems }) => problems.length === 0).length };
}

function problemsOf({ name, problems, played }: EngineReport): string[] {
  const ofScenarios = played.flatMap((one) => one.problems.map((problem) => `${name}, ${one.scenario}: ${problem}`));
  return [...problems, ...ofScenarios];
}

function unused(engines: readonly EngineReport[]): string[] {
  const used = engines.flatMap(({ wordings }) => wordings);
  return WORDINGS.filter((wording) => !used.includes(wording)).map(
    ({ engine, says }) => `${engine} no longer says ${says}: remove it from differences.ts`,
  );
}

main().catch((error: Error) => {
  process.stderr.write(`${error.stack ?? error.message}\n`);
  process.exitCode = 1;
});
