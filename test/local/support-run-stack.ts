/**
 * Runs a synthesized stack against a scenario, with the schedule beside the wait as deployed, and prints what came of it as JSON.
 * A program, because the handler's bundle imports modules dynamically and the test runner's own loader cannot.
 * Arguments: the cloud assembly, the scenario, the project, and the request of the wait as JSON.
 */
import { loadScenario } from '../../local/simulator/scenarios';
import { SIMULATOR_PASSWORD, SIMULATOR_USERNAME, startSimulator } from '../../local/simulator/simulator';
import { LocalStack, type SentMessage, type StackCounters } from '../../local/stack';
import type { ExecutionResult } from '../../local/state-machine-execution';
import { VirtualClock } from '../../local/virtual-clock';

export interface StackRun {
  readonly execution: ExecutionResult;
  readonly messages: readonly SentMessage[];
  readonly counters: StackCounters;
  /** What the doctor says of it all afterwards. */
  readonly doctor: unknown;
}

async function main(directory: string, scenario: string, projectId: string, request: unknown): Promise<void> {
  const clock = new VirtualClock();
  const oms = await startSimulator({ projects: { [projectId]: loadScenario(scenario) }, now: () => clock.now() });
  const stack = await LocalStack.start({
    directory,
    clock,
    omsEndpoint: oms.url,
    credentials: { username: SIMULATOR_USERNAME, password: SIMULATOR_PASSWORD },
    log: { info: () => {}, warn: () => {} },
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
  const run: StackRun = { execution, messages: stack.messages, counters, doctor };
  process.stdout.write(JSON.stringify(run));
  await stack.close();
  await oms.close();
}

const [directory = '', scenario = '', projectId = '', request = ''] = process.argv.slice(2);
main(directory, scenario, projectId, JSON.parse(request));
