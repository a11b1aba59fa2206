import type { Measured, Poller } from '../../bench/wait/measure';
import { reportOn, spreadOf } from '../../bench/wait/report';

function run(poller: Poller, changed: Partial<Measured> = {}): Measured {
  return {
    poller,
    end: 'SUCCEEDED',
    survived: true,
    delaySeconds: 10,
    failureDelaysSeconds: [],
    omsRequests: 4,
    invocations: 4,
    billedMs: 400,
    transitions: 12,
    largestHistory: 40,
    dynamoDbReadUnits: 0,
    dynamoDbWriteUnits: 0,
    messages: 0,
    dollars: 0.5,
    ...changed,
  };
}

const GROUP = { name: 'copy-1h', kind: 'copy' } as const;

test('delays are put together over the traces, counts are the mean of one wait', () => {
  const { seconds, seeds, runs } = reportOn(GROUP, [
    { seconds: 100, runs: [run('ours', { delaySeconds: 2, omsRequests: 10, largestHistory: 50 })] },
    { seconds: 200, runs: [run('ours', { delaySeconds: 4, omsRequests: 20, largestHistory: 70 })] },
  ]);
  expect({ seconds, seeds }).toEqual({ seconds: 150, seeds: 2 });
  expect(runs[0]).toMatchObject({
    poller: 'ours',
    delaySeconds: { mean: 3, p95: 4, max: 4 },
    failureDelaySeconds: null,
    omsRequests: 15,
    largestHistory: 70,
    dollars: 0.5,
    survived: true,
    ends: { SUCCEEDED: 2 },
    ifRestarted: null,
  });
});

test('where one of them died there is no delay, but what it would have been with somebody who starts it again', () => {
  const dead = { survived: false, delaySeconds: null, end: 'States.Runtime' };
  const [, report] = reportOn(GROUP, [
    { seconds: 100, runs: [run('job-poller-30', { delaySeconds: 20 })] },
    {
      seconds: 100,
      runs: [run('job-poller-30', { ...dead, ifRestarted: { delaySeconds: 10, dollars: 1.5, restarts: 2 } })],
    },
  ]).runs;
  expect(report).toMatchObject({
    poller: 'job-poller-30',
    delaySeconds: null,
    survived: false,
    ends: { SUCCEEDED: 1, 'States.Runtime': 1 },
    ifRestarted: { delaySeconds: { mean: 15, p95: 20, max: 20 }, dollars: 1, restarts: 1 },
  });
});

test('the percentile is a value that occurred', () => {
  expect(spreadOf([])).toBeNull();
  expect(spreadOf(Array.from({ length: 100 }, (_, i) => i + 1))).toEqual({ mean: 50.5, p95: 95, max: 100 });
});
