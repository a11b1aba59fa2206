/**
 * How long the drain would take now: as long as it would have taken, had writes stopped at each of the looks that are stored.
 * A fence set at one look is passed by the first later look whose forward checkpoint is beyond it.
 */

import { DEFAULTS } from '../../contract/defaults';
import { formatDuration } from '../model/duration';
import type { Snapshot } from '../model/snapshot';
import { phaseOf } from '../model/status';
import { believedSkewMs } from '../observe/lag';
import type { Store } from '../ports';

/** Where the stored polls come from. */
export interface StoredPolls {
  readonly store: Pick<Store, 'snapshots'>;
}

/** The last so many looks, and none older than so long: what was before tells little of now. */
const LOOKS = 400;
const LONGEST_MS = 6 * 3_600_000;
/** OMS collects and saves its checkpoints every 10 s each, and a fence may fall anywhere in between. */
const REFRESH_SECONDS = 10;
/** Fewer fences than this are an anecdote. */
const FEWEST = 3;

export interface DrainForecast {
  /** Seconds: the shortest, the usual and the longest of them. */
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

/** @param looks oldest first. Null where the history does not say: too few looks, not incremental, a checkpoint that stands still. */
export function forecastDrain(polls: readonly Snapshot[]): DrainForecast | null {
  const newest = polls.at(-1);
  if (newest === undefined || newest.progress?.status !== 'RUNNING') return null;
  const oldest = Date.parse(newest.observedAt) - LONGEST_MS;
  const points = polls.flatMap((observation) => pointOf(observation) ?? []).filter(({ at }) => at >= oldest);
  const drains: number[] = [];
  for (const [index, fence] of points.entries()) {
    const passed = points.slice(index + 1).find(({ checkpoint }) => checkpoint > fence.at);
    if (passed === undefined) continue;
    // Looks far apart saw it late: a checkpoint that follows at the pace of time passed the fence a lag after it.
    drains.push(Math.min(passed.at - fence.at, Math.max(0, passed.at - passed.checkpoint)) / 1000);
  }
  const last = points.at(-1);
  if (last === undefined || drains.length < FEWEST) return null;
  // What the lag is now counts too, however short it used to be.
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
    return 'cannot be foretold: too few stored looks in incremental synchronisation, or a checkpoint that stands still';
  const { earliestSeconds, likelySeconds, latestSeconds, fences } = forecast;
  return `about ${formatDuration(likelySeconds)}, from ${formatDuration(earliestSeconds)} to ${formatDuration(latestSeconds)} (as at ${fences} stored looks)`;
}

/** The stored looks that a forecast reads, oldest first. */
export async function pollsForForecast(project: string, { store }: StoredPolls): Promise<Snapshot[]> {
  const found: Snapshot[] = [];
  for await (const observation of store.snapshots(project, { newestFirst: true, limit: LOOKS }))
    found.push(observation);
  return found.reverse();
}

/** For the approval's evidence. */
export async function drainForecastText(project: string, ports: StoredPolls): Promise<string> {
  return drainWords(forecastDrain(await pollsForForecast(project, ports)));
}

/** By OMS's clock where it is believed: the checkpoint is nearer to it than to ours. */
function pointOf({ progress, observedAt, clockSkewSeconds }: Snapshot): { at: number; checkpoint: number } | null {
  if (progress === null || progress.incrSyncCheckpoint === null) return null;
  if (phaseOf(progress.currentStep) !== 'incremental') return null;
  return {
    at: Date.parse(observedAt) + believedSkewMs({ clockSkewMs: (clockSkewSeconds ?? 0) * 1000 }),
    checkpoint: progress.incrSyncCheckpoint * 1000,
  };
}
