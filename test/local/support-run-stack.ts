/** Runs a synthesized stack against a scenario, with the schedule beside the wait as deployed. */
import { loadScenario } from '../../local/simulator/scenarios';
import { SIMULATOR_PASSWORD, SIMULATOR_USERNAME, startSimulator } from '../../local/simulator/simulator';
import { LocalStack, type SentMessage, type StackCounters } from '../../local/stack';
import type { ExecutionResult } from '../../local/step-functions/execution';
import { VirtualClock } from '../../local/virtual-clock';

export interface StackRun {
  readonly execution: ExecutionResult;
  readonly messages: readonly SentMessage[];
  readonly counters: StackCounters;
  /** What the doctor says of it all afterwards. */
  readonly doctor: unknown;
}

export interface StackPlay {
  readonly directory: string;
  readonly scenario: string;
  readonly projectId: string;
  /** Of the wait. */
  readonly request: unknown;
}

export async function runStack({ directory, scenario, projectId, request }: StackPlay): Promise<StackRun> {
  const clock = new VirtualClock();
  const oms = await startSimulator({ projects: { [projectId]: loadScenario(scenario) }, now: () => clock.now() });
  const stack = await LocalStack.start({
    directory,
    clock,
    omsEndpoint: oms.url,
    credentials: { username: SIMULATOR_USERNAME, password: SIMULATOR_PASSWORD },
  });
  const execution = await clock.participate(async () => {
    const stop = new AbortController();
    const schedule = stack.runSchedule(stop.signal);
    const ended = await stack.startWait(request);
    stop.abort();
    await schedule;
    return ended;
  });
  const counters = stack.counters();
  const doctor = await stack.invoke({ doctor: true, projectId });
  await stack.close();
  await oms.close();
  return { execution, messages: stack.messages, counters, doctor };
}
