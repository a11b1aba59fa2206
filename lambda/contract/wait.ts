/** What travels round the wait loop: the contract between the state machine's definition (lib/) and the handler (lambda/). */
import type { CheckResult, OwnFailure } from './check-result';
import type { GoalInput } from './goal';

/** What a wait is asked to do. All but `projectId` is optional; durations are whole seconds, times Unix seconds or ISO 8601. */
export interface WaitRequest {
  readonly projectId: string;
  /** Default `{ type: 'FINISHED' }`. */
  readonly goal?: GoalInput;
  readonly timeoutSeconds?: number;
  readonly minIntervalSeconds?: number;
  readonly maxIntervalSeconds?: number;
  readonly failedGraceSeconds?: number;
  readonly suspendedGraceSeconds?: number;
  readonly unknownGraceSeconds?: number;
  readonly outageGraceSeconds?: number;
}

/** A request under way. The first round adds the rest and every round hands it on. */
export interface WaitState extends WaitRequest {
  /** ARN of the execution that waits: only for people, who are shown the way to it. */
  readonly execution?: string;
  /** Unix milliseconds at which the wait was entered; of the first round where that is not known. */
  readonly startedAt?: number;
  /** Unix milliseconds; absolute, so that a leg, a retry or a restart cannot move it. */
  readonly deadlineAt?: number;
  /** Rounds so far, over all legs. */
  readonly round?: number;
  /** Looks at OMS so far, over all legs. */
  readonly checks?: number;
}

/** What the loop sends in the first round, and again if that round failed: the request as it came, and what only the loop knows. */
export interface WaitStart {
  readonly request: WaitRequest;
  readonly execution?: string;
  /** ISO 8601, by the clock of Step Functions: from then on the deadline counts, whatever becomes of the first leg. */
  readonly enteredAt?: string;
}

/** The event of one round. */
export interface WaitEvent {
  readonly wait: WaitStart | WaitState;
}

/** Rounds one leg may take: 9 history events a round and 4 for a retry leave it far below Step Functions' 25,000. */
export const ROUNDS_PER_LEG = 500;

/** The handler's answer to a WaitEvent. */
export interface WaitRound {
  readonly wait: WaitState;
  readonly result: CheckResult;
  /** WAIT: sleep result.waitSeconds and come again. LEG_OVER: the same, in a new leg. DONE: verdict MET or FAILED. */
  readonly next: 'WAIT' | 'LEG_OVER' | 'DONE';
}

/** What stands in its place when no answer came. */
export interface FailedRound {
  readonly wait: WaitStart | WaitState;
  readonly result: OwnFailure;
  readonly next: 'DONE';
}
