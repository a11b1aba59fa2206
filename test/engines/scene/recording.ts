/** Records runs of the local interpreter: the input and output of each task, and the states and events of each execution. */
import type { ExecutionResult } from '../../../local/step-functions/execution';
import { StateMachines } from '../../../local/step-functions/state-machine';
import type { Assemblies } from './assembly';
import { type OnLaptop, onLaptop } from './laptop';
import { MACHINES, type Scenario } from './scenarios';

export interface Recording {
  readonly scenario: Scenario;
  /** In the order of their calls. */
  readonly tasks: readonly TaskRecord[];
  /** In the order of their ends: legs before their parent. */
  readonly executions: readonly ExecutionRecord[];
}

export interface TaskRecord {
  /** The name of the user's step, or `check` for the deployed functions. */
  readonly called: string;
  readonly event: unknown;
  readonly answer:
    | { readonly reply: unknown }
    | { readonly error: { readonly name: string; readonly message: string } };
}

export interface ExecutionRecord {
  readonly status: string;
  readonly output?: unknown;
  readonly error?: string;
  readonly cause?: string;
  /** In the order of entry. */
  readonly states: readonly string[];
  readonly historyEvents: number;
}

export async function record(scenarios: readonly Scenario[], assemblies: Assemblies): Promise<Recording[]> {
  const recordings: Recording[] = [];
  await onLaptop(scenarios, assemblies, async (scenario, laptop) => {
    if (scenario.target !== 'schedule') recordings.push(await recordOne(scenario, MACHINES[scenario.target], laptop));
  });
  return recordings;
}

async function recordOne(scenario: Scenario, machine: string, { stack, clock }: OnLaptop): Promise<Recording> {
  const tasks: TaskRecord[] = [];
  const executions: ExecutionRecord[] = [];
  const states = new Map<string, string[]>();
  const { failingTasks } = scenario;
  const machines = new StateMachines({
    machines: new Map(stack.model.machines.map(({ arn, definition }) => [arn, definition])),
    clock,
    random: () => 0.5,
    invoke: async (functionArn, event) => {
      const step = /engines-(\w+)/.exec(functionArn)?.[1];
      const called = step ?? 'check';
      const place = tasks.length;
      tasks.push({ called, event, answer: { reply: null } });
      try {
        if (failingTasks !== undefined && step === undefined && place >= failingTasks.from && place < failingTasks.to)
          throw taskError(failingTasks);
        const reply = await stack.invoke(event, functionArn);
        tasks[place] = { called, event, answer: { reply } };
        return reply;
      } catch (error) {
        const { name, message } = error as Error;
        tasks[place] = { called, event, answer: { error: { name, message } } };
        throw error;
      }
    },
    onState: (arn, name) => states.set(arn, [...(states.get(arn) ?? []), name]),
    onExecution: (execution) => executions.push(recordOf(execution, states.get(execution.arn) ?? [])),
  });
  await machines.run(stack.model.output(machine), scenario.input, { name: scenario.name });
  return { scenario, tasks, executions };
}

const taskError = ({ name, message }: { readonly name: string; readonly message: string }): Error =>
  Object.assign(new Error(message), { name });

function recordOf(execution: ExecutionResult, states: readonly string[]): ExecutionRecord {
  const { status, output, error, cause, historyEvents } = execution;
  return {
    status,
    ...(status === 'SUCCEEDED' ? { output } : {}),
    ...(error === undefined ? {} : { error, cause: cause ?? '' }),
    states,
    historyEvents,
  };
}
