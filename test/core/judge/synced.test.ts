import fc from 'fast-check';
import type { Goal } from '../../../lambda/contract/goal';
import type { Observation, Progress } from '../../../lambda/core/model/progress';
import { play } from '../../support/run';
import { failed, ok, SECOND, syncing, T0 } from '../../support/values/observations';

const SYNCED: Goal = { type: 'SYNCED', maxLagSeconds: 30, holdSeconds: 60 };

/** Polls every `every` seconds, the checkpoint refreshed every 10 s and `lag` behind. */
function steady(seconds: number, every = 10, lag = 12): Observation[] {
  const polls: Observation[] = [];
  for (let t = 0; t <= seconds; t += every) {
    polls.push(syncing(T0 + t * SECOND, lag, { incrSyncCheckpoint: T0 / 1000 + Math.floor(t / 10) * 10 - lag }));
  }
  return polls;
}

const code = (polls: readonly Observation[], goal = SYNCED) => play(polls, { goal }).last.reason.code;

describe('goal SYNCED', () => {
  test('is met once the lag has held for 60 s over three checkpoints', () => {
    const { results } = play(steady(60), { goal: SYNCED });
    expect(results.map((result) => result.verdict).indexOf('MET')).toBe(6);
  });

  test('is not met by one poll with a small lag', () => {
    const { last } = play([syncing(T0, 5)], { goal: SYNCED });
    expect(last.reason).toEqual({
      code: 'NotHeldYet',
      message:
        'lag 5 s, must be 30 s or less for 60 s and over 3 checkpoints; held for 0 s over 1 checkpoint; best so far 5 s',
      params: {
        lagSeconds: 5,
        maxLagSeconds: 30,
        holdSeconds: 60,
        bestLagSeconds: 5,
        heldSeconds: 0,
        checkpoints: 1,
        minCheckpoints: 3,
        pollGap: null,
      },
    });
  });

  test('says when polls are too far apart for a hold', () => {
    const { last } = play(steady(200, 40), { goal: SYNCED });
    expect(last.reason).toMatchObject({
      code: 'NotHeldYet',
      message: expect.stringContaining('this poll came 40 s after the previous one, and a hold allows at most 30 s'),
    });
  });

  /** Polls every 10 s of a target that is `lag` seconds behind by our clock, with OMS's clock `skew` seconds ahead of ours. */
  const skewed = (lag: number, skew: number | null): Observation[] =>
    steady(60, 10, lag).map((poll) => ({ ...poll, clockSkewMs: skew === null ? null : skew * SECOND }));

  test.each([
    ['OMS behind us', 245, -240, 245],
    ['OMS ahead of us', 5, 240, 245],
    ['OMS so far behind that it is not believed', 500, -490, 500],
  ])('measures the lag by the worse of the two clocks: %s', (_, lag, skew, worse) => {
    expect(play(skewed(lag, skew), { goal: SYNCED }).last).toMatchObject({
      lagSeconds: worse,
      reason: { code: 'LagTooHigh', params: { lagSeconds: worse, bestLagSeconds: worse } },
    });
  });

  test('measures the lag by the clock that OMS showed last where a reply has no date', () => {
    const polls = skewed(5, 240).map((poll, i) => (i === 0 ? poll : { ...poll, clockSkewMs: null }));
    expect(play(polls, { goal: SYNCED }).last).toMatchObject({ lagSeconds: 245, reason: { code: 'LagTooHigh' } });
  });

  test.each([
    ['ours, where OMS and its source are minutes ahead', -108, 120, 12, false],
    ["OMS's, where OMS is minutes behind", 5, -240, 5, true],
  ])('is not met by a checkpoint more than 60 s in the future by one clock: %s', (_, lag, skew, worse, byOmsClock) => {
    expect(play(skewed(lag, skew), { goal: SYNCED }).last).toMatchObject({
      verdict: 'NOT_YET',
      lagSeconds: worse,
      reason: { code: 'CheckpointImplausible', params: { byOmsClock } },
    });
  });

  test('is not met by an OMS whose clock is too far ahead to give a lag', () => {
    const ahead = 320;
    const polls = steady(120).map((observation, i) =>
      syncing(
        observation.answeredAt,
        0,
        { incrSyncCheckpoint: T0 / 1000 + i * 10 + ahead - 270 },
        { clockSkewMs: ahead * SECOND },
      ),
    );
    expect(play(polls, { goal: SYNCED }).last.reason).toEqual({
      code: 'LagUnknown',
      params: { clockAheadSeconds: 320 },
      message: expect.stringContaining("OMS's clock is 5 min ahead of ours, so the lag is unknown"),
    });
  });

  test('says how far the lag is from what is needed, and the best so far', () => {
    const { last } = play([syncing(T0, 22), syncing(T0 + 30 * SECOND, 48)], { goal: SYNCED });
    expect(last.reason).toEqual({
      code: 'LagTooHigh',
      message: 'lag 48 s, must be 30 s or less for 60 s; best so far 22 s',
      params: { lagSeconds: 48, maxLagSeconds: 30, holdSeconds: 60, bestLagSeconds: 22 },
    });
  });

  test.each([
    ['a lag above the limit', syncing(T0 + 65 * SECOND, 31)],
    ['a failed poll', failed(T0 + 65 * SECOND)],
    ['an unknown status', syncing(T0 + 65 * SECOND, 12, { status: 'SHINY' })],
    ['a change under way', syncing(T0 + 65 * SECOND, 12, { status: 'RUNNING_MODIFYING' })],
    ['an unknown checkpoint', syncing(T0 + 65 * SECOND, 12, { incrSyncCheckpoint: null })],
    ['a copy phase below 100', syncing(T0 + 65 * SECOND, 12, { fullMigrationProgress: 99 })],
    [
      'an unexpected value',
      syncing(
        T0 + 65 * SECOND,
        12,
        {},
        { anomalies: [{ field: 'incrSyncCheckpoint', value: 'x', problem: 'is no number' }] },
      ),
    ],
    ['a checkpoint that goes backwards', syncing(T0 + 65 * SECOND, 29, { incrSyncCheckpoint: T0 / 1000 + 20 })],
  ])('starts its hold again after %s', (_, spoiler) => {
    const before = steady(50);
    const after = steady(170).filter((observation) => observation.answeredAt > spoiler.answeredAt);
    const { results } = play([...before, spoiler, ...after], { goal: SYNCED });
    const met = results.findIndex((result) => result.verdict === 'MET');
    const metAt = [...before, spoiler, ...after][met]?.answeredAt ?? 0;
    expect(metAt - spoiler.answeredAt).toBeGreaterThanOrEqual(60 * SECOND);
  });

  test('restarts its hold where polls are further apart than 30 s', () => {
    const polls = [0, 10, 20, 30, 62, 72].map((t) => syncing(T0 + t * SECOND, 12));
    expect(code(polls)).toBe('NotHeldYet');
  });

  test('is not reset by an unchanged checkpoint that is younger than 30 s, and is by one that is not', () => {
    const at = (t: number, checkpoint: number) =>
      syncing(T0 + t * SECOND, 0, { incrSyncCheckpoint: T0 / 1000 + checkpoint });
    const held = [at(0, 0), at(25, 20), at(50, 45), at(60, 45)];
    expect(code(held)).toBe('Synced');
    const stuck = [at(0, 0), at(10, 10), at(20, 20), at(30, 20), at(40, 20), at(50, 20), at(60, 20)];
    expect(code(stuck, { ...SYNCED, maxLagSeconds: 300 })).toBe('CheckpointNotMoving');
  });

  test('cannot be met over two checkpoints, however long they hold', () => {
    const at = (t: number, checkpoint: number) =>
      syncing(T0 + t * SECOND, 0, { incrSyncCheckpoint: T0 / 1000 + checkpoint });
    const goal: Goal = { type: 'SYNCED', maxLagSeconds: 30, holdSeconds: 20 };
    expect(code([at(0, 0), at(10, 0), at(20, 15), at(30, 15)], goal)).toBe('NotHeldYet');
  });

  test('fails at once where incremental sync is off, or the project is FINISHED', () => {
    expect(play([ok(T0, { enableIncrSync: false })], { goal: SYNCED }).last).toMatchObject({
      verdict: 'FAILED',
      reason: { code: 'GoalUnreachable' },
    });
    expect(play([ok(T0, { status: 'FINISHED', enableIncrSync: true })], { goal: SYNCED }).last).toMatchObject({
      verdict: 'FAILED',
      reason: { code: 'GoalUnreachable' },
    });
  });

  test('does not take the reverse checkpoint for the forward one after the switchover', () => {
    const now = T0 / 1000;
    const polls = steady(100).map((observation) =>
      syncing(observation.answeredAt, 12, {
        currentStep: 'REVERSE_INCR_SYNC',
        incrSyncCheckpoint: now - 70_000,
        reverseIncrSyncCheckpoint: now,
      }),
    );
    expect(code(polls)).toBe('NotIncremental');
  });

  test('keeps the proof of a long hold when old polls are merged', () => {
    const goal: Goal = { type: 'SYNCED', maxLagSeconds: 30, holdSeconds: 3600 };
    const { results } = play(steady(3700), { goal });
    const met = results.findIndex((result) => result.verdict === 'MET');
    expect(met).toBe(360);
  });
});

/** Everything that may be wrong with one poll. */
const flaw: fc.Arbitrary<Partial<Progress> | 'failed' | 'unexpected' | { readonly lag: number }> = fc.oneof(
  fc.constantFrom('failed' as const, 'unexpected' as const),
  fc.record({ status: fc.constantFrom('SUSPEND', 'FAILED', 'INIT', 'RUNNING_MERGING', 'RUNNING_MODIFYING', 'NEW') }),
  fc.record({ currentStep: fc.constantFrom('FULL_MIGRATION', 'APP_SWITCH', 'REVERSE_INCR_SYNC', 'NEW_STEP', null) }),
  fc.record({ fullMigrationProgress: fc.constantFrom(null, 0, 99) }),
  fc.record({ structMigrationProgress: fc.constantFrom(null, 50) }),
  fc.record({ enableFullMigration: fc.constant(null) }),
  fc.record({ enableIncrSync: fc.constant(null) }),
  fc.record({ incrSyncCheckpoint: fc.constant(null) }),
  fc.record({ lag: fc.integer({ min: 31, max: 100_000 }) }),
);

function spoil(observation: Observation, how: typeof flaw extends fc.Arbitrary<infer T> ? T : never): Observation {
  if (how === 'failed') return failed(observation.answeredAt);
  if (how === 'unexpected')
    return { ...observation, anomalies: [{ field: 'status', value: '?', problem: 'unexpected' }] };
  if ('lag' in how) return syncing(observation.answeredAt, how.lag);
  return observation.outcome === 'OK' ? { ...observation, progress: { ...observation.progress, ...how } } : observation;
}

describe('laws of the SYNCED gate', () => {
  test('a failing condition in any poll never opens it, and keeps it closed for the whole hold', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 12 }), flaw, fc.integer({ min: 4, max: 15 }), (position, how, every) => {
        const polls = steady(12 * every, every).map((observation, i) =>
          i === position ? spoil(observation, how) : observation,
        );
        const clean = play(steady(12 * every, every), { goal: SYNCED }).results;
        const spoiled = play(polls, { goal: SYNCED }).results;
        const spoiledAt = polls[position]?.answeredAt ?? 0;
        return spoiled.every((result, i) => {
          const inHold = i >= position && (polls[i]?.answeredAt ?? 0) - spoiledAt <= 60 * SECOND;
          return result.verdict !== 'MET' || (clean[i]?.verdict === 'MET' && !inHold);
        });
      }),
      { numRuns: 500 },
    );
  });
});
