/** Plays a trace through everything that deploys: bundled handler, embedded DynamoDB, captured SNS, OMS over HTTP. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { PROJECT } from '../../../bench/wait/pollers/our-wait';
import { BEGINS_AT, type Trace } from '../../../bench/wait/traces/trace';
import { SimulatedOms } from '../../../local/simulator/simulated-oms';
import { LocalStack, type StackCounters } from '../../../local/stack';
import type { ExecutionResult } from '../../../local/step-functions/execution';
import { VirtualClock } from '../../../local/virtual-clock';

export interface RealPlay {
  readonly execution: ExecutionResult;
  readonly counters: StackCounters;
  readonly omsRequests: number;
}

export async function playReal({ goal, stateAt }: Trace, directory: string): Promise<RealPlay> {
  const clock = new VirtualClock(BEGINS_AT);
  const project = { kind: 'migration', name: 'trace', stateAt, durationMs: 0 } as const;
  const oms = new SimulatedOms(new Map([[PROJECT, project]]), () => clock.now());
  oms.setCredentials('oms', 'bench');
  const server = createServer((request, response) => oms.serve(request, response));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const stack = await LocalStack.start({
    directory,
    clock,
    omsEndpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    credentials: { username: 'oms', password: 'bench' },
  });
  const execution = await clock.participate(() => stack.startWait({ projectId: PROJECT, goal }));
  await stack.close();
  server.close();
  server.closeAllConnections();
  return { execution, counters: stack.counters(), omsRequests: oms.requests.progress };
}
