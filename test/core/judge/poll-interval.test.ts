import fc from 'fast-check';
import type { Goal } from '../../../lambda/contract/goal';
import { play } from '../../support/run';
import { failed, HOUR, MINUTE, ok, SECOND, syncing, T0 } from '../../support/values/observations';

/** A copy that takes `hours`, polled at the computed intervals; the polls until `untilPercent`. */
function copying(hours: number, untilPercent = 100) {
  const polls = [];
  let at = T0;
  let percent = 0;
  while (percent < untilPercent) {
    percent = Math.min(100, Math.floor(((at - T0) / (hours * HOUR)) * 100));
    polls.push(ok(at, { fullMigrationProgress: percent }));
    at += play(polls, { alwaysInTime: false }).last.waitSeconds * SECOND;
  }
  return polls;
}

test('a long copy is polled just within every five minutes while its end is far', () => {
  const polls = copying(48, 50);
  const gaps = polls.slice(1).map((observation, i) => observation.answeredAt - (polls[i]?.answeredAt ?? 0));
  expect(Math.max(...gaps)).toBe(5 * MINUTE - SECOND);
  expect(gaps.slice(-20)).toEqual(Array(20).fill(5 * MINUTE - SECOND));
});

test('a copy is polled every five seconds when it may end any moment, which a status shows at once', () => {
  const { last } = play(copying(8, 100));
  expect(last.waitSeconds).toBe(5);
});

test('estimates the completion of the copy at the measured rate', () => {
  const polls = copying(10, 50);
  const { last } = play(polls);
  const error = Math.abs(Date.parse(last.eta ?? '') - (T0 + 10 * HOUR));
  expect(error).toBeLessThan(15 * MINUTE);
});

test('never sleeps past the outage grace period, also while the account is rejected', () => {
  const polls = [ok(T0), failed(T0 + MINUTE, 'OmsRejectedCredentials')];
  expect(play(polls, { settings: { outageGraceSeconds: 60 } }).last.waitSeconds).toBeLessThanOrEqual(60);
});

test.each(['INCR_SYNC', 'REVERSE_INCR_SYNC'])(
  'polls rarely for FINISHED during a synchronization that may never end: %s',
  (currentStep) => {
    const { last } = play([syncing(T0, 2, { currentStep, enableReverseIncrSync: true })]);
    expect(last).toMatchObject({ reason: { code: 'MayNeverFinish' }, waitSeconds: 60 });
  },
);

test.each([
  ['INCR_SYNC', 60],
  ['APP_SWITCH', 10],
  ['REVERSE_INCR_SYNC', 5],
])('polls for a switchover as often as its step warrants: %s', (currentStep, seconds) => {
  const { last } = play([syncing(T0, 2, { currentStep, enableReverseIncrSync: true })], { goal: { type: 'SWITCHED' } });
  expect(last).toMatchObject({ verdict: 'NOT_YET', waitSeconds: seconds });
});

test('keeps the earlier rate of a copy that was found resumed and further on', () => {
  const polls = copying(10, 50);
  const at = polls.at(-1)?.answeredAt ?? 0;
  const resumed = [
    ok(at + MINUTE, { status: 'SUSPEND', fullMigrationProgress: 50 }),
    ok(at + 60 * MINUTE, { fullMigrationProgress: 52 }),
  ];
  const { last } = play([...polls, ...resumed]);
  const left = Date.parse(last.eta ?? '') - Date.parse(last.observedAt);
  expect(Math.abs(left - 4.8 * HOUR)).toBeLessThan(15 * MINUTE);
  const fresh = [ok(T0, { status: 'SUSPEND' }), ok(T0 + MINUTE, { fullMigrationProgress: 42 })];
  expect(play(fresh).last.eta).toBeNull();
});

test('estimates no completion before the percentage has changed', () => {
  expect(
    play([ok(T0, { fullMigrationProgress: 3 }), ok(T0 + MINUTE, { fullMigrationProgress: 3 })]).last.eta,
  ).toBeNull();
});

test('a suspension does not slow the estimated rate', () => {
  const before = copying(10, 50);
  const at = before.at(-1)?.answeredAt ?? 0;
  const paused = [1, 2, 3, 4].map((h) => ok(at + h * HOUR, { status: 'SUSPEND', fullMigrationProgress: 50 }));
  const { last } = play([...before, ...paused, ok(at + 4 * HOUR + MINUTE, { fullMigrationProgress: 50 })]);
  const left = Date.parse(last.eta ?? '') - Date.parse(last.observedAt);
  expect(Math.abs(left - 5 * HOUR)).toBeLessThan(20 * MINUTE);
});

test('never sleeps past the deadline', () => {
  expect(play([ok(T0)], { deadlineAt: T0 + 7 * SECOND }).last.waitSeconds).toBe(7);
});

test('never sleeps past the end of a grace period', () => {
  const polls = [ok(T0, { status: 'FAILED' }), ok(T0 + 118 * SECOND, { status: 'FAILED' })];
  expect(play(polls).last.waitSeconds).toBe(2);
});

test('polls less and less often during an outage, at least once a minute', () => {
  const polls = Array.from({ length: 8 }, (_, i) => failed(T0 + i * MINUTE));
  expect(play(polls).results.map((result) => result.waitSeconds)).toEqual([10, 20, 40, 60, 60, 60, 60, 60]);
});

test('polls often enough to prove a hold', () => {
  const goal: Goal = { type: 'SYNCED', maxLagSeconds: 30, holdSeconds: 60 };
  expect(play([syncing(T0, 12)], { goal }).last.waitSeconds).toBeLessThanOrEqual(15);
});

test('honors the intervals that the user sets', () => {
  const settings = { minIntervalSeconds: 90, maxIntervalSeconds: 90, intervalIsFixed: true };
  expect(play([ok(T0)], { settings }).last.waitSeconds).toBe(90);
  expect(play([failed(T0)], { settings }).last.waitSeconds).toBe(90);
});

test('is a whole number of seconds from 1 to the maximum while undecided, and 0 once decided', () => {
  const polls = fc.array(
    fc.tuple(
      fc.integer({ min: 1, max: 4000 }),
      fc.oneof(
        fc.constant(null),
        fc.record({
          status: fc.constantFrom('INIT', 'RUNNING', 'SUSPEND', 'FAILED', 'FINISHED', 'NEW'),
          fullMigrationProgress: fc.integer({ min: 0, max: 100 }),
        }),
      ),
    ),
    { minLength: 1, maxLength: 30 },
  );
  fc.assert(
    fc.property(
      polls,
      fc.constantFrom<Goal>({ type: 'FINISHED' }, { type: 'SYNCED', maxLagSeconds: 30, holdSeconds: 60 }),
      (steps, goal) => {
        let at = T0;
        const seen = steps.map(([seconds, progress]) => {
          at += seconds * SECOND;
          return progress === null ? failed(at) : ok(at, progress);
        });
        return play(seen, { goal, alwaysInTime: false }).results.every(({ verdict, waitSeconds }) =>
          verdict === 'NOT_YET'
            ? Number.isInteger(waitSeconds) && waitSeconds >= 1 && waitSeconds <= 300
            : waitSeconds === 0,
        );
      },
    ),
    { numRuns: 500 },
  );
});
