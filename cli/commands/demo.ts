/** `demo`: runs the synthesized stack against a simulated OMS on a virtual clock: hours of migration in seconds. */

import type { Goal } from '../../lambda/contract/goal';
import type { ReasonText } from '../../lambda/contract/reason';
import { formatDuration } from '../../lambda/contract/values/duration';
import { CheckFailed, Interrupted } from '../../lambda/core/model/errors';
import { phaseOf } from '../../lambda/core/model/status';
import { synthesize } from '../../local/cloudformation/synthesize';
import type { Scenario } from '../../local/simulator/scenario';
import { listScenarios, loadScenario } from '../../local/simulator/scenarios';
import { SIMULATOR_PASSWORD, SIMULATOR_USERNAME, startSimulator } from '../../local/simulator/simulator';
import { LocalStack } from '../../local/stack';
import type { ExecutionResult } from '../../local/step-functions/execution';
import { VirtualClock } from '../../local/virtual-clock';
import { type Command, type Io, JSON_FLAG, printerFor } from '../input/command';
import type { Flags } from '../input/flags';
import { exitOfVerdict } from '../output/exit-status';
import { JsonLines } from '../output/json-lines';
import { notifiedBySns, type Printer, type RunResult } from '../output/printer';
import { CUTOVER_SCENARIO, playCutover } from './cutover-demo';

const PROJECT = 'p_demo';
const RECIPIENT = 'dba@example.com';

export const demoCommand: Command = {
  name: 'demo',
  summary: 'run a migration through the whole stack on this machine',
  flags: {
    scenario: { value: 'NAME|FILE', about: 'the scenario (default full-copy; see --list)' },
    'no-fence': { about: 'scenario cutover: cut over without a fence, on a small lag alone' },
    list: { about: 'list the scenarios' },
    ...JSON_FLAG,
  },

  async run(flags: Flags, io: Io): Promise<number> {
    const printer = printerFor(flags, io, { terse: true });
    if (flags.has('list')) {
      printScenarios(printer, io, [...listScenarios(), CUTOVER_SCENARIO]);
      return 0;
    }
    const name = flags.text('scenario') ?? 'full-copy';
    if (name === CUTOVER_SCENARIO.name) {
      flags.settle();
      return await playCutover(!flags.has('no-fence'), printer, io);
    }
    if (flags.has('no-fence')) flags.problems.push(`--no-fence belongs to --scenario ${CUTOVER_SCENARIO.name}`);
    const scenario = loadScenario(name, [CUTOVER_SCENARIO.name]);
    flags.settle();
    return await play(scenario, printer, io);
  },
};

export function printScenarios(printer: Printer, io: Io, scenarios = listScenarios()): void {
  for (const { name, title, description } of scenarios) {
    if (printer instanceof JsonLines) printer.print({ type: 'scenario', name, title, description });
    else io.stdout(`${name.padEnd(16)} ${title}\n${' '.repeat(17)}${description}\n`);
  }
}

async function play(scenario: Scenario, printer: Printer, io: Io): Promise<number> {
  const began = performance.now();
  const clock = new VirtualClock();
  const startedAt = clock.now();
  printer.note(`${scenario.title}: ${scenario.description}\n`);
  printer.note('Synthesizing the stack …');
  const simulator = await startSimulator({ projects: { [PROJECT]: scenario }, now: () => clock.now() });
  const context = { omsEndpoint: simulator.url, projects: PROJECT, notifyEmail: RECIPIENT };
  const assembly = await synthesize({ context, signal: io.signal }).catch(async (error: unknown) => {
    await simulator.close();
    throw error;
  });
  const ended = new AbortController();
  let stack: LocalStack | null = null;
  let checks = 0;
  try {
    stack = await LocalStack.start({
      directory: assembly.directory,
      clock,
      credentials: { username: SIMULATOR_USERNAME, password: SIMULATOR_PASSWORD },
      onCheck: (result, looker) => {
        checks += 1;
        printer.check(result, looker);
      },
      onMessage: (message) => printer.notification(notifiedBySns(message)),
    });
    printer.note(`Running its table, function, topic, schedule and state machine; e-mail goes to ${RECIPIENT}\n`);
    const schedule = stack.runSchedule(ended.signal);
    const request = { projectId: PROJECT, goal: { type: goalOf(scenario) } };
    const execution = await stack.startWait(request, { signal: io.signal });
    ended.abort();
    await schedule;
    if (io.signal.aborted) throw new Interrupted();
    const { transitions, messages, invocations, largestHistory } = stack.counters();
    const summary = {
      checks,
      transitions,
      emails: messages,
      invocations,
      largestHistory,
      simulatedSeconds: Math.round((clock.now() - startedAt) / 1000),
      realSeconds: Math.round((performance.now() - began) / 100) / 10,
    };
    if (printer instanceof JsonLines) printer.print({ type: 'summary', ...summary });
    const result = resultOf(execution, checks);
    printer.result(result);
    printer.note(
      `${summary.checks} checks, ${summary.transitions} state transitions, ${summary.emails} e-mail${summary.emails === 1 ? '' : 's'}; ` +
        `${formatDuration(summary.simulatedSeconds)} of migration in ${summary.realSeconds} s`,
    );
    return exitOfVerdict(result.verdict, result.reason);
  } finally {
    ended.abort();
    await stack?.close();
    await simulator.close();
    assembly.remove();
  }
}

/** The last goal that the scenario reaches. */
function goalOf({ enable, timeline }: Scenario): Goal['type'] {
  if (timeline.some(({ step }) => phaseOf(step ?? null) === 'reverse')) return 'SWITCHED';
  return enable.incrSync ? 'SYNCED' : 'FINISHED';
}

/** The output of the execution is the last check result; its error name is the reason's code. */
function resultOf(execution: ExecutionResult, checks: number): RunResult {
  if (execution.status === 'SUCCEEDED') {
    const { reason } = execution.output as { reason: ReasonText };
    return { verdict: 'MET', reason, checks };
  }
  if (execution.error === undefined) throw new CheckFailed(`the wait ended ${execution.status} without a reason`);
  return { verdict: 'FAILED', reason: { code: execution.error, message: execution.cause ?? '' }, checks };
}
