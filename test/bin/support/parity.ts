/**
 * Plays cases on a virtual clock: by the state machine that deploys, with its bundled handler, or by the command line's own `wait`. A program, because the test runner's loader cannot load the handler's bundle. The cases come in as JSON, what came of them goes out so.
 * Arguments: `deployed` or `plain`, and the cloud assembly.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { waitCommand } from '../../../cli/commands/wait';
import { Flags } from '../../../cli/input/flags';
import type { CheckResult } from '../../../lambda/contract/check-result';
import { InvalidInput } from '../../../lambda/core/model/errors';
import { readScenario } from '../../../local/simulator/read-scenario';
import {
  SIMULATOR_PASSWORD,
  SIMULATOR_USERNAME,
  type Simulator,
  startSimulator,
} from '../../../local/simulator/simulator';
import { LocalStack } from '../../../local/stack';
import { VirtualClock } from '../../../local/virtual-clock';

export interface ParityCase {
  readonly title: string;
  readonly scenario: unknown;
  /** Of the simulator, where it differs from that of the wait. */
  readonly password?: string;
  /** For the state machine. */
  readonly request: Readonly<Record<string, unknown>>;
  /** The same for the command line. */
  readonly flags: readonly string[];
}

/** What either way came to. */
export interface Played {
  readonly verdict: string;
  readonly code: string;
  /** Kind, from and to of each notified change, in order. */
  readonly notified: readonly string[];
  /** Time, status and reason of each poll. */
  readonly polls: readonly string[];
}

const PROJECT = 'p_parity';

async function onSimulator<T>(each: ParityCase, clock: VirtualClock, work: (oms: Simulator) => Promise<T>): Promise<T> {
  const oms = await startSimulator({
    projects: { [PROJECT]: readScenario(each.scenario, each.title) },
    now: () => clock.now(),
    password: each.password ?? SIMULATOR_PASSWORD,
  });
  try {
    return await work(oms);
  } finally {
    await oms.close();
  }
}

/** The JSON lines of a wait, as far as they are compared. */
type Line =
  | ({ readonly type: 'check' } & CheckResult)
  | { readonly type: 'notification'; readonly attributes: Readonly<Record<string, string>> }
  | { readonly type: 'result'; readonly verdict: string; readonly reason: { readonly code: string } };

const observationOf = ({ observedAt, outcome, status, reason, waitSeconds }: CheckResult) =>
  `${observedAt} ${outcome} ${status} ${reason.code} ${waitSeconds}`;

const changeOf = ({ change, from, to }: Readonly<Record<string, string>>) =>
  [change, from, to].filter((word) => word !== undefined).join(' ');

async function deployed(each: ParityCase, directory: string): Promise<Played> {
  const clock = new VirtualClock();
  return await onSimulator(each, clock, async (oms) => {
    const polls: string[] = [];
    const stack = await LocalStack.start({
      directory,
      clock,
      omsEndpoint: oms.url,
      credentials: { username: SIMULATOR_USERNAME, password: SIMULATOR_PASSWORD },
      onCheck: (result) => polls.push(observationOf(result)),
    });
    try {
      const ended = await stack.startWait({ projectId: PROJECT, ...each.request });
      const notified = stack.messages.map(({ attributes }) => changeOf(attributes));
      if (ended.status !== 'SUCCEEDED') return { verdict: 'FAILED', code: String(ended.error), notified, polls };
      const { verdict, reason } = ended.output as { verdict: string; reason: { code: string } };
      return { verdict, code: reason.code, notified, polls };
    } finally {
      await stack.close();
    }
  });
}

async function plain(each: ParityCase): Promise<Played> {
  const clock = new VirtualClock();
  return await onSimulator(each, clock, async (oms) => {
    const folder = mkdtempSync(join(tmpdir(), 'parity-'));
    const lines: Line[] = [];
    const args = ['--json', '--endpoint', oms.url, '--project', PROJECT, '--data-dir', folder, ...each.flags];
    const io = {
      env: { OMS_USERNAME: SIMULATOR_USERNAME, OMS_PASSWORD: SIMULATOR_PASSWORD },
      stdout: (line: string) => lines.push(JSON.parse(line) as Line),
      stderr: () => {},
      colour: false,
      clock,
      signal: new AbortController().signal,
      settled: async () => {},
      outlivesTerminal: false,
    };
    try {
      await clock.participate(() => waitCommand.run(new Flags('wait', waitCommand.flags, args), io));
    } catch (error) {
      if (!(error instanceof InvalidInput)) throw error;
      return { verdict: 'FAILED', code: error.code, notified: [], polls: [] };
    } finally {
      rmSync(folder, { recursive: true });
    }
    const result = lines.at(-1);
    if (result?.type !== 'result') throw new Error(`the last line is a ${result?.type}, not the result`);
    return {
      verdict: result.verdict,
      code: result.reason.code,
      notified: lines.flatMap((line) => (line.type === 'notification' ? changeOf(line.attributes) : [])),
      polls: lines.flatMap((line) => (line.type === 'check' ? observationOf(line) : [])),
    };
  });
}

async function main(way: string, directory: string): Promise<void> {
  const cases = JSON.parse(await text(process.stdin)) as ParityCase[];
  const played: Played[] = [];
  for (const each of cases) played.push(way === 'deployed' ? await deployed(each, directory) : await plain(each));
  process.stdout.write(JSON.stringify(played));
}

const [way = '', directory = ''] = process.argv.slice(2);
main(way, directory);
