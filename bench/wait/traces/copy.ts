/**
 * Copies: structure, then data, then FINISHED. Speed changes from phase to phase of the data and wavers within one, half of the copies
 * have a slow tail, half of them are verified after 100 % (OMS then goes on showing the copy's step, RUNNING, at 100).
 */

import type { Random } from '../../../local/random';
import type { SimulatedState } from '../../../local/simulator/scenario-state';
import { BEGINS_AT, type Failure, lastNotAfter, NEW_PROJECT, type Trace } from './trace';

/**
 * - `stalls`: the percent stands still for a while, one to three times; - `resumed`: FAILED for less than two minutes, once or twice, until a
 *   person resumes it; - `fails`: FAILED at some time, for good.
 */
export type CopyTrouble = 'none' | 'stalls' | 'resumed' | 'fails';

export interface CopyShape {
  /** Approximate length without faults. */
  readonly seconds: number;
  readonly trouble: CopyTrouble;
}

/** A moment at which what OMS shows changes; milliseconds from the beginning. */
interface Moment {
  readonly at: number;
  readonly state: SimulatedState;
}

export function copyTrace(shape: CopyShape, random: Random): Trace {
  const { moments, failures } = disturbed(undisturbed(shape.seconds * 1000, random), shape, random);
  const starts = Float64Array.from(moments, ({ at }) => BEGINS_AT + at);
  const last = moments.at(-1) as Moment;
  return {
    goal: { type: 'FINISHED' },
    stateAt: (unixMs) => moments[Math.max(0, lastNotAfter(starts, unixMs))]?.state ?? NEW_PROJECT,
    reachedAt: last.state.status === 'FINISHED' ? BEGINS_AT + last.at : null,
    failures: failures.map(({ from, to }) => ({ from: BEGINS_AT + from, to: BEGINS_AT + to })),
  };
}

function undisturbed(lengthMs: number, random: Random): Moment[] {
  const running = { ...NEW_PROJECT, status: 'RUNNING' };
  const moments: Moment[] = [{ at: 0, state: NEW_PROJECT }];
  let at = Math.min(120_000, lengthMs * random.uniform(0.002, 0.01));
  moments.push({ at, state: { ...running, step: 'PRE_CHECK' } });
  const structMs = Math.min(600_000, lengthMs * random.uniform(0.005, 0.03));
  for (const struct of [0, 25, 50, 75]) {
    at += structMs / 4;
    moments.push({ at, state: { ...running, step: 'STRUCT_MIGRATION', struct } });
  }
  const copying = { ...running, step: 'FULL_MIGRATION', struct: 100 };
  at += structMs / 4;
  moments.push({ at, state: { ...copying, full: 0 } });
  const durations = percentDurations(random);
  const scale = (lengthMs * random.uniform(0.85, 1.15) - at) / durations.reduce((sum, each) => sum + each, 0);
  durations.forEach((duration, i) => {
    at += duration * scale;
    moments.push({ at, state: { ...copying, full: i + 1 } });
  });
  const verificationMs = random.chance(0.5) ? random.logUniform(20_000, Math.min(300_000, lengthMs / 10)) : 0;
  if (verificationMs === 0) moments.pop();
  moments.push({ at: at + verificationMs, state: { ...copying, status: 'FINISHED', full: 100 } });
  return moments;
}

/** Of each of the hundred percent, in parts of the whole. */
function percentDurations(random: Random): number[] {
  const phaseEnds = Array.from({ length: random.whole(2, 6) }, () => random.whole(5, 95));
  const tail = random.chance(0.5) ? { from: 100 - random.whole(3, 10), factor: random.uniform(2, 5) } : null;
  let phase = random.logNormal(0.6);
  return Array.from({ length: 100 }, (_, percent) => {
    if (phaseEnds.includes(percent)) phase = random.logNormal(0.6);
    return phase * random.logNormal(0.25) * (tail !== null && percent >= tail.from ? tail.factor : 1);
  });
}

function disturbed(
  moments: readonly Moment[],
  { seconds, trouble }: CopyShape,
  random: Random,
): { readonly moments: readonly Moment[]; readonly failures: readonly Failure[] } {
  const endsAt = moments.at(-1)?.at ?? 0;
  if (trouble === 'fails') {
    const from = endsAt * random.uniform(0.05, 0.98);
    const before = moments.filter(({ at }) => at < from);
    const failed = { ...stateOf(before), status: 'FAILED' };
    return { moments: [...before, { at: from, state: failed }], failures: [{ from, to: Number.POSITIVE_INFINITY }] };
  }
  let now = { moments, failures: [] as readonly Failure[] };
  if (trouble === 'stalls') {
    for (let i = random.whole(1, 3); i > 0; i -= 1) {
      // The worst place is close to the end, where polls are frequent.
      const from = endsAt * (random.chance(0.25) ? random.uniform(0.97, 0.995) : random.uniform(0.1, 0.97));
      now = paused(now, from, seconds * 1000 * random.logUniform(0.02, 0.1), null);
    }
  } else if (trouble === 'resumed') {
    // The later one first, so that the earlier one moves it as well; apart, so that the two never add up.
    const shares = [random.uniform(0.55, 0.95), ...(random.chance(0.5) ? [random.uniform(0.1, 0.5)] : [])];
    for (const share of shares) now = paused(now, endsAt * share, random.logUniform(10_000, 100_000), 'FAILED');
  }
  return now;
}

/** Everything from `from` on comes later by `pauseMs`; in between OMS shows `status`, or what it showed before. */
function paused(
  { moments, failures }: { readonly moments: readonly Moment[]; readonly failures: readonly Failure[] },
  from: number,
  pauseMs: number,
  status: string | null,
): { readonly moments: readonly Moment[]; readonly failures: readonly Failure[] } {
  const before = moments.filter(({ at }) => at < from);
  const after = moments.filter(({ at }) => at >= from).map(({ at, state }) => ({ at: at + pauseMs, state }));
  const shifted = failures.map((failure) =>
    failure.from < from ? failure : { from: failure.from + pauseMs, to: failure.to + pauseMs },
  );
  if (status === null) return { moments: [...before, ...after], failures: shifted };
  const state = stateOf(before);
  const pause = [
    { at: from, state: { ...state, status } },
    { at: from + pauseMs, state },
  ];
  return { moments: [...before, ...pause, ...after], failures: [{ from, to: from + pauseMs }, ...shifted] };
}

function stateOf(moments: readonly Moment[]): SimulatedState {
  return moments.at(-1)?.state ?? NEW_PROJECT;
}
