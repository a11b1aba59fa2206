import fc from 'fast-check';
import type { Goal } from '../../../lambda/contract/goal';
import type { Observation } from '../../../lambda/core/model/progress';
import { play } from '../../support/run';
import { SECOND, syncing, T0 } from '../../support/values/observations';

const GOALS: readonly (readonly [Goal['type'], Goal])[] = [
  ['FINISHED', { type: 'FINISHED' }],
  ['SYNCED', { type: 'SYNCED', maxLagSeconds: 30, holdSeconds: 30 }],
  ['DRAINED', { type: 'DRAINED', writesStoppedAt: T0 + 40 * SECOND, marginSeconds: 10 }],
  ['SWITCHED', { type: 'SWITCHED' }],
];

/** A second or minutes, within what is believed and beyond it; null: a reply without a date. */
const skew = fc.oneof(
  fc.constant(null),
  fc.integer({ min: -3_000, max: 3_000 }),
  fc.integer({ min: -400_000, max: 400_000 }),
);
/** The source's clock may be ahead of both. */
const lag = fc.oneof(fc.integer({ min: -10, max: 40 }), fc.integer({ min: -400, max: 400 }));

/** One skew, or another with each poll: an address in front of several nodes. */
const pollsOf = (lags: fc.Arbitrary<number>) =>
  fc
    .tuple(
      fc.boolean(),
      fc.array(fc.record({ seconds: fc.integer({ min: 2, max: 15 }), lag: lags, skew }), {
        minLength: 5,
        maxLength: 14,
      }),
    )
    .map(([isSteady, steps]) => {
      let at = T0;
      return steps.map((step) => {
        const { lag: behind, skew: clockSkewMs } = isSteady ? (steps[0] ?? step) : step;
        at += step.seconds * SECOND;
        return syncing(at, behind, {}, { clockSkewMs });
      });
    });

const reversed = (poll: Observation & { outcome: 'OK' }): Observation => ({
  ...poll,
  progress: {
    ...poll.progress,
    currentStep: 'REVERSE_INCR_SYNC',
    reverseIncrSyncCheckpoint: poll.progress.incrSyncCheckpoint,
  },
});

const inAgreement = (poll: Observation): Observation => ({ ...poll, clockSkewMs: 0 });

describe('laws of clock skew', () => {
  test.each(GOALS)('it never opens the gate %s', (type, goal) => {
    let met = 0;
    fc.assert(
      fc.property(pollsOf(lag), (synchronizing) => {
        const seen = type === 'SWITCHED' ? synchronizing.map(reversed) : synchronizing;
        const agreed = play(seen.map(inAgreement), { goal }).results;
        const skewed = play(seen, { goal }).results;
        met += skewed.filter(({ verdict }) => verdict === 'MET').length;
        return skewed.every(({ verdict }, i) => verdict !== 'MET' || agreed[i]?.verdict === 'MET');
      }),
      { numRuns: 2000 },
    );
    expect(met > 0).toBe(type !== 'FINISHED');
  });

  test('it never shortens a reported lag, the best lag, or silences a lag past its threshold', () => {
    fc.assert(
      // A checkpoint further ahead has no lag by our clock, and may have one by OMS's.
      fc.property(pollsOf(lag.map((seconds) => Math.max(-50, seconds))), fc.boolean(), (synchronizing, isReverse) => {
        const seen = isReverse ? synchronizing.map(reversed) : synchronizing;
        const agreed = play(seen.map(inAgreement), { waitId: null });
        const skewed = play(seen, { waitId: null });
        const isLonger = (one: number | null, other: number | null) => one === null || (other !== null && other >= one);
        expect(
          agreed.results.every(({ lagSeconds }, i) => isLonger(lagSeconds, skewed.results[i]?.lagSeconds ?? null)),
        ).toBe(true);
        expect(isLonger(agreed.projectState.bestLagSeconds, skewed.projectState.bestLagSeconds)).toBe(true);
        if (agreed.projectState.notified.lagging === true) expect(skewed.projectState.notified.lagging).toBe(true);
      }),
      { numRuns: 2000 },
    );
  });
});
