/** Runs a synthesized example against a simulated OMS on a virtual clock. */
import { DynamoDbCutovers } from '../../lambda/adapters/dynamodb/cutover-store';
import { answerCutover } from '../../lambda/core/cutover/approval';
import type { CutoverRecord } from '../../lambda/core/cutover/record';
import { loadScenario } from '../../local/simulator/scenarios';
import { SIMULATOR_PASSWORD, SIMULATOR_USERNAME, startSimulator } from '../../local/simulator/simulator';
import { LocalStack, type SentMessage } from '../../local/stack';
import type { ExecutionResult } from '../../local/step-functions/execution';
import { StateMachines } from '../../local/step-functions/state-machine';
import { VirtualClock } from '../../local/virtual-clock';

export interface Play {
  /** What each project goes through: a built-in scenario, or the path of a JSON file. */
  readonly projects: Readonly<Record<string, string>>;
  /** The state machine to run (an output of the stack holds its ARN), and its input. Absent: the schedule alone. */
  readonly machine?: { readonly output: string; readonly input: unknown };
  /** What a person answers to a cutover that waits for approval, a minute later. Absent: nobody does. */
  readonly answer?: 'approve' | 'reject';
  /** Functions that the example calls and does not have, by name: the name of the error each throws, or null where it works. */
  readonly functions?: Readonly<Record<string, string | null>>;
  /** Parameter Store before the run. */
  readonly parameters?: Readonly<Record<string, string>>;
  /** Puts of Parameter Store that fail on every try, before their work or after it. */
  readonly broken?: readonly { readonly name: string; readonly value: string; readonly worked: boolean }[];
  /** For how long the schedule runs where no machine says when it is over. */
  readonly hours?: number;
}

export interface ExampleRun {
  readonly execution: ExecutionResult | null;
  /** What the monitor told. */
  readonly messages: readonly SentMessage[];
  /** What the example's own steps asked of AWS, in order: the resource, and its parameters. */
  readonly calls: readonly (readonly [resource: string, input: unknown])[];
  /** Parameter Store after the run. */
  readonly parameters: Readonly<Record<string, string>>;
  /** The receipt of the execution, where it is a cutover. */
  readonly cutover: CutoverRecord | null;
  readonly hours: number;
}

const HOUR_MS = 3_600_000;

/** The name of the execution. */
const RUN = 'run-1';
const ANSWERED_AFTER_MS = 60_000;

interface PutParameter {
  readonly Name: string;
  readonly Value: string;
}

export async function runExample(directory: string, play: Play): Promise<ExampleRun> {
  const clock = new VirtualClock();
  const startedAt = clock.now();
  const projects = Object.fromEntries(Object.entries(play.projects).map(([id, name]) => [id, loadScenario(name)]));
  const oms = await startSimulator({ projects, now: () => clock.now() });
  const calls: [string, unknown][] = [];
  const noted =
    <T>(resource: string, work: (input: T) => unknown = () => ({})) =>
    async (input: unknown) => {
      calls.push([resource, input]);
      return work(input as T);
    };
  const people: Promise<unknown>[] = [];
  const stack = await LocalStack.start({
    directory,
    clock,
    omsEndpoint: oms.url,
    credentials: { username: SIMULATOR_USERNAME, password: SIMULATOR_PASSWORD },
    foreign: Object.fromEntries(
      Object.entries(play.functions ?? {}).map(([name, error]) => [
        name,
        noted(`lambda:${name}`, () => {
          if (error !== null) throw Object.assign(new Error(`${name} was told to fail`), { name: error });
          return {};
        }),
      ]),
    ),
    onMessage: ({ subject = '' }) => {
      if (play.answer !== undefined && subject.includes('waits for approval')) people.push(answer(play.answer));
    },
  });
  const cutovers = new DynamoDbCutovers({
    client: stack.database.client(),
    tableName: String(stack.model.tables[0]?.name),
  });
  const [project = ''] = Object.keys(play.projects);
  async function answer(given: 'approve' | 'reject'): Promise<void> {
    await clock.sleep(ANSWERED_AFTER_MS);
    const order = { project, run: RUN, approve: given === 'approve', by: 'dba', now: clock.now() };
    await clock.participate(() => answerCutover(order, cutovers));
  }

  const parameters = new Map(Object.entries(play.parameters ?? {}));
  const machines = new StateMachines({
    machines: new Map(stack.model.machines.map(({ arn, definition }) => [arn, definition])),
    clock,
    invoke: (arn, payload) => stack.invoke(payload, arn),
    // AWS, as far as steps of examples call it.
    integrations: {
      'states:::sns:publish': noted('states:::sns:publish'),
      'states:::aws-sdk:ssm:putParameter': noted<PutParameter>('states:::aws-sdk:ssm:putParameter', (put) => {
        const fault = play.broken?.find(({ name, value }) => name === put.Name && value === put.Value);
        if (fault?.worked !== false) parameters.set(put.Name, put.Value);
        if (fault) throw Object.assign(new Error('told to fail'), { name: 'Ssm.InternalServerErrorException' });
        return { Version: 2, Tier: 'Standard' };
      }),
      'states:::aws-sdk:ssm:getParameter': noted<{ readonly Name: string }>(
        'states:::aws-sdk:ssm:getParameter',
        ({ Name }) => ({ Parameter: { Name, Value: parameters.get(Name) } }),
      ),
    },
  });
  const execution = await clock.participate(async () => {
    const stop = new AbortController();
    const schedule = stack.runSchedule(stop.signal);
    const ended = play.machine
      ? await machines.run(stack.model.output(play.machine.output), play.machine.input, { name: RUN })
      : await clock.sleep((play.hours ?? 1) * HOUR_MS).then(() => null);
    stop.abort();
    await Promise.all([schedule, ...people]);
    return ended;
  });
  const hours = (clock.now() - startedAt) / HOUR_MS;
  const cutover = (await cutovers.readCutover(project, RUN)) ?? null;
  await stack.close();
  await oms.close();
  return {
    execution,
    messages: stack.messages,
    calls,
    parameters: Object.fromEntries(parameters),
    cutover,
    hours,
  };
}
