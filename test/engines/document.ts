/** Writes docs/engines.md from the data and a run, and compares it with every later run. Only the last section may differ. */
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

/** A problem if the page does not match this run. */
export function* documentProblems(run: Run): Iterable<string> {
  const lasting = (text: string) => text.slice(0, text.indexOf(LAST_SECTION));
  if (lasting(readFileSync(FILE, 'utf8')) !== lasting(documentOf(run)))
    yield 'docs/engines.md does not match this run: update it with npm run test:engines -- --write';
}

const LAST_SECTION = '## Last run';

function documentOf({ engines, replays, stores }: Run): string {
  const names = engines.map(({ name }) => name);
  return `# Tests on AWS emulators

The Step Functions interpreter, the simulated OMS and the embedded database of a local run are part of this project, so tests on them alone prove
little. CI therefore also deploys the templates through CloudFormation to two independent emulators of AWS that need no container, and runs waits and
cutovers there. \`npm run test:engines\` installs both with pip (${names.map(linkOf).join(', ')}; versions in \`test/engines/requirements.txt\`). It fails if this
page does not match the run, and writes the page with \`-- --write\`. You do not need any of this to use oms-cutover.

## Scenarios

Each scenario runs in real time against the simulated OMS, with the deployed bundle as the check function. It passes if it ends as in the table, sends
each e-mail once, and leaves the same items in the table as a local run.

${table(
  ['scenario', 'expected end', ...names],
  SCENARIOS.map((scenario) => [
    scenario.name,
    endOf(scenario.ends),
    ...engines.map((engine) => resultOf(engine, scenario.name)),
  ]),
)}

## Unsupported resources

${table(
  ['engine', 'does not create', 'reason'],
  engines.flatMap(({ name }) =>
    (LIMITS[name] ?? []).map(({ type, having, reason }) => [
      name,
      having === undefined ? `\`${type}\`` : `\`${type}\` with \`${having}\``,
      reason,
    ]),
  ),
)}

moto runs functions only in containers. Here its invocations go to Node processes that run the bundle with the settings of the function;
\`test/engines/server/moto_server.py\` has this and the other adaptations. Wait states take their full time on both engines, except in replays and in
\`wait-of-three-legs\`.

## Replays

${replays.of} runs of the local interpreter are recorded, with the input and output of each task, and replayed on the interpreter of moto. It must enter the
same states in the same order, call the same functions with the same input, produce as many history events (up to ${replays.longestHistory.toLocaleString('en-US')} in a leg), and end with
the same output, error and cause. ${replays.equal} of ${replays.of} replays are equal. The histories of ministack omit what happens in a Parallel state, so nothing is replayed
there.

${table(
  ['engine', 'replay', 'known difference'],
  REPLAY_DIFFERENCES.map(({ engine, scenario, reason }) => [engine, scenario, reason]),
)}

## Different error names

${table(
  ['engine', 'returns', 'instead of', 'reason'],
  WORDINGS.map(({ engine, says, means, reason }) => [engine, `\`${says}\``, `\`${means}\``, reason]),
)}

## Stores

The contract tests of the stores and the tests of the handler pass on ${stores.map(({ name }) => name).join(', ')}. Differences from DynamoDB:

${table(
  ['behavior of DynamoDB', 'missing in', 'why the stores do not depend on it'],
  STORE_DIFFERENCES.map(({ store, probe, reason }) => [probe, store, reason]),
)}

${LAST_SECTION}

${table(
  ['', 'resources created', 'store tests passed', 'time on two cores'],
  [
    ...engines.map(({ name, resources, seconds }) => [
      name,
      `${resources.created} of ${resources.of}`,
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
  return played.find(({ scenario }) => scenario === name)?.problems.length === 0 ? 'passed' : '**failed**';
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
  return [line(head), `|${'---|'.repeat(head.length)}`, ...rows.map(line)].join('\n');
}
