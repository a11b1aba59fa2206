/** How far the target is behind: which checkpoint counts, by whose clock, and whether it is plausible. */
import type { Observation } from '../model/progress';
import type { StepPhase } from '../model/status';

/** A Date header further off than this is more likely wrong than the clock it is taken from: it is reported, not subtracted. */
const MAX_BELIEVED_SKEW_MS = 5 * 60_000;
/** A checkpoint may lead the clock by this much; further ahead it is invalid. */
export const PLAUSIBLE_FUTURE_MS = 60_000;

/** A forward checkpoint unchanged for so long no longer shows that the target follows (OMS refreshes it every 10 s); an idle source is one cause. */
export const STALE_CHECKPOINT_MS = 30_000;

/** OMS's clock minus ours where it is believed, else 0, milliseconds. */
export function believedSkewMs(observation: Pick<Observation, 'clockSkewMs'>): number {
  const skew = observation.clockSkewMs ?? 0;
  return Math.abs(skew) <= MAX_BELIEVED_SKEW_MS ? skew : 0;
}

/** A Date header has whole seconds. */
const DATE_STEP_MS = 1_000;

/**
 * By how much OMS's clock is ahead of ours at least and at most, milliseconds, however much of it is believed for a lag: a Date header says
 * when OMS answered, somewhere between our request and its answer. Null when unknown.
 */
export function skewRange(
  observation: Pick<Observation, 'requestedAt' | 'answeredAt'>,
  skewMs: number | null,
): { readonly least: number; readonly most: number } | null {
  if (skewMs === null) return null;
  const eitherWay = (observation.answeredAt - observation.requestedAt) / 2;
  return { least: skewMs - eitherWay, most: skewMs + eitherWay + DATE_STEP_MS };
}

/** OMS's clock is so far ahead that it gives no lag: an old checkpoint would appear recent. */
export function isTooFarAhead({ clockSkewMs }: Pick<Observation, 'clockSkewMs'>): boolean {
  return clockSkewMs !== null && clockSkewMs > MAX_BELIEVED_SKEW_MS;
}

/** By how much the later of the two clocks is ahead of ours, milliseconds: a lag is measured by it, because skew may only make a lag longer. */
export function laterClockMs(observation: Pick<Observation, 'clockSkewMs'>): number {
  return Math.max(0, believedSkewMs(observation));
}

/** Seconds the checkpoint of the step is behind the later clock, 0 at least; null when there is none or it lies implausibly far ahead of both. */
export function lagSecondsOf(poll: Observation & { readonly phase: StepPhase }): number | null {
  if (poll.outcome !== 'OK') return null;
  const { reverseIncrSyncCheckpoint, incrSyncCheckpoint } = poll.progress;
  const checkpoint = poll.phase === 'reverse' ? reverseIncrSyncCheckpoint : incrSyncCheckpoint;
  if (checkpoint === null) return null;
  const lagMs = poll.answeredAt + laterClockMs(poll) - checkpoint * 1000;
  return lagMs < -PLAUSIBLE_FUTURE_MS ? null : Math.max(0, Math.round(lagMs / 1000));
}

/** At most 60 s ahead of both clocks, ours and OMS's: skew may only tighten a gate. */
export function isPlausible(checkpoint: number, observation: Pick<Observation, 'answeredAt' | 'clockSkewMs'>): boolean {
  const earlierNow = observation.answeredAt + Math.min(0, believedSkewMs(observation));
  return checkpoint * 1000 <= earlierNow + PLAUSIBLE_FUTURE_MS;
}
