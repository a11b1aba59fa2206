/** What a project in incremental sync shows: a checkpoint that OMS refreshes every 10 s, at a phase of its own, and that never goes back. */
import type { SimulatedState } from '../../../local/simulator/scenario-state';
import { NEW_PROJECT, REFRESH_MS } from './trace';

export interface Checkpoints {
  /** Unix milliseconds of the first refresh. */
  readonly firstAt: number;
  /** Unix seconds, one a refresh. */
  readonly values: Float64Array;
}

export const SYNCING: SimulatedState = {
  ...NEW_PROJECT,
  status: 'RUNNING',
  enable: { struct: true, full: true, incrSync: true, reverseIncrSync: false },
  step: 'INCR_SYNC',
  struct: 100,
  full: 100,
};

/** @param lagMs how far behind the target is at a moment. */
export function checkpoints(firstAt: number, untilMs: number, lagMs: (unixMs: number) => number): Checkpoints {
  const values = new Float64Array(Math.max(1, Math.ceil((untilMs - firstAt) / REFRESH_MS)));
  let newest = 0;
  for (let i = 0; i < values.length; i += 1) {
    const at = firstAt + i * REFRESH_MS;
    newest = Math.max(newest, Math.floor((at - Math.max(0, lagMs(at))) / 1000));
    values[i] = newest;
  }
  return { firstAt, values };
}

export function refreshedAt({ firstAt }: Checkpoints, index: number): number {
  return firstAt + index * REFRESH_MS;
}

/** Before the first refresh there is none; after the last one it stands still. */
export function checkpointAt({ firstAt, values }: Checkpoints, unixMs: number): number | null {
  const index = Math.floor((unixMs - firstAt) / REFRESH_MS);
  return index < 0 ? null : (values[Math.min(index, values.length - 1)] ?? null);
}
