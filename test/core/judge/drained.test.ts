import fc from 'fast-check';
import type { Goal } from '../../../lambda/contract/goal';
import type { Observation, Progress } from '../../../lambda/core/model/progress';
import { play } from '../../support/run';
import { failed, MINUTE, ok, SECOND, syncing, T0 } from '../../support/values/observations';

const FENCE = T0 + MINUTE;
const DRAINED: Goal = { type: 'DRAINED', writesStoppedAt: FENCE, marginSeconds: 0 };

/** A poll 30 s after the fence whose checkpoint is `past` seconds past it. */
function pastFence(past: number, progress: Partial<Progress> = {}, extra: Partial<Observation> = {}): Observation {
  return syncing(FENCE + 30 * SECOND, 0, { incrSyncCheckpoint: FENCE / 1000 + past, ...progress }, extra as never);
}

const judged = (observation: Observation, goal: Goal = DRAINED) => {
  const { verdict, reason } = play([observation], { goal }).last;
  return [verdict, reason.code];
};

describe('goal DRAINED', () => {
  test('is met by a checkpoint past the fence, strictly', () => {
    expect(judged(pastFence(1))).toEqual(['MET', 'Drained']);
    expect(judged(pastFence(0))).toEqual(['NOT_YET', 'NotDrained']);
    expect(judged(pastFence(-1))).toEqual(['NOT_YET', 'NotDrained']);
  });

  test('requires the margin too', () => {
    const goal: Goal = { ...DRAINED, marginSeconds: 10 };
    expect(judged(pastFence(10), goal)).toEqual(['NOT_YET', 'NotDrained']);
    expect(judged(pastFence(11), goal)).toEqual(['MET', 'Drained']);
  });

  test('does not count a poll that began before the fence, whatever its reply says', () => {
    const observation = syncing(FENCE + 5 * SECOND, 0, {}, { requestedAt: FENCE - 1 });
    expect(judged({ ...observation, answeredAt: FENCE + 5 * SECOND })).toEqual(['NOT_YET', 'LookBeforeFence']);
    expect(judged({ ...observation, requestedAt: FENCE })).toEqual(['NOT_YET', 'LookBeforeFence']);
    expect(judged({ ...observation, requestedAt: FENCE + 1 })).toEqual(['MET', 'Drained']);
  });

  test('counts a poll as later only when it is later on both clocks', () => {
    const early = pastFence(1, {}, { requestedAt: FENCE + 20 * SECOND, clockSkewMs: -30 * SECOND });
    expect(judged(early)).toEqual(['NOT_YET', 'LookBeforeFence']);
    expect(judged({ ...early, clockSkewMs: 30 * SECOND })).toEqual(['MET', 'Drained']);
  });

  test('requires a later checkpoint where the clock is ahead, unless the source itself gave the time at which writes stopped', () => {
    const goal: Goal = { ...DRAINED, marginSeconds: 10 };
    const ahead = (past: number) => pastFence(past, {}, { clockSkewMs: 30 * SECOND });
    expect(judged(ahead(39), goal)).toEqual(['NOT_YET', 'NotDrained']);
    expect(judged(ahead(41), goal)).toEqual(['MET', 'Drained']);
    expect(play([ahead(39)], { goal }).last.reason.message).toContain("margin 10 s, OMS's clock ahead by 30 s)");
    expect(judged(ahead(1))).toEqual(['MET', 'Drained']);
    expect(judged(pastFence(11, {}, { clockSkewMs: -5 * SECOND }), goal)).toEqual(['MET', 'Drained']);
  });

  test('requires the same of a clock that is too far ahead to be believed, and of one that was ahead in an earlier poll', () => {
    const goal: Goal = { ...DRAINED, marginSeconds: 10 };
    expect(judged(pastFence(50, {}, { clockSkewMs: 400 * SECOND }), goal)).toEqual(['NOT_YET', 'NotDrained']);
    const polls = [pastFence(5, {}, { clockSkewMs: 290 * SECOND }), pastFence(50, {}, { clockSkewMs: null })];
    expect(play(polls, { goal }).last.reason.code).toBe('NotDrained');
  });

  test('does not take a slow answer, or the whole seconds of a header, for clock skew', () => {
    const goal: Goal = { ...DRAINED, marginSeconds: 10 };
    const slow = pastFence(11, {}, { requestedAt: FENCE + 24 * SECOND, clockSkewMs: 3 * SECOND });
    expect(judged(slow, goal)).toEqual(['MET', 'Drained']);
    const atOnce = syncing(
      FENCE + 200,
      0,
      { incrSyncCheckpoint: FENCE / 1000 + 11 },
      { requestedAt: FENCE + 100, clockSkewMs: -900 },
    );
    expect(judged(atOnce, goal)).toEqual(['MET', 'Drained']);
  });

  test.each([
    ['another status', { status: 'RUNNING_MODIFYING' }, 'NotRunning'],
    ['no status anybody knows', { status: 'SHINY' }, 'UnknownStatus'],
    ['a copy below 100', { fullMigrationProgress: 99 }, 'CopyNotDone'],
    ['an unknown copy', { structMigrationProgress: null }, 'CopyNotDone'],
    ['another step', { currentStep: 'APP_SWITCH' }, 'NotIncremental'],
    [
      'a reverse step',
      { currentStep: 'REVERSE_INCR_SYNC', reverseIncrSyncCheckpoint: FENCE / 1000 + 20 },
      'NotIncremental',
    ],
    ['no checkpoint', { incrSyncCheckpoint: null }, 'CheckpointUnknown'],
    ['a checkpoint 61 s ahead of us', { incrSyncCheckpoint: FENCE / 1000 + 91 }, 'CheckpointImplausible'],
  ])('stays closed on %s', (_, progress, code) => {
    expect(judged(pastFence(1, progress))).toEqual(['NOT_YET', code]);
  });

  test('requires nothing of a copy phase that is off', () => {
    const progress = { enableStructMigration: false, structMigrationProgress: null };
    expect(
      judged(
        pastFence(1, progress, {
          anomalies: [{ field: 'structMigrationProgress', value: '-1', problem: 'is below 0' }],
        }),
      ),
    ).toEqual(['MET', 'Drained']);
  });

  test('names an idle source as a possible cause where a checkpoint does not move', () => {
    const still = (t: number) => syncing(FENCE + t * SECOND, 0, { incrSyncCheckpoint: FENCE / 1000 - 5 });
    const { last } = play([still(2), still(31), still(33)], { goal: DRAINED });
    expect(last.reason.code).toBe('CheckpointNotMoving');
    expect(last.reason.message).toContain('write a marker row');
  });

  test('polls every 2 s once the fence is set, or as often as the user says', () => {
    const polls = [pastFence(-5)];
    expect(play(polls, { goal: DRAINED }).last.waitSeconds).toBe(2);
    expect(
      play(polls, { goal: DRAINED, settings: { minIntervalSeconds: 7, intervalIsFixed: true } }).last.waitSeconds,
    ).toBe(7);
  });
});

const GOOD = { enableIncrSync: true, currentStep: 'INCR_SYNC', fullMigrationProgress: 100 };

describe('laws of the DRAINED gate', () => {
  const checkpoint = fc.integer({ min: FENCE / 1000 - 100, max: FENCE / 1000 + 300 });
  /** Good but for some of its fields. */
  const anyProgress = fc
    .record(
      {
        status: fc.constantFrom('RUNNING_MERGING', 'SUSPEND', 'FAILED', 'FINISHED', 'NEW'),
        currentStep: fc.constantFrom('INCR_TRANSFER', 'FULL_MIGRATION', 'REVERSE_INCR_SYNC', 'NEW', null),
        enableStructMigration: fc.constantFrom(false, null),
        enableFullMigration: fc.constantFrom(false, null),
        enableIncrSync: fc.constantFrom(false, null),
        structMigrationProgress: fc.constantFrom(99, null),
        fullMigrationProgress: fc.constantFrom(99, null),
        reverseIncrSyncCheckpoint: checkpoint,
      },
      { requiredKeys: [] },
    )
    .chain((flaws) =>
      fc.oneof(fc.constant(null), checkpoint).map((incrSyncCheckpoint) => ({ ...GOOD, ...flaws, incrSyncCheckpoint })),
    );

  test('whatever came before, MET means: asked after the fence, exactly RUNNING, incremental, copied, and a plausible checkpoint past fence and margin', () => {
    const sequence = fc.array(
      fc.oneof(
        {
          arbitrary: fc.tuple(
            fc.integer({ min: 1, max: 60 }),
            fc.oneof(
              anyProgress,
              checkpoint.map((incrSyncCheckpoint) => ({ ...GOOD, incrSyncCheckpoint })),
            ),
            fc.integer({ min: -300, max: 300 }),
          ),
          weight: 9,
        },
        { arbitrary: fc.tuple(fc.integer({ min: 1, max: 60 }), fc.constant(null), fc.constant(0)), weight: 1 },
      ),
      { minLength: 1, maxLength: 12 },
    );
    let met = 0;
    fc.assert(
      fc.property(sequence, fc.integer({ min: 0, max: 20 }), (steps, marginSeconds) => {
        let at = T0;
        const polls = steps.map(([seconds, progress, skew]) => {
          at += seconds * SECOND;
          return progress === null ? failed(at) : ok(at, progress, { clockSkewMs: skew * SECOND });
        });
        const { last } = play(polls, { goal: { ...DRAINED, marginSeconds } });
        const observation = polls.at(-1);
        if (last.verdict !== 'MET') return true;
        met += 1;
        if (observation?.outcome !== 'OK') return false;
        const { progress } = observation;
        const reached = progress.incrSyncCheckpoint ?? 0;
        return (
          observation.requestedAt > FENCE &&
          progress.status === 'RUNNING' &&
          (progress.currentStep ?? '').startsWith('INCR_') &&
          progress.enableIncrSync === true &&
          (progress.enableStructMigration === false || progress.structMigrationProgress === 100) &&
          (progress.enableFullMigration === false || progress.fullMigrationProgress === 100) &&
          reached * 1000 > FENCE + marginSeconds * 1000 &&
          reached * 1000 <= observation.answeredAt + 60 * SECOND
        );
      }),
      { numRuns: 3000 },
    );
    expect(met).toBeGreaterThan(0);
  });
});
