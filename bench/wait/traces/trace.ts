/** What OMS shows of a migration over time; every poller of the bench runs against it. Times are Unix milliseconds. */
import type { GoalInput } from '../../../lambda/contract/goal';
import type { SimulatedState } from '../../../local/simulator/scenario-state';

export const TRACE_KINDS = ['copy', 'sync', 'drain'] as const;
export type TraceKind = (typeof TRACE_KINDS)[number];

/** Start of every trace and every wait. */
export const BEGINS_AT = Date.UTC(2026, 0, 5);

/** Interval at which OMS refreshes checkpoints. */
export const REFRESH_MS = 10_000;

export interface Trace {
  readonly goal: GoalInput;
  /** What OMS shows at a moment. Pure. */
  stateAt(unixMs: number): SimulatedState;
  /** The moment at which OMS shows that the goal is reached; null for a trace that fails. */
  readonly reachedAt: number | null;
  /** When OMS shows FAILED; the last one of a trace that fails has no end. */
  readonly failures: readonly Failure[];
}

export interface Failure {
  readonly from: number;
  readonly to: number;
}

/** What a new project shows; traces say what differs. */
export const NEW_PROJECT: SimulatedState = {
  status: 'INIT',
  importance: 'MEDIUM',
  enable: { struct: true, full: true, incrSync: false, reverseIncrSync: false },
  step: null,
  struct: null,
  full: null,
  checkpoint: null,
  reverseCheckpoint: null,
  error: null,
  trouble: null,
};

/** The last of the sorted moments that is not after `unixMs`; −1 where all are. */
export function lastNotAfter(moments: ArrayLike<number>, unixMs: number): number {
  let [low, high] = [0, moments.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((moments[middle] as number) <= unixMs) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}
