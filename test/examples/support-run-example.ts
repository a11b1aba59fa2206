/**
 * Runs a synthesized example against a simulated OMS on a virtual clock and prints what came of it as JSON. A program, so that the clients
 * of the handler meet an environment of their own. Arguments: the cloud assembly, and what to play.
 */
import { loadScenario } from '../../local/simulator/scenarios';
import { SIMULATOR_PASSWORD, SIMULATOR_USERNAME, startSimulator } from '../../local/simulator/simulator';
import { LocalStack, type SentMessage } from '../../local/stack';
import { StateMachines } from '../../local/state-machine';
import type { ExecutionResult } from '../../local/state-machine-execution';
import { VirtualClock } from '../../local/virtual-clock';

export interface Play {
  /** What each project goes through: a built-in scenario, or the path of a JSON file. */
  readonly projects: Readonly<Record<string, string>>;
  /** The state machine to run (an output of the stack holds its ARN), and its input. Absent: the schedule alone. */
  readonly machine?: { readonly output: string; readonly input: unknown };
  /** For how long the schedule runs where no machine says when it is over. */
  readonly hours?: number;
}

export interface ExampleRun {
  readonly execution: ExecutionResult | null;
  /** What the monitor told. */
  readonly messages: readonly SentMessage[];
  /** What the example's own steps asked of AWS, in order: the resource, and its parameters. */
  readonly calls: readonly (readonly [resource: string, input: unknown])[];
  readonly hours: number;
}

const HOUR_MS = 3_600_000;

/** AWS, as far as steps of examples call it: noted, and answered with nothing. */
const CALLED = ['states:::sns:publish', 'states:::aws-sdk:ssm:putParameter'];

async function main(directory: string, play: Play): Promise<void> {
  const clock = new VirtualClock();
  const startedAt = clock.now();
  const projects = Object.fromEntries(Object.entries(play.projects).map(([id, name]) => [id, loadScenario(name)]));
  const oms = await startSimulator({ projects, now: () => clock.now() });
  const stack = await LocalStack.start({
    directory,
    clock,
    omsEndpoint: oms.url,
    credentials: { username: SIMULATOR_USERNAME, password: SIMULATOR_PASSWORD },
    log: { info: () => {}, warn: () => {} },
  });
  const calls: [string, unknown][] = [];
  const machines = new StateMachines({
    machines: new Map(stack.model.machines.map(({ arn, definition }) => [arn, definition])),
    clock,
    invoke: (arn, payload) => stack.invoke(payload, arn),
    integrations: Object.fromEntries(
      CALLED.map((resource) => [
        resource,
        async (input: unknown) => {
          calls.push([resource, input]);
          return {};
        },
      ]),
    ),
  });
  const execution = await clock.participate(async () => {
    const stop = new AbortController();
    const schedule = stack.runSchedule(stop.signal);
    const ended = play.machine
      ? await machines.run(stack.model.output(play.machine.output), play.machine.input)
      : await clock.sleep((play.hours ?? 1) * HOUR_MS).then(() => null);
    stop.abort();
    await schedule;
    return ended;
  });
  const hours = (clock.now() - startedAt) / HOUR_MS;
  const run: ExampleRun = { execution, messages: stack.messages, calls, hours };
  process.stdout.write(JSON.stringify(run));
  await stack.close();
  await oms.close();
}

const [directory = '', play = ''] = process.argv.slice(2);
main(directory, JSON.parse(play));
