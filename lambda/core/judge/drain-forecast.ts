/**
 * How long the drain would take now: as long as it would have taken, had writes stopped at each of the stored polls.
 * A fence set at one poll is passed by the first later poll whose forward checkpoint is past it.
 */

import { DEFAULTS } from '../../contract/defaults';
import { formatDuration } from '../../contract/values/duration';
import type { Snapshot } from '../model/snapshot';
import { phaseOf } from '../model/status';
import { laterClockMs } from '../observe/lag';
import type { Store } from '../ports';

/** Where the stored polls come from. */
export interface StoredPolls {
  readonly store: Pick<Store, 'snapshots'>;
}

/** The last so many polls, and none older than so long: older ones say little about the present. */
const MAX_POLLS = 400;
const LONGEST_MS = 6 * 3_600_000;
/** OMS collects and saves its checkpoints every 10 s each, and a fence may fall anywhere in between. */
const REFRESH_SECONDS = 10;
/** Fewer fences are no basis for a forecast. */
const MIN_FENCES = 3;

export interface DrainForecast {
  /** The shortest, the median and the longest of them. */
  readonly earliestSeconds: number;
  readonly likelySeconds: number;
  readonly latestSeconds: number;
  /** Fences that were tried on the stored history. */
  readonly fences: number;
  /** ISO 8601 */
  readonly from: string;
  readonly to: string;
}

export type Fit = 'FITS' | 'MAY_FIT' | 'DOES_NOT_FIT';

/** @param polls oldest first. @returns null with too few polls, outside incremental synchronization, or where the checkpoint does not move. */
export function forecastDrain(polls: readonly Snapshot[]): DrainForecast | null {
  const newest = polls.at(-1);
  if (newest === undefined || newest.progress?.status !== 'RUNNING') return null;
  const oldest = Date.parse(newest.observedAt) - LONGEST_MS;
  const skew = polls.findLast(({ clockSkewSeconds }) => clockSkewSeconds !== null)?.clockSkewSeconds ?? 0;
  const aheadMs = laterClockMs({ clockSkewMs: skew * 1000 });
  const points = polls
    .filter(({ observedAt }) => Date.parse(observedAt) >= oldest)
    .flatMap((poll) => pointOf(poll, aheadMs) ?? []);
  const drains: number[] = [];
  for (const [index, fence] of points.entries()) {
    const passed = points.slice(index + 1).find(({ checkpoint }) => checkpoint > fence.at);
    if (passed === undefined) continue;
    // Polls far apart saw it late: a checkpoint that keeps up with the clock passed the fence one lag after it.
    drains.push(Math.min(passed.at - fence.at, Math.max(0, passed.at - passed.checkpoint)) / 1000);
  }
  const last = points.at(-1);
  if (last === undefined || drains.length < MIN_FENCES) return null;
  // The current lag counts too, however short it used to be.
  const lagNow = Math.max(0, (last.at - last.checkpoint) / 1000);
  const sorted = [...drains].sort((a, b) => a - b);
  const median = sorted[Math.floor(sorted.length / 2)] as number;
  return {
    earliestSeconds: Math.round(sorted[0] as number),
    likelySeconds: Math.round(Math.max(median, lagNow) + REFRESH_SECONDS / 2),
    latestSeconds: Math.round(
      Math.max(sorted.at(-1) as number, lagNow) + REFRESH_SECONDS + DEFAULTS.fencedIntervalSeconds,
    ),
    fences: drains.length,
    from: (polls.find(({ observedAt }) => Date.parse(observedAt) >= oldest) ?? newest).observedAt,
    to: newest.observedAt,
  };
}

export function fits(forecast: DrainForecast, windowSeconds: number): Fit {
  if (forecast.latestSeconds <= windowSeconds) return 'FITS';
  return forecast.likelySeconds <= windowSeconds ? 'MAY_FIT' : 'DOES_NOT_FIT';
}

export function drainWords(forecast: DrainForecast | null): string {
  if (forecast === null)
    return 'unknown: too few stored polls in incremental synchronization, or the checkpoint does not move';
  const { earliestSeconds, likelySeconds, latestSeconds, fences } = forecast;
  return `about ${formatDuration(likelySeconds)}, from ${formatDuration(earliestSeconds)} to ${formatDuration(latestSeconds)} (from ${fences} stored polls)`;
}

/** The stored polls that a forecast reads, oldest first. */
export async function pollsForForecast(project: string, { store }: StoredPolls): Promise<Snapshot[]> {
  const found: Snapshot[] = [];
  for await (const snapshot of store.snapshots(project, { newestFirst: true, limit: MAX_POLLS })) found.push(snapshot);
  return found.reverse();
}

/** For an approval request. */
export async function drainForecastText(project: string, ports: StoredPolls): Promise<string> {
  return drainWords(forecastDrain(await pollsForForecast(project, ports)));
}

/** By the later of the two clocks, as a lag is: skew may only lengthen a drain. */
function pointOf({ progress, observedAt }: Snapshot, aheadMs: number): { at: number; checkpoint: number } | null {
  if (progress === null || progress.incrSyncCheckpoint === null) return null;
  if (phaseOf(progress.currentStep) !== 'incremental') return null;
  return { at: Date.parse(observedAt) + aheadMs, checkpoint: progress.incrSyncCheckpoint * 1000 };
}
