/** The contract between the definition of the wait loop (lib/) and the handler (lambda/). */
import * as v from 'valibot';
import type { CheckResult, OwnFailure } from '../check-result';
import { DEFAULTS } from '../defaults';
import { GoalSchema } from '../goal';
import { LONGEST_TIMER_SECONDS } from '../values/duration';
import { object, projectId, seconds, whole } from '../values/schema';

/** Step Functions' own mark, in the input of an execution that another one has started (`associateWithParent`). */
export const STARTED_BY_EXECUTION = 'AWS_STEP_FUNCTIONS_STARTED_BY_EXECUTION_ID';

const REQUEST = {
  projectId,
  goal: v.exactOptional(GoalSchema, { type: 'FINISHED' }),
  timeoutSeconds: v.exactOptional(seconds(0), DEFAULTS.timeoutSeconds),
  minIntervalSeconds: v.exactOptional(seconds(1, LONGEST_TIMER_SECONDS)),
  maxIntervalSeconds: v.exactOptional(seconds(1, LONGEST_TIMER_SECONDS)),
  failedGraceSeconds: v.exactOptional(seconds(0), DEFAULTS.failedGraceSeconds),
  suspendedGraceSeconds: v.exactOptional(seconds(0), DEFAULTS.suspendedGraceSeconds),
  unknownGraceSeconds: v.exactOptional(seconds(0), DEFAULTS.unknownGraceSeconds),
  outageGraceSeconds: v.exactOptional(seconds(0), DEFAULTS.outageGraceSeconds),
};
const WORDS = { expected: 'an object such as {"projectId":"p_x"}' };

interface Intervals {
  readonly minIntervalSeconds?: number;
  readonly maxIntervalSeconds?: number;
}

const INTERVALS = [['minIntervalSeconds'], ['maxIntervalSeconds']] as const;

function inOrder({ minIntervalSeconds: least, maxIntervalSeconds: most }: Intervals): boolean {
  return least === undefined || most === undefined || most >= least;
}

function outOfOrder({ input }: { readonly input: Intervals }): string {
  const { minIntervalSeconds, maxIntervalSeconds } = input;
  return `maxIntervalSeconds (${maxIntervalSeconds}) must not be below minIntervalSeconds (${minIntervalSeconds})`;
}

/** What a wait is asked to do: the input of its state machine. */
export const WaitRequestSchema = v.pipe(object(REQUEST, WORDS), v.partialCheck(INTERVALS, inOrder, outOfOrder));
export type WaitRequest = Readonly<v.InferInput<typeof WaitRequestSchema>>;

/** A request under way: the first round adds the rest, and every round hands it on. */
export const WaitStateSchema = v.pipe(
  object(
    {
      ...REQUEST,
      /** ARN of the execution that waits, for links in notifications. */
      execution: v.exactOptional(v.string('a text')),
      /** Unix milliseconds at which the wait was entered; of the first round where that is unknown. */
      startedAt: v.exactOptional(whole(0)),
      /** Unix milliseconds; absolute, so that a leg, a retry or a restart cannot move it. */
      deadlineAt: v.exactOptional(whole(0)),
      /** Rounds so far, over all legs. */
      round: v.exactOptional(whole(0)),
      /** Checks so far, over all legs. */
      checks: v.exactOptional(whole(0)),
    },
    WORDS,
  ),
  v.partialCheck(INTERVALS, inOrder, outOfOrder),
);
export type WaitState = Readonly<v.InferInput<typeof WaitStateSchema>>;

/** What the loop sends in the first round, and again if that round failed: the request as it came, and what only the loop knows. */
export interface WaitStart {
  readonly request: WaitRequest;
  readonly execution?: string;
  /** ISO 8601, by the clock of Step Functions: the deadline counts from then on, also if the first leg fails. */
  readonly enteredAt?: string;
}

/** The wait reports its own problems, as a verdict. */
export const WaitEventSchema = object({ wait: v.unknown() });
/** The event of one round. */
export interface WaitEvent {
  readonly wait: WaitStart | WaitState;
}

/** Rounds of one leg: at 9 history events a round, and 4 for a retry, it stays far below the limit of 25,000. */
export const ROUNDS_PER_LEG = 500;

/** The handler's answer to a WaitEvent. */
export interface WaitRound {
  readonly wait: WaitState;
  readonly result: CheckResult;
  /** WAIT: another round after result.waitSeconds. LEG_OVER: the same, in a new leg. DONE: the verdict is MET or FAILED. */
  readonly next: 'WAIT' | 'LEG_OVER' | 'DONE';
}

/** The same when the function did not reply. */
export interface FailedRound {
  readonly wait: WaitStart | WaitState;
  readonly result: OwnFailure;
  readonly next: 'DONE';
}
