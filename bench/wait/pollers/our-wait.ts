/** Our wait: the synthesized state machines, with the real core behind their task. */

import { DEFAULTS } from '../../../lambda/contract/defaults';
import type { WaitRequest } from '../../../lambda/contract/requests/wait';
import type { InvocationPorts } from '../../../lambda/core/check/check';
import { waitRound } from '../../../lambda/core/check/wait';
import { synthesize } from '../../../local/cloudformation/synthesize';
import { readStack } from '../../../local/cloudformation/template';
import { Random } from '../../../local/random';
import type { Definition } from '../../../local/step-functions/definition';
import type { ExecutionResult } from '../../../local/step-functions/execution';
import { StateMachines } from '../../../local/step-functions/state-machine';
import { VirtualClock } from '../../../local/virtual-clock';
import { BEGINS_AT, type Trace } from '../traces/trace';
import { TraceOms } from '../traces/trace-oms';
import { FunctionMeter } from './function-meter';
import { type Latencies, USUAL } from './latencies';
import { MeteredStore } from './metered-store';
import { countsOf, type Play } from './play';

export const PROJECT = 'p_bench';

/** The part of the synthesized stack that runs: plain data, to be sent to another process. */
export interface OurMachines {
  readonly wait: string;
  readonly machines: readonly (readonly [arn: string, definition: Definition])[];
  readonly functionTimeoutMs: number;
}

export async function synthesizeOurs(): Promise<OurMachines> {
  const context = { omsEndpoint: 'http://10.0.0.5:8089', projects: PROJECT, notifyEmail: 'dba@example.com' };
  const assembly = await synthesize({ context });
  try {
    return readOurs(assembly.directory);
  } finally {
    assembly.remove();
  }
}

export function readOurs(directory: string): OurMachines {
  const model = readStack(directory);
  const seconds = model.functions[0]?.timeoutSeconds;
  if (seconds === undefined) throw new Error('the stack has no function');
  return {
    wait: model.output('WaitMachineArn'),
    machines: model.machines.map(({ arn, definition }) => [arn, definition] as const),
    functionTimeoutMs: seconds * 1000,
  };
}

/** After the last task: the choice and the end of the leg, then in the parent the end of its task, the verdict and the end. */
const TRANSITIONS_AFTER_THE_LAST_TASK = 5;

export interface OurOptions {
  readonly request?: Partial<WaitRequest>;
  readonly latencies?: Latencies;
}

export async function playOurs(
  trace: Trace,
  ours: OurMachines,
  { request = {}, latencies = USUAL }: OurOptions = {},
): Promise<Play> {
  const clock = new VirtualClock(BEGINS_AT);
  const oms = new TraceOms(trace, clock, latencies.omsMs);
  const store = new MeteredStore(clock, latencies.dynamoDbMs);
  const meter = new FunctionMeter(clock, latencies);
  const notifiedFailures: number[] = [];
  let messages = 0;
  let ids = 0;
  const ports: InvocationPorts = {
    oms,
    store,
    clock,
    notifier: {
      publish: async ({ change }) => {
        await clock.sleep(latencies.snsMs);
        messages += 1;
        if (change.kind === 'status' && change.params.to === 'FAILED') notifiedFailures.push(clock.now());
        if (change.kind === 'first-seen' && change.status === 'FAILED') notifiedFailures.push(clock.now());
      },
    },
    log: { info: () => {}, warn: () => {} },
    leaseMs: ours.functionTimeoutMs + 30_000,
    pollMs: DEFAULTS.requestTimeoutSeconds * 1000,
    // As long as real ones: they are part of the items.
    newId: () => String(++ids).padStart(15, '0'),
  };
  const executions: ExecutionResult[] = [];
  const machines = new StateMachines({
    machines: new Map(ours.machines),
    clock,
    random: (() => {
      const random = new Random('jitter');
      return () => random.next();
    })(),
    invoke: (_, payload) =>
      meter.run((beganAt) =>
        waitRound((payload as { wait: unknown }).wait, ports, () => beganAt + ours.functionTimeoutMs - clock.now()),
      ),
    onExecution: (execution) => executions.push(execution),
  });
  const end = await machines.run(ours.wait, { projectId: PROJECT, goal: trace.goal, ...request });
  return {
    end,
    executions,
    completedAt: end.stoppedAt + TRANSITIONS_AFTER_THE_LAST_TASK * latencies.transitionMs,
    notifiedFailures,
    omsRequests: oms.requests,
    invocations: meter.invocations,
    billedMs: meter.billedMs,
    ...countsOf(executions),
    dynamoDbReadUnits: store.readUnits,
    dynamoDbWriteUnits: store.writeUnits,
    messages,
  };
}
