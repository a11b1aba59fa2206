/** The other side of the comparison has to be what people really deploy: these hold it to that. */

import { JOB_FAILED, jobPoller, playJobPoller, restartedJobPoller } from '../../bench/wait/pollers/job-poller';
import { NONE, USUAL } from '../../bench/wait/pollers/latencies';
import { copyTrace } from '../../bench/wait/traces/copy';
import { BEGINS_AT, NEW_PROJECT, type Trace } from '../../bench/wait/traces/trace';
import { Random } from '../../local/random';
import { HISTORY_LIMIT } from '../../local/step-functions/definition';

const HOUR_MS = 3_600_000;

/** RUNNING until a moment, then FINISHED. */
function doneAfter(ms: number, statusBefore = 'RUNNING'): Trace {
  const reachedAt = BEGINS_AT + ms;
  return {
    goal: { type: 'FINISHED' },
    stateAt: (at) => ({ ...NEW_PROJECT, status: at >= reachedAt ? 'FINISHED' : statusBefore }),
    reachedAt,
    failures: [],
  };
}

test('it waits before its first look, then asks and chooses, round after round', async () => {
  const { end, invocations, transitions, largestHistory, omsRequests } = await playJobPoller(
    doneAfter(150_000),
    60,
    NONE,
  );
  expect(end).toMatchObject({ status: 'SUCCEEDED', stoppedAt: BEGINS_AT + 180_000 });
  expect({ invocations, transitions, omsRequests }).toEqual({ invocations: 3, transitions: 3 * 3 + 1, omsRequests: 3 });
  // Nine a round, the end, and the execution's own two.
  expect(largestHistory).toBe(3 * 9 + 2 + 2);
});

test('it dies at 25,000 events: after 46 hours at one minute, while the migration goes on', async () => {
  const { end, largestHistory } = await playJobPoller(doneAfter(72 * HOUR_MS), 60, NONE);
  expect(end).toMatchObject({ status: 'FAILED', error: 'States.Runtime' });
  expect(end.cause).toMatch(/maximum number of history events \(25000\)/);
  expect(largestHistory).toBeGreaterThan(HISTORY_LIMIT);
  expect((end.stoppedAt - end.startedAt) / HOUR_MS).toBeCloseTo(46.3, 1);
});

test('it goes on for ever on a status it does not know', async () => {
  const { end } = await playJobPoller(doneAfter(72 * HOUR_MS, 'DELETED'), 300, NONE);
  expect(end.status).toBe('SUCCEEDED');
});

test('it fails at the first FAILED that it sees', async () => {
  const trace = copyTrace({ seconds: 3_600, trouble: 'fails' }, new Random('fails'));
  const { end, notifiedFailures } = await playJobPoller(trace, 30);
  expect(end).toMatchObject({ status: 'FAILED', error: JOB_FAILED });
  expect(notifiedFailures).toHaveLength(1);
  expect(notifiedFailures[0]).toBeGreaterThan(trace.failures[0]?.from as number);
});

test.each([30, 60, 300])(
  'what is said of one that is started again agrees with the interpreter, at %d s',
  async (interval) => {
    const trace = copyTrace({ seconds: 8 * 3_600, trouble: 'none' }, new Random('again'));
    const played = await playJobPoller(trace, interval, USUAL);
    expect(restartedJobPoller(trace, interval, USUAL)).toEqual({
      completedAt: played.completedAt,
      rounds: played.invocations,
      restarts: 0,
    });
  },
);

test('one that is started again is started again after every 2,777 rounds', () => {
  const restarted = restartedJobPoller(doneAfter(72 * HOUR_MS), 60, NONE);
  expect(restarted).toEqual({ completedAt: BEGINS_AT + 72 * HOUR_MS, rounds: 4_320, restarts: 1 });
});

test('its definition has no retry and no other way out', () => {
  const { States } = jobPoller(60);
  expect(Object.keys(States)).toEqual(['Wait', 'Get status', 'Complete?', 'Done', 'Failed']);
  expect(JSON.stringify(States)).not.toMatch(/Retry|Catch|TimeoutSeconds/);
});
