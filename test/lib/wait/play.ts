/** Runs synthesized state machines on a virtual clock, with given replies of the function. */
import type * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import type { WaitRound } from '../../../lambda/contract/requests/wait';
import type { ExecutionResult } from '../../../local/step-functions/execution';
import { StateMachines } from '../../../local/step-functions/state-machine';
import { VirtualClock } from '../../../local/virtual-clock';
import { arnOf, definitionOf, type Synthesized } from '../stacks';

const START = Date.UTC(2026, 10, 23);

/** A reply of the handler: a WaitRound with the fields that the definitions read. */
export function round(
  next: WaitRound['next'],
  verdict: 'MET' | 'NOT_YET' | 'FAILED',
  code: string,
  waitSeconds = 0,
): object {
  return {
    wait: { projectId: 'p_a', round: 1 },
    result: { verdict, waitSeconds, reason: { code, message: `because of ${code}` } },
    next,
  };
}

export type Answer = object | Error;

export interface Played {
  readonly execution: ExecutionResult;
  /** Every execution, children before their parents. */
  readonly executions: readonly ExecutionResult[];
  /** The events that the function got. */
  readonly asked: readonly unknown[];
  readonly seconds: number;
}

/** Runs `machine` with the legs of the same stack. The last reply is repeated. */
export async function play(
  synthesized: Synthesized,
  machine: sfn.IStateMachine,
  input: unknown,
  answers: readonly Answer[],
  { withLegs = true }: { readonly withLegs?: boolean } = {},
): Promise<Played> {
  const { stack, monitor } = synthesized;
  const arn = (each: sfn.IStateMachine) => arnOf(stack.resolve(each.stateMachineArn));
  const clock = new VirtualClock(START);
  const executions: ExecutionResult[] = [];
  const asked: unknown[] = [];
  const there = [machine, monitor.waitMachine, ...(withLegs ? [monitor.leg] : [])];
  const machines = new StateMachines({
    machines: new Map(there.map((each) => [arn(each), definitionOf(synthesized, each)])),
    clock,
    invoke: async (_arn, payload) => {
      asked.push(payload);
      const answer = answers[Math.min(asked.length, answers.length) - 1];
      if (answer instanceof Error) throw answer;
      return answer;
    },
    onExecution: (execution) => executions.push(execution),
  });
  const execution = await machines.run(arn(machine), input);
  return { execution, executions, asked, seconds: (clock.now() - START) / 1000 };
}
