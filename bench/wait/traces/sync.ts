/**
 * Synchronisations that go on for weeks: lag comes and goes, dips under the limit for less than the hold, and stays under it only at the end.
 * The source's load sets how fast lag grows (never faster than time passes), the target's spare speed how fast it falls (that may be much faster).
 */

import { DEFAULTS } from '../../../lambda/contract/defaults';
import type { GoalInput } from '../../../lambda/contract/goal';
import type { Random } from '../../../local/random';
import type { SimulatedState } from '../../../local/simulator/scenario-state';
import { checkpointAt, checkpoints, SYNCING } from './checkpoint';
import { firstSynced } from './ideal-observer';
import { BEGINS_AT, lastNotAfter, REFRESH_MS, type Trace } from './trace';

const GOAL = { type: 'SYNCED', maxLagSeconds: DEFAULTS.maxLagSeconds, holdSeconds: DEFAULTS.holdSeconds } as const;
const HOUR_MS = 3_600_000;

export function syncTrace({ seconds }: { readonly seconds: number }, random: Random): Trace {
  const lengthMs = seconds * 1000;
  const copiedAt = BEGINS_AT + lengthMs * random.uniform(0.01, 0.03);
  const lag = lagCurve(copiedAt, BEGINS_AT + lengthMs, random);
  const firstAt = copiedAt - random.uniform(0, REFRESH_MS);
  const shown = checkpoints(firstAt, lag.settledAt + HOUR_MS, (at) => {
    const lagMs = lag.at(at);
    // Near the limit it does not waver, so that there is one moment at which the goal is reached.
    return lagMs < 60_000 ? lagMs : lagMs + random.uniform(-1_500, 1_500);
  });
  const stateAt = (unixMs: number): SimulatedState => {
    if (unixMs >= copiedAt) return { ...SYNCING, checkpoint: checkpointAt(shown, unixMs) };
    const full = Math.floor((100 * (unixMs - BEGINS_AT)) / (copiedAt - BEGINS_AT));
    return { ...SYNCING, step: 'FULL_MIGRATION', full: Math.max(0, full) };
  };
  const goal: GoalInput = GOAL;
  return { goal, stateAt, reachedAt: firstSynced(GOAL, shown, stateAt), failures: [] };
}

interface LagCurve {
  /** Milliseconds of lag at a moment, straight between the nodes of the curve. */
  at(unixMs: number): number;
  /** From here on it stays as it is: within the limit. */
  readonly settledAt: number;
}

function lagCurve(from: number, to: number, random: Random): LagCurve {
  const times = [from];
  const lags = [Math.max(60_000, from - BEGINS_AT)];
  const add = (afterMs: number, lagMs: number) => {
    times.push((times.at(-1) as number) + Math.max(1, afterMs));
    lags.push(lagMs);
  };
  const now = () => times.at(-1) as number;
  const lag = () => lags.at(-1) as number;
  const fallTo = (lagMs: number) => add((lag() - lagMs) / random.logUniform(0.2, 8), lagMs);
  while (now() < to - (to - from) * 0.03) {
    if (random.chance(0.4)) {
      // Down through the limit and up again, all of it in less than a hold.
      const dip = random.uniform(5_000, 20_000);
      add((lag() - DEFAULTS.maxLagSeconds * 1000) / random.logUniform(0.2, 8), DEFAULTS.maxLagSeconds * 1000);
      add((lag() - dip) / 4, dip);
      add(random.uniform(5_000, 15_000), dip);
      add((60_000 - dip) / 0.9, 60_000);
    } else fallTo(Math.min(lag(), random.logUniform(60_000, 600_000)));
    const high = Math.max(lag(), random.logUniform(60_000, Math.min(6 * HOUR_MS, (to - from) / 20)));
    add((high - lag()) / random.uniform(0.1, 0.9), high);
    add(
      random.logUniform(60_000, Math.min(24 * HOUR_MS, (to - from) / 10)),
      Math.max(60_000, high * random.uniform(0.5, 1)),
    );
  }
  fallTo(random.uniform(2_000, 15_000));
  const at = (unixMs: number) => {
    const i = lastNotAfter(times, unixMs);
    if (i < 0) return lags[0] as number;
    const [begins, ends] = [times[i] as number, times[i + 1]];
    if (ends === undefined) return lags[i] as number;
    return (
      (lags[i] as number) + (((lags[i + 1] as number) - (lags[i] as number)) * (unixMs - begins)) / (ends - begins)
    );
  };
  return { at, settledAt: now() };
}
