/** Runs a synthesized example against a simulated OMS on a virtual clock. */
import { sendAnswer } from '../../cli/input/answers';
import { DynamoDbCutovers } from '../../lambda/adapters/dynamodb/cutover-store';
import type { CutoverRecord } from '../../lambda/core/cutover/record';
import { LOCAL_REGION, LOCAL_SECRET } from '../../local/cloudformation/sandbox';
import { loadScenario } from '../../local/simulator/scenarios';
import { SIMULATOR_PASSWORD, SIMULATOR_USERNAME, startSimulator } from '../../local/simulator/simulator';
import { LocalStack, type SentMessage } from '../../local/stack';
import type { ExecutionResult } from '../../local/step-functions/execution';
import { StateMachines } from '../../local/step-functions/state-machine';
import { VirtualClock } from '../../local/virtual-clock';

export interface Play {
  /** The scenario of each project: a built-in one, or the path of a JSON file. */
  readonly projects: Readonly<Record<string, string>>;
  /** The state machine to run (by the output with its ARN) and its input. Absent: only the schedule runs. */
  readonly machine?: { readonly output: string; readonly input: unknown };
  /** The decision on a request for approval, a minute later. Absent: none. */
  readonly answer?: 'approve' | 'reject';
  /** Functions outside the example that it calls, by name: the name of the error to throw, or null to succeed. */
  readonly functions?: Readonly<Record<string, string | null>>;
  /** Parameter Store before the run. */
  readonly parameters?: Readonly<Record<string, string>>;
  /** Calls of putParameter that fail on every attempt, before or after they take effect. */
  readonly broken?: readonly { readonly name: string; readonly value: string; readonly worked: boolean }[];
  /** How long the schedule runs without a state machine. */
  readonly hours?: number;
}

export interface ExampleRun {
  readonly execution: ExecutionResult | null;
  /** The notifications of the monitor. */
  readonly messages: readonly SentMessage[];
  /** The calls of the example's own steps in order: resource and parameters. */
  readonly calls: readonly (readonly [resource: string, input: unknown])[];
  /** Parameter Store after the run. */
  readonly parameters: Readonly<Record<string, string>>;
  /** The record of the execution if it is a cutover. */
  readonly cutover: CutoverRecord | null;
  readonly hours: number;
}

const HOUR_MS = 3_600_000;

/** The name of the execution. */
const RUN = 'run-1';
const DECIDED_AFTER_MS = 60_000;

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
  const recorded =
    <T>(resource: string, work: (input: T) => unknown = () => ({})) =>
    async (input: unknown) => {
      calls.push([resource, input]);
      return work(input as T);
    };
  const decisions: Promise<unknown>[] = [];
  const stack = await LocalStack.start({
    directory,
    clock,
    omsEndpoint: oms.url,
    credentials: { username: SIMULATOR_USERNAME, password: SIMULATOR_PASSWORD },
    foreign: Object.fromEntries(
      Object.entries(play.functions ?? {}).map(([name, error]) => [
        name,
        recorded(`lambda:${name}`, () => {
          if (error !== null) throw Object.assign(new Error(`${name} fails`), { name: error });
          return {};
        }),
      ]),
    ),
    onMessage: ({ subject = '' }) => {
      if (play.answer !== undefined && subject.includes('waits for approval')) decisions.push(decide(play.answer));
    },
  });
  const cutovers = new DynamoDbCutovers({
    client: stack.database.client(),
    tableName: String(stack.model.tables[0]?.name),
  });
  const [project = ''] = Object.keys(play.projects);
  async function decide(given: 'approve' | 'reject'): Promise<void> {
    await clock.sleep(DECIDED_AFTER_MS);
    const credentials = { accessKeyId: 'dba', secretAccessKey: LOCAL_SECRET };
    const answer = { projectId: project, run: RUN, approve: given === 'approve' };
    const url = stack.localUrl(stack.model.output('ApprovalUrl'));
    await clock.participate(() => sendAnswer(url, { region: LOCAL_REGION, credentials }, answer));
  }

  const parameters = new Map(Object.entries(play.parameters ?? {}));
  const machines = new StateMachines({
    machines: new Map(stack.model.machines.map(({ arn, definition }) => [arn, definition])),
    clock,
    invoke: (arn, payload) => stack.invoke(payload, arn),
    // The AWS calls of the examples.
    integrations: {
      'states:::sns:publish': recorded('states:::sns:publish'),
      'states:::aws-sdk:ssm:putParameter': recorded<PutParameter>('states:::aws-sdk:ssm:putParameter', (put) => {
        const fault = play.broken?.find(({ name, value }) => name === put.Name && value === put.Value);
        if (fault?.worked !== false) parameters.set(put.Name, put.Value);
        if (fault) throw Object.assign(new Error('injected fault'), { name: 'Ssm.InternalServerErrorException' });
        return { Version: 2, Tier: 'Standard' };
      }),
      'states:::aws-sdk:ssm:getParameter': recorded<{ readonly Name: string }>(
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
    await Promise.all([schedule, ...decisions]);
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
