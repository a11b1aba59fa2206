/** How far the target is behind: which checkpoint counts, on whose clock, and whether it can be believed. */
import type { Observation, Progress } from '../model/progress';
import { phaseOf } from '../model/status';

/** A Date header further off than this is more likely wrong than the clock it speaks for: it is reported, not subtracted. */
export const MAX_BELIEVED_SKEW_MS = 5 * 60_000;
/** A checkpoint may lead the clock by this much; further ahead it is not a checkpoint. */
export const PLAUSIBLE_FUTURE_MS = 60_000;

/** A forward checkpoint that has not moved for so long no longer shows that the target follows (OMS refreshes it every 10 s); an idle source may be why. */
export const STALE_CHECKPOINT_MS = 30_000;

/** OMS's clock minus ours where it is believed, else 0, milliseconds. */
export function believedSkewMs(observation: Pick<Observation, 'clockSkewMs'>): number {
  const skew = observation.clockSkewMs ?? 0;
  return Math.abs(skew) <= MAX_BELIEVED_SKEW_MS ? skew : 0;
}

/** A Date header has whole seconds. */
const DATE_STEP_MS = 1_000;

/**
 * By how much OMS's clock is ahead of ours at the least and at the most, milliseconds, whatever of it is believed for a lag: a Date header says
 * when OMS answered, somewhere between our request and its answer. Null where no look has told.
 */
export function skewRange(
  observation: Pick<Observation, 'requestedAt' | 'answeredAt'>,
  skewMs: number | null,
): { readonly least: number; readonly most: number } | null {
  if (skewMs === null) return null;
  const eitherWay = (observation.answeredAt - observation.requestedAt) / 2;
  return { least: skewMs - eitherWay, most: skewMs + eitherWay + DATE_STEP_MS };
}

/** OMS's clock is so far ahead that no lag can be told by it: a checkpoint that is far behind would look fresh. */
export function isTooFarAhead({ clockSkewMs }: Pick<Observation, 'clockSkewMs'>): boolean {
  return clockSkewMs !== null && clockSkewMs > MAX_BELIEVED_SKEW_MS;
}

/** The checkpoint that counts in this step, Unix seconds: the reverse one after the switchover, the forward one before. */
export function countingCheckpoint(progress: Progress): number | null {
  return phaseOf(progress.currentStep) === 'reverse' ? progress.reverseIncrSyncCheckpoint : progress.incrSyncCheckpoint;
}

/** Seconds the counting checkpoint is behind OMS's clock, 0 at least; null when there is none or it lies implausibly far ahead. */
export function lagSecondsOf(observation: Observation): number | null {
  if (observation.outcome !== 'OK') return null;
  const checkpoint = countingCheckpoint(observation.progress);
  if (checkpoint === null) return null;
  const lagMs = observation.answeredAt + believedSkewMs(observation) - checkpoint * 1000;
  return lagMs < -PLAUSIBLE_FUTURE_MS ? null : Math.max(0, Math.round(lagMs / 1000));
}

/** True for a checkpoint at most 60 s ahead of both clocks, ours and OMS's: skew may only tighten a gate. */
export function isPlausible(checkpoint: number, observation: Observation): boolean {
  const earlierNow = observation.answeredAt + Math.min(0, believedSkewMs(observation));
  return checkpoint * 1000 <= earlierNow + PLAUSIBLE_FUTURE_MS;
}
