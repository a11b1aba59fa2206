/** docs/engines.md: made of the data and of a run, and held to both by every run. Only what it counts in its last section may differ. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { EngineReport } from './play';
import type { Replays } from './replay';
import { REPLAY_DIFFERENCES, STORE_DIFFERENCES, WORDINGS } from './scene/differences';
import { type Ending, SCENARIOS } from './scene/scenarios';
import { LIMITS } from './server/limits';
import type { StoreReport } from './stores';

export interface Run {
  readonly engines: readonly EngineReport[];
  readonly replays: Replays;
  readonly stores: readonly StoreReport[];
}

const FILE = join(__dirname, '../../docs/engines.md');

export function writeDocument(run: Run): void {
  writeFileSync(FILE, documentOf(run));
}

/** In words, whether the document no longer says what this run has found. */
export function* documentProblems(run: Run): Iterable<string> {
  const lasting = (text: string) => text.slice(0, text.indexOf(LAST_SECTION));
  if (lasting(readFileSync(FILE, 'utf8')) !== lasting(documentOf(run)))
    yield 'docs/engines.md does not say what this run has found: npm run test:engines -- --write';
}

const LAST_SECTION = '## The run that was written down';

function documentOf({ engines, replays, stores }: Run): string {
  const names = engines.map(({ name }) => name);
  return `# On engines of others

The laptop's interpreter, the simulated OMS and the embedded database are ours, and what they accept proves little. So CI deploys the
templates through CloudFormation into two engines that we did not write and that need no container, and plays waits and cutovers on them:
\`npm run test:engines\`, which installs both with pip (${names.map(linkOf).join(', ')}; versions in \`test/engines/requirements.txt\`). It writes this page, with
\`-- --write\`, and fails where the page is no longer true. Users need none of it.

## What is played

Each scenario runs against the simulated OMS in real time, with the deployed bundle behind the check function. It must end as the table says,
send each e-mail once, and leave in the table what the laptop's run of it leaves. A wait of three legs runs with its waits skipped.

${table(
  ['scenario', 'ends', ...names],
  SCENARIOS.map((scenario) => [
    scenario.name,
    endOf(scenario.ends),
    ...engines.map((engine) => resultOf(engine, scenario.name)),
  ]),
)}

## What an engine makes of the template

${table(
  ['engine', 'makes no', 'why'],
  engines.flatMap(({ name }) =>
    (LIMITS[name] ?? []).map(({ type, having, reason }) => [
      name,
      having === undefined ? `\`${type}\`` : `\`${type}\` with \`${having}\``,
      reason,
    ]),
  ),
)}

moto runs no function without a container: an invocation goes to processes of Node that run the bundle with the function's settings. That, and
what else its server leaves open, is in \`test/engines/server/moto_server.py\`. A Wait state takes its full time in both engines; for replays
and for the three legs it takes none (a setting of ministack, and a line in \`moto_server.py\`).

## State by state

${replays.of} runs through our interpreter are recorded, with what each task was asked and answered, and the answers are put to moto's. It has to enter
the same states in the same order, ask the same of the same functions, leave the same number of events in each history, a leg of ${replays.longestHistory.toLocaleString('en-US')} events
among them, and end with the same output, error and cause. ${replays.equal} of ${replays.of} are equal. ministack's histories leave out what happens inside a Parallel
state, so none can be replayed there.

${table(
  ['engine', 'replay', 'why it differs'],
  REPLAY_DIFFERENCES.map(({ engine, scenario, reason }) => [engine, scenario, reason]),
)}

## What is worded in another way

${table(
  ['engine', 'says', 'where Step Functions says', 'why'],
  WORDINGS.map(({ engine, says, means, reason }) => [engine, `\`${says}\``, `\`${means}\``, reason]),
)}

## Stores

The contract of the stores and the tests of the handler pass in full on ${stores.map(({ name }) => name).join(', ')}.

What DynamoDB does and another does not:

${table(
  ['database', 'does not do', 'why that is no matter'],
  STORE_DIFFERENCES.map(({ store, probe, reason }) => [store, probe, reason]),
)}

${LAST_SECTION}

${table(
  ['', 'of the resources of the template made', 'tests of the stores passed', 'time on two cores'],
  [
    ...engines.map(({ name, resources, seconds }) => [
      name,
      `${resources.made} of ${resources.of}`,
      String(stores.find((store) => store.name === name)?.passed ?? ''),
      `${Math.round(seconds)} s`,
    ]),
    ['replays', '', '', `${Math.round(replays.seconds)} s`],
  ],
)}
`;
}

const linkOf = (name: string): string => `\`${name}\``;

function endOf(ending: Ending): string {
  return ending.status === 'SUCCEEDED' ? 'succeeds' : `\`${ending.error}\``;
}

function resultOf({ played }: EngineReport, name: string): string {
  return played.find(({ scenario }) => scenario === name)?.problems.length === 0 ? 'as it must' : '**not as it must**';
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
  return [line(head), `|${'---|'.repeat(head.length)}`, ...rows.map(line)].join('\n');
}
