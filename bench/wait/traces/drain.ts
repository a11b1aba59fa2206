/** Drains: writes have just stopped, and the target works off what is left. The wait begins up to 3 s after the fence. */
import { DEFAULTS } from '../../../lambda/contract/defaults';
import type { Random } from '../../../local/random';
import { checkpointAt, checkpoints, refreshedAt, SYNCING } from './checkpoint';
import { BEGINS_AT, REFRESH_MS, type Trace } from './trace';

export interface DrainShape {
  /** How far behind the target is when writes stop, seconds: the least and the most. */
  readonly lagSeconds: readonly [number, number];
}

const HOUR_MS = 3_600_000;

export function drainTrace({ lagSeconds: [least, most] }: DrainShape, random: Random): Trace {
  const fence = BEGINS_AT - Math.round(random.uniform(500, 3_000));
  const lagAtFence = random.logUniform(least, most) * 1000;
  // With no more writes to follow it catches up, and then trails the source's heartbeat by a little.
  const catchUp = random.logUniform(0.5, 10);
  const trails = random.uniform(200, 2_500);
  const lagMs = (at: number) =>
    at < fence ? lagAtFence : Math.max(Math.min(trails, lagAtFence), lagAtFence - catchUp * (at - fence));
  const margin = random.chance(0.5) ? 0 : DEFAULTS.marginSeconds;
  const shown = checkpoints(fence - REFRESH_MS - random.uniform(0, REFRESH_MS), fence + HOUR_MS, lagMs);
  const passed = shown.values.findIndex((value) => value * 1000 > fence + margin * 1000);
  if (passed < 0) throw new Error('a drain that takes more than an hour');
  return {
    goal: { type: 'DRAINED', writesStoppedAt: new Date(fence).toISOString(), marginSeconds: margin },
    stateAt: (unixMs) => ({ ...SYNCING, checkpoint: checkpointAt(shown, unixMs) }),
    reachedAt: refreshedAt(shown, passed),
    failures: [],
  };
}
