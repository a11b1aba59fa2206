/** The usual job poller of Step Functions: Wait, Task, Choice. It loops on every other status, has no retries and keeps no state. */

import type { Definition } from '../../../local/step-functions/definition';
import { HISTORY_LIMIT } from '../../../local/step-functions/definition';
import type { ExecutionResult } from '../../../local/step-functions/execution';
import { StateMachines } from '../../../local/step-functions/state-machine';
import { VirtualClock } from '../../../local/virtual-clock';
import { BEGINS_AT, type Trace } from '../traces/trace';
import { TraceOms } from '../traces/trace-oms';
import { FunctionMeter } from './function-meter';
import { type Latencies, USUAL } from './latencies';
import { countsOf, type Play } from './play';

const MACHINE = 'arn:aws:states:us-east-1:000000000000:stateMachine:JobPoller';
const FUNCTION = 'arn:aws:lambda:us-east-1:000000000000:function:GetStatus';
export const JOB_FAILED = 'JobFailed';

export function jobPoller(intervalSeconds: number): Definition {
  return {
    StartAt: 'Wait',
    States: {
      Wait: { Type: 'Wait', Seconds: intervalSeconds, Next: 'Get status' },
      'Get status': {
        Type: 'Task',
        Resource: 'arn:aws:states:::lambda:invoke',
        Parameters: { FunctionName: FUNCTION, 'Payload.$': '$' },
        OutputPath: '$.Payload',
        Next: 'Complete?',
      },
      'Complete?': {
        Type: 'Choice',
        Choices: [
          { Variable: '$.status', StringEquals: 'FINISHED', Next: 'Done' },
          { Variable: '$.status', StringEquals: 'FAILED', Next: 'Failed' },
        ],
        Default: 'Wait',
      },
      Done: { Type: 'Succeed' },
      Failed: { Type: 'Fail', Error: JOB_FAILED, Cause: 'the job failed' },
    },
  };
}

/** The Choice and the end, after the Task. */
const TRANSITIONS_AFTER_THE_LAST_TASK = 2;

/**
 * The result of its Task: OMS's status, and FINISHED once the goal is reached. For a drain, that is one comparison of the checkpoint; for a hold,
 * it is in its favor, because a task without state cannot determine it.
 */
function statusFor(trace: Trace, unixMs: number): string {
  if (trace.reachedAt !== null && unixMs >= trace.reachedAt) return 'FINISHED';
  return trace.stateAt(unixMs).status;
}

export async function playJobPoller(
  trace: Trace,
  intervalSeconds: number,
  latencies: Latencies = USUAL,
): Promise<Play> {
  const clock = new VirtualClock(BEGINS_AT);
  const oms = new TraceOms(trace, clock, latencies.omsMs);
  const meter = new FunctionMeter(clock, latencies);
  const notifiedFailures: number[] = [];
  const executions: ExecutionResult[] = [];
  const machines = new StateMachines({
    machines: new Map([[MACHINE, jobPoller(intervalSeconds)]]),
    clock,
    invoke: () =>
      meter.run(async () => {
        const observation = await oms.poll();
        const status = statusFor(trace, (observation.requestedAt + observation.answeredAt) / 2);
        if (status === 'FAILED') notifiedFailures.push(clock.now());
        return { projectId: 'p_bench', status };
      }),
    onExecution: (execution) => executions.push(execution),
  });
  const end = await machines.run(MACHINE, { projectId: 'p_bench' });
  return {
    end,
    executions,
    completedAt: end.stoppedAt + TRANSITIONS_AFTER_THE_LAST_TASK * latencies.transitionMs,
    notifiedFailures,
    omsRequests: oms.requests,
    invocations: meter.invocations,
    billedMs: meter.billedMs,
    ...countsOf(executions),
    dynamoDbReadUnits: 0,
    dynamoDbWriteUnits: 0,
    messages: 0,
  };
}

/** Wait 2, task 2 and 3, choice 2. */
const EVENTS_A_ROUND = 9;
const ROUNDS_UNTIL_DEATH = Math.floor((HISTORY_LIMIT - 2) / EVENTS_A_ROUND);

/** If it is restarted at once whenever it fails, also on a failure that an operator is about to resume. */
export interface Restarted {
  readonly completedAt: number;
  readonly rounds: number;
  readonly restarts: number;
}

/** Calculated, because every round takes the same time; null for a trace that fails. */
export function restartedJobPoller(
  trace: Trace,
  intervalSeconds: number,
  latencies: Latencies = USUAL,
): Restarted | null {
  if (trace.reachedAt === null) return null;
  const { omsMs, transitionMs, computeMs } = latencies;
  const beforePollMs = intervalSeconds * 1000 + 3 * transitionMs + omsMs / 2;
  const afterPollMs = omsMs / 2 + computeMs;
  let now = BEGINS_AT;
  let restarts = 0;
  for (let rounds = 1, ofThisOne = 1; ; rounds += 1, ofThisOne += 1) {
    const status = statusFor(trace, now + beforePollMs);
    now += beforePollMs + afterPollMs;
    if (status === 'FINISHED') {
      return { completedAt: now + TRANSITIONS_AFTER_THE_LAST_TASK * transitionMs, rounds, restarts };
    }
    if (status === 'FAILED' || ofThisOne === ROUNDS_UNTIL_DEATH) {
      restarts += 1;
      ofThisOne = 0;
    }
  }
}
