/** Why a verdict is what it is, as data: every reason code with its facts. The codes of FAILED are error names in Step Functions. */
import type { Goal } from './goal';
import type { FailedOutcome, OmsWords } from './oms';

/** A condition that fails a wait once it has lasted as long as its grace period. */
export interface Graced {
  /** Length of the unbroken series of polls that saw it. */
  readonly lastedSeconds: number;
  readonly graceSeconds: number;
}

/** Where a project stands. */
export interface Standing {
  readonly status: string;
  readonly step: string | null;
  /** Percent; null unless the full copy is the current step. */
  readonly fullProgress: number | null;
  /** Estimated; null when unknown. */
  readonly copySecondsLeft: number | null;
}

export interface LagNeeded {
  readonly lagSeconds: number;
  readonly maxLagSeconds: number;
  readonly holdSeconds: number;
  readonly bestLagSeconds: number | null;
}

/** What a forward checkpoint has to be past. */
export interface Fence {
  readonly checkpointAt: string;
  /** Fence, margin and clock skew together. */
  readonly neededAfter: string;
  readonly writesStoppedAt: string;
  readonly marginSeconds: number;
  /** By how much OMS's clock is ahead of ours, where it counts. */
  readonly clockAheadSeconds: number;
}

export type CopyPhase = 'structure' | 'full';

export interface PhaseAt {
  readonly phase: CopyPhase;
  readonly percent: number;
}

export type Direction = 'forward' | 'reverse';

/** Moments are ISO 8601, as everywhere in a check result. */
export interface ReasonParams {
  // MET
  /** Copy phases that OMS nevertheless reports below 100 %. */
  readonly Finished: { readonly unfinished: readonly PhaseAt[] };
  readonly Synced: {
    readonly lagSeconds: number;
    readonly maxLagSeconds: number;
    readonly heldSeconds: number;
    readonly checkpoints: number;
  };
  readonly Drained: Fence;
  /** `reverse` is null where reverse synchronization is off, and the project is FINISHED. */
  readonly Switched: {
    readonly unfinished: readonly PhaseAt[];
    readonly reverse: {
      readonly step: string | null;
      readonly values: number;
      readonly checkpointAt: string;
    } | null;
  };

  // NOT_YET
  readonly NoAnswer: { readonly outcome: FailedOutcome; readonly problem: string };
  readonly NotStarted: Standing;
  readonly NotFinished: Standing;
  readonly MayNeverFinish: Standing;
  readonly Stalled: Standing & { readonly stillSeconds: number };
  readonly OddValue: { readonly field: string; readonly value: string; readonly problem: string };
  readonly NotRunning: { readonly status: string };
  readonly CopyUnknown: { readonly phase: CopyPhase };
  readonly CopyNotDone: { readonly phase: CopyPhase; readonly percent: number | null };
  readonly NotIncremental: { readonly enableIncrSync: boolean | null; readonly step: string | null };
  readonly CheckpointUnknown: { readonly direction: Direction };
  readonly CheckpointImplausible: {
    readonly direction: Direction;
    readonly checkpointAt: string;
    /** By OMS's clock, which is behind ours, and not by ours. */
    readonly byOmsClock: boolean;
  };
  /** `fence` is null where the goal has none. */
  readonly CheckpointNotMoving: { readonly stillSeconds: number; readonly fence: Fence | null };
  readonly LagUnknown: { readonly clockAheadSeconds: number };
  readonly LagTooHigh: LagNeeded;
  readonly NotHeldYet: LagNeeded & {
    readonly heldSeconds: number;
    readonly checkpoints: number;
    readonly minCheckpoints: number;
    /** Set where this poll came too late after the one before to continue the hold. */
    readonly pollGap: { readonly seconds: number; readonly maxSeconds: number } | null;
  };
  readonly LookBeforeFence: {
    readonly pollBeganAt: string;
    readonly writesStoppedAt: string;
    /** The poll is dated by OMS's clock, because it is behind ours. */
    readonly byOmsClock: boolean;
  };
  readonly NotDrained: Fence;
  readonly NotSwitched: { readonly step: string | null; readonly enableReverseIncrSync: boolean | null };
  /** `stillSeconds` is null where only one value has been seen so far. */
  readonly ReverseNotMoving: { readonly stillSeconds: number | null };
  readonly OlderLook: { readonly countedPollAt: string };

  // FAILED, or NOT_YET while its grace period lasts
  readonly MigrationFailed: Graced & { readonly said: OmsWords };
  readonly MigrationSuspended: Graced & { readonly said: OmsWords };
  readonly UnknownStatus: Graced & { readonly status: string };
  readonly OmsUnreachable: Graced & { readonly problem: string };
  readonly OmsRejectedCredentials: Graced & { readonly problem: string };

  // FAILED
  /** `status` is null where OMS no longer has the project; then `problem` is its answer. */
  readonly MigrationGone: { readonly status: string | null; readonly problem: string | null };
  readonly OmsProjectNotFound: { readonly problem: string };
  readonly GoalUnreachable: {
    readonly goal: Goal['type'];
    readonly because: 'FINISHED' | 'INCREMENTAL_SYNC_OFF' | 'REVERSE_SYNC_NOT_OFF';
  };
  readonly DeadlineExceeded: {
    readonly goal: Goal['type'];
    readonly deadlineAt: string;
    /** Of the last poll. */
    readonly last: Reason;
  };
  readonly InvalidInput: { readonly problems: readonly string[] };
}

export type ReasonCode = keyof ReasonParams;

export type Reason<Code extends ReasonCode = ReasonCode> = {
  [C in Code]: { readonly code: C; readonly params: ReasonParams[C] };
}[Code];

/** The same in words. */
export type WordedReason = Reason & { readonly message: string };

/** As it comes out of Step Functions, where a pipeline's own codes appear too. */
export interface ReasonText {
  readonly code: string;
  readonly message: string;
}
