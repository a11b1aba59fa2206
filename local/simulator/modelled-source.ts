/**
 * A model of a source database with writes and of the OMS project that copies them, to count writes that were committed on the source and are
 * missing on the target. Driven by one clock; the same seed gives the same course.
 *
 * It assumes that OMS applies in commit order, and that its forward checkpoint never leads what it has applied.
 */
import type { SimulatedState } from './scenario-state';
import type { SimulatedProject } from './simulated-project';

/** A period, Unix milliseconds by the true clock. */
export interface Stretch {
  readonly from: number;
  readonly to: number;
}

export interface SourceOptions {
  /** Unix milliseconds. */
  readonly startedAt: number;
  /** In [0, 1). */
  readonly random: () => number;
  /** Transactions a second. Default 5. */
  readonly writesPerSecond?: number;
  /** Longest duration of a transaction. Default 3 s. */
  readonly longestTransactionMs?: number;
  /** Usual lag of the target. Default 4 s. */
  readonly usualLagMs?: number;
  /** Lag at the start. Default usualLagMs. */
  readonly firstLagMs?: number;
  /** Milliseconds of log that OMS applies per millisecond while it catches up. Default 4. */
  readonly catchUp?: number;
  /** The source's clock minus the true one. */
  readonly skewMs?: number;
  /** How often OMS refreshes its checkpoints. Default 10 s. */
  readonly checkpointEveryMs?: number;
  /** Replication stalls with status RUNNING: the lag increases. */
  readonly stalls?: readonly Stretch[];
  /** The project is suspended. */
  readonly suspensions?: readonly Stretch[];
  readonly failures?: readonly Stretch[];
  readonly reverse?: boolean;
}

export class ModelledSource implements SimulatedProject {
  readonly kind = 'migration' as const;
  readonly name = 'Modelled source';
  readonly durationMs = 0;
  private readonly options: Required<SourceOptions>;
  /** Commits by the source's own clock, in order. */
  private readonly commits: number[] = [];
  private inFlight: number[] = [];
  private writable = true;
  /** True time up to which the model is computed. */
  private at: number;
  /** All commits up to here, by the source's clock, are on the target. */
  private position: number;
  private shown: number;
  private switchedOverAt: number | null = null;
  private dueWrites = 0;

  constructor(options: SourceOptions) {
    this.options = {
      writesPerSecond: 5,
      longestTransactionMs: 3_000,
      usualLagMs: 4_000,
      firstLagMs: options.usualLagMs ?? 4_000,
      catchUp: 4,
      skewMs: 0,
      checkpointEveryMs: 10_000,
      stalls: [],
      suspensions: [],
      failures: [],
      reverse: false,
      ...options,
    };
    this.at = options.startedAt;
    this.position = options.startedAt + this.options.skewMs - this.options.firstLagMs;
    this.shown = this.position;
  }

  /** No new transaction begins; open ones still commit. @returns the time of the last commit, by the true clock. */
  stopWrites(now: number): number {
    this.advance(now);
    this.writable = false;
    return Math.max(now, ...this.inFlight);
  }

  resumeWrites(now: number): void {
    this.advance(now);
    this.writable = true;
  }

  takesWrites(now: number): boolean {
    this.advance(now);
    return this.writable;
  }

  /** The source's own clock. */
  sourceTime(now: number): number {
    return now + this.options.skewMs;
  }

  /** As the operator does in the OMS console: forward ends, reverse begins. */
  switchOver(now: number): void {
    this.advance(now);
    this.switchedOverAt = now;
  }

  /** Writes committed on the source by `now`, or still to commit, that are not on the target. */
  missing(now: number): number {
    this.advance(now);
    const behind = this.commits.length - firstAfter(this.commits, this.position);
    return behind + this.inFlight.length;
  }

  committed(now: number): number {
    this.advance(now);
    return this.commits.length;
  }

  stateAt(now: number): SimulatedState {
    this.advance(now);
    const { reverse } = this.options;
    const switched = this.switchedOverAt !== null;
    const reversed = switched && reverse;
    const every = this.options.checkpointEveryMs;
    const refreshed = Math.floor(now / every) * every;
    return {
      status: this.statusAt(now, switched && !reverse),
      importance: 'HIGH',
      enable: { struct: true, full: true, incrSync: true, reverseIncrSync: reverse },
      step: reversed ? 'REVERSE_INCR_SYNC' : 'INCR_SYNC',
      struct: 100,
      full: 100,
      checkpoint: Math.floor(this.shown / 1000),
      reverseCheckpoint: reversed ? Math.floor((refreshed - 2_000) / 1000) : null,
      error: null,
      trouble: null,
    };
  }

  private statusAt(now: number, finished: boolean): string {
    if (finished) return 'FINISHED';
    if (within(this.options.suspensions, now)) return 'SUSPEND';
    return within(this.options.failures, now) ? 'FAILED' : 'RUNNING';
  }

  /** In steps of at most 100 ms. */
  private advance(now: number): void {
    while (this.at < now) this.step(Math.min(now, this.at + 100));
  }

  private step(to: number): void {
    const { skewMs, random, writesPerSecond, longestTransactionMs, usualLagMs, catchUp, stalls, checkpointEveryMs } =
      this.options;
    const passed = to - this.at;
    const done = this.inFlight.filter((commit) => commit <= to).sort((a, b) => a - b);
    if (done.length > 0) this.inFlight = this.inFlight.filter((commit) => commit > to);
    for (const commit of done) this.commits.push(commit + skewMs);
    if (this.writable) {
      this.dueWrites += (passed * writesPerSecond) / 1000;
      for (; this.dueWrites >= 1; this.dueWrites -= 1)
        this.inFlight.push(to + Math.ceil(random() * longestTransactionMs));
    }
    const stands =
      this.switchedOverAt !== null ||
      within(stalls, to) ||
      within(this.options.suspensions, to) ||
      within(this.options.failures, to);
    // Never past the end of the source's log, which has the source's time.
    if (!stands) this.position = Math.min(to + skewMs - usualLagMs, this.position + passed * catchUp);
    if (Math.floor(to / checkpointEveryMs) !== Math.floor(this.at / checkpointEveryMs)) this.shown = this.position;
    this.at = to;
  }
}

function within(stretches: readonly Stretch[], at: number): boolean {
  return stretches.some(({ from, to }) => from <= at && at < to);
}

/** Index of the first greater element. */
function firstAfter(sorted: readonly number[], value: number): number {
  let index = sorted.length;
  while (index > 0 && (sorted[index - 1] as number) > value) index -= 1;
  return index;
}
