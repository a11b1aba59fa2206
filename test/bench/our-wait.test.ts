/** Our side of the comparison: the same as the whole stack would do, and alive after a year. Needs the bundle that `npm run build` makes. */

import { longestWait } from '../../bench/wait/longest-wait';
import { NONE } from '../../bench/wait/pollers/latencies';
import { type OurMachines, playOurs, readOurs } from '../../bench/wait/pollers/our-wait';
import { CATALOGUE, drawTrace, type TraceGroup } from '../../bench/wait/traces/catalogue';
import { defaultStack } from '../support/default-stack';
import { playReal, type RealPlay } from './support/real-stack';

let directory: string;
let ours: OurMachines;

beforeAll(async () => {
  directory = await defaultStack();
  ours = readOurs(directory);
});

/** What two plays of one wait have in common; a check's id and OMS's words about the cost of a call are new every time. */
function essence(execution: RealPlay['execution']): unknown {
  const { status, error, cause, startedAt, stoppedAt, transitions, historyEvents } = execution;
  const output = execution.output as Record<string, unknown> | undefined;
  return { status, error, cause, startedAt, stoppedAt, transitions, historyEvents, ...output, checkId: null };
}

test.each([
  ['copy-10min', 0],
  ['copy-10min-resumed', 1],
  ['copy-10min-fails', 2],
  ['drain-backlog', 0],
])(
  '%s, trace %d: on plain ports the wait does what the bundled handler does on DynamoDB, SNS and HTTP',
  async (name, index) => {
    const trace = drawTrace(CATALOGUE.find((each) => each.name === name) as TraceGroup, 1, index);
    const plain = await playOurs(trace, ours, { latencies: NONE });
    const real = await playReal(trace, directory);
    expect(essence(plain.end)).toEqual(essence(real.execution));
    expect({ requests: plain.omsRequests, invocations: plain.invocations, messages: plain.messages }).toEqual({
      requests: real.omsRequests,
      invocations: real.counters.invocations,
      messages: real.counters.messages,
    });
    expect({ transitions: plain.transitions, largestHistory: plain.largestHistory }).toEqual({
      transitions: real.counters.transitions,
      largestHistory: real.counters.largestHistory,
    });
  },
);

// The year at the user's own 10 s is played by the bench (`longestWaits`): it takes half a minute.
test('365 days stay under 20,000 events in every execution', async () => {
  const { legs, largestLegHistory, parentHistory } = await longestWait(ours, null);
  expect(legs).toBeGreaterThan(100);
  expect(largestLegHistory).toBeLessThan(20_000);
  expect(parentHistory).toBeLessThan(20_000);
});
