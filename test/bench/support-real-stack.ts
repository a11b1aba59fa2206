/**
 * Plays a trace through everything that deploys (bundled handler, embedded DynamoDB, captured SNS, OMS over HTTP) and prints what came of it.
 * A program, because the test runner's own loader cannot take the bundle. Arguments: the cloud assembly, the trace, its seed and index.
 */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { CATALOGUE, drawTrace } from '../../bench/wait/catalogue';
import { PROJECT } from '../../bench/wait/our-wait';
import { BEGINS_AT } from '../../bench/wait/trace';
import { SimulatedOms } from '../../local/simulator/simulated-oms';
import { LocalStack, type StackCounters } from '../../local/stack';
import type { ExecutionResult } from '../../local/state-machine-execution';
import { VirtualClock } from '../../local/virtual-clock';

export interface RealPlay {
  readonly execution: ExecutionResult;
  readonly counters: StackCounters;
  readonly omsRequests: number;
}

async function main(directory: string, name: string, seed: number, index: number): Promise<void> {
  const group = CATALOGUE.find((each) => each.name === name);
  if (group === undefined) throw new Error(`no trace is called ${name}`);
  const { goal, stateAt } = drawTrace(group, seed, index);
  const clock = new VirtualClock(BEGINS_AT);
  const project = { kind: 'migration', name, stateAt, durationMs: 0 } as const;
  const oms = new SimulatedOms(new Map([[PROJECT, project]]), () => clock.now());
  oms.setCredentials('oms', 'bench');
  const server = createServer((request, response) => oms.serve(request, response));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const stack = await LocalStack.start({
    directory,
    clock,
    omsEndpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    credentials: { username: 'oms', password: 'bench' },
    log: { info: () => {}, warn: () => {} },
  });
  const execution = await clock.participate(() => stack.startWait({ projectId: PROJECT, goal }));
  const played: RealPlay = { execution, counters: stack.counters(), omsRequests: oms.requests.progress };
  process.stdout.write(JSON.stringify(played));
  await stack.close();
  server.close();
  server.closeAllConnections();
}

const [directory = '', name = '', seed = '', index = ''] = process.argv.slice(2);
void main(directory, name, Number(seed), Number(index));
