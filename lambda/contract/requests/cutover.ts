/** The contract between the definition of the cutover pipeline (lib/) and the handler (lambda/). */

import * as v from 'valibot';
import { type CheckResult, VERDICTS } from '../check-result';
import { DEFAULTS } from '../defaults';
import { flag, object, oneOf, oneOfObjects, seconds, text, whole } from '../values/schema';
import type { WaitStart, WaitState } from './wait';

/** The gates of a cutover. */
export const GATES = ['READY', 'READY_AGAIN', 'VERIFICATION', 'DRAINED', 'SWITCHED', 'DRAINED_AGAIN'] as const;
export type GateName = (typeof GATES)[number];

/** The user's own steps. */
export const STEPS = ['stopWrites', 'resumeWrites', 'switchover', 'verify', 'switchTraffic', 'rollback'] as const;
export type StepName = (typeof STEPS)[number];

/** Partition of the table with the runs that the watchdog examines. */
export const OPEN_RUNS = '#CUTOVER#OPEN';

export const CUTOVER_OUTCOMES = [
  'SWITCHED',
  'ROLLED_BACK',
  'NEEDS_OPERATOR',
  /** Ended before writes were stopped: a wait or the function failed. */
  'FAILED',
  /** Rejected, or not approved in time. */
  'REJECTED',
  'CANCELLED',
  /** The execution was stopped before writes were stopped. */
  'ABORTED',
  /** Another cutover of this project was running. */
  'REFUSED',
  'REHEARSED',
] as const;
export type CutoverOutcome = (typeof CUTOVER_OUTCOMES)[number];

const may = v.exactOptional;
const at = v.string('an ISO 8601 time');

const SETTINGS = {
  maxLagSeconds: seconds(0),
  holdSeconds: seconds(0),
  drainTimeoutSeconds: seconds(1),
  /** For a fence from our own clock. */
  marginSeconds: seconds(0),
  /** Whether OMS's own switchover is part of it, and who does it. */
  switchover: oneOf(['none', 'operator', 'step']),
  switchoverTimeoutSeconds: seconds(1),
  /** Whether OMS's own full verification has to be clean, where there is one. */
  verification: flag,
  /** Whether there is a step that verifies the target. */
  verify: flag,
  rollback: flag,
  rehearse: flag,
};

const LIMITS = {
  /** How long stopWrites may take; then writes are resumed. */
  stopWritesTimeoutSeconds: seconds(1),
  /** How long a task of stopWrites may still run after that: a timeout does not stop a Lambda function. */
  lateStopSeconds: seconds(0),
};

export const CutoverSettingsSchema = object({
  ...SETTINGS,
  // Records of earlier releases have none.
  stopWritesTimeoutSeconds: may(LIMITS.stopWritesTimeoutSeconds, DEFAULTS.stopWritesTimeoutSeconds),
  lateStopSeconds: may(LIMITS.lateStopSeconds, DEFAULTS.longestFunctionSeconds),
  /** Null: no approval is needed. */
  approvalSeconds: v.nullable(seconds(1)),
});
export type CutoverSettings = Readonly<v.InferOutput<typeof CutoverSettingsSchema>>;

/** What was not given has its default in the function. */
const CutoverOptionsSchema = object({
  maxLagSeconds: may(SETTINGS.maxLagSeconds),
  holdSeconds: may(SETTINGS.holdSeconds),
  drainTimeoutSeconds: may(SETTINGS.drainTimeoutSeconds),
  marginSeconds: may(SETTINGS.marginSeconds),
  approvalSeconds: may(seconds(1)),
  switchover: may(SETTINGS.switchover),
  switchoverTimeoutSeconds: may(SETTINGS.switchoverTimeoutSeconds),
  verification: may(flag),
  verify: may(flag),
  rollback: may(flag),
  rehearse: may(flag),
  stopWritesTimeoutSeconds: may(LIMITS.stopWritesTimeoutSeconds),
  lateStopSeconds: may(LIMITS.lateStopSeconds),
});
export type CutoverOptions = Readonly<v.InferOutput<typeof CutoverOptionsSchema>>;

const STATE = {
  run: text,
  /** ARN of the execution. Its name, the run, is unique only among those of one pipeline. */
  execution: may(text),
  /** By the clock of Step Functions: from then on `ready.timeout` counts. */
  startedAt: may(at),
  /** Events of the execution's history that its waits for approvals and verifications have used so far, about. */
  historyEvents: may(whole(0)),
  /** A rehearsal leaves out the user's steps. */
  rehearse: flag,
  /** What the execution was started with. */
  input: v.unknown(),
  /** The fence, from the moment there is one. */
  writesStoppedAt: may(at),
  marginSeconds: may(seconds(0)),
  /** Version of the pipeline's definition. */
  version: may(text),
  /** For a step of the user's: names this attempt, as no other one is named. */
  attempt: may(text),
  /** For stopWrites: the time after which it must not stop writes any more, because they are resumed. */
  deadline: may(at),
};

export const StateSchema = object({ projectId: text, ...STATE });
/** The one object that every state hands on, and that the user's steps get as their input. */
export type CutoverState = Readonly<v.InferOutput<typeof StateSchema>>;

const BeginningStateSchema = object({ projectId: may(text), ...STATE });
/** Before the execution's input is read: the project only where the pipeline is for one. */
export type BeginningState = Readonly<v.InferOutput<typeof BeginningStateSchema>>;

/** What a Catch caught, in Step Functions' words: what else may stand in it must not keep a cutover from being closed. */
export const CaughtSchema = v.object({ Error: may(v.string('a text')), Cause: may(v.string('a text')) }, 'an error');
export type Caught = Readonly<v.InferOutput<typeof CaughtSchema>>;

/** Why writes are resumed, in words, and the step or gate that failed; empty where none did. */
export const ResumeReasonSchema = object({ problem: text, at: v.string('a text') });
export type ResumeReason = Readonly<v.InferOutput<typeof ResumeReasonSchema>>;

export const VERIFICATION_STATES = ['NOT_THERE', 'CLEAN', 'UNDER_WAY', 'DIFFERENT', 'UNKNOWN'] as const;

/** The result of the check that met a gate, and what OMS's full verification said then, where the cutover asks for it. */
export interface GateResult extends CheckResult {
  readonly verification?: { readonly state: (typeof VERIFICATION_STATES)[number]; readonly message: string };
}

/** Made by the check function, and handed on by the state machine. */
const gateResult = v.custom<GateResult>(isResult, 'the result of a check');

function isResult(value: unknown): boolean {
  return v.is(
    v.looseObject({
      checkId: v.string(),
      verdict: v.picklist(VERDICTS),
      reason: v.looseObject({ code: v.string(), message: v.string() }),
      verification: may(v.object({ state: v.picklist(VERIFICATION_STATES), message: v.string() })),
    }),
    value,
  );
}

/** A round of a gate's wait: until the migration is ready (writes go on), or while writes are stopped. The wait reports its own problems, as a verdict. */
const PollSchema = object({ action: v.literal('poll'), writes: oneOf(['GO_ON', 'STOPPED']), wait: v.unknown() });

const BOOKKEEPING = [
  object({
    action: v.literal('begin'),
    state: BeginningStateSchema,
    settings: CutoverOptionsSchema,
    /** ARN of the state machine that resumes writes. */
    resumeMachine: may(text),
  }),
  /** For READY and READY_AGAIN the reply also depends on the verification in the result. */
  object({ action: v.literal('recordGate'), state: StateSchema, gate: oneOf(GATES), result: gateResult }),
  object({ action: v.literal('requestApproval'), state: StateSchema, result: gateResult }),
  object({ action: v.literal('checkApproval'), state: StateSchema }),
  /** The gate after the approval failed. */
  object({ action: v.literal('voidApproval'), state: StateSchema, error: CaughtSchema }),
  /** Before a step of the user's: it is recorded before it begins. */
  object({ action: v.literal('beginStep'), state: StateSchema, step: oneOf(STEPS) }),
  /** After the step that stops writes; `output.output` is what it returned. */
  object({ action: v.literal('recordFence'), state: StateSchema, output: v.unknown(), path: may(text) }),
  object({
    action: v.literal('close'),
    state: StateSchema,
    outcome: oneOf(CUTOVER_OUTCOMES),
    failed: may(object({ at: text })),
    error: may(CaughtSchema),
    /** Why the step that was to repair it failed. */
    repairError: may(CaughtSchema),
    /** An open record stays open: the resume machine died or was not started, and the end of this execution starts it again. */
    leaveOpen: may(v.literal(true, 'true')),
  }),
  /** Before a step of the user's, by its own execution: whether it may act. */
  object({ action: v.literal('claimStep'), state: StateSchema, step: oneOf(STEPS), execution: text, version: text }),
  /** Whether writes have to be resumed. `request` is the input of the resume machine (core/cutover/resume-request.ts), `execution` the ARN of its execution. */
  object({ action: v.literal('beginResume'), request: v.unknown(), execution: text }),
  /** After resumeWrites. */
  object({
    action: v.literal('endResume'),
    state: StateSchema,
    why: ResumeReasonSchema,
    /** Why resumeWrites failed. */
    repairError: may(CaughtSchema),
  }),
] as const;
const ACTIONS = BOOKKEEPING.map((member) => member.entries.action.literal);

/** A poll as it comes. */
export type ReceivedPoll = Readonly<v.InferOutput<typeof PollSchema>>;
/** A poll as a definition writes it. */
export type CutoverPoll = Omit<ReceivedPoll, 'wait'> & { readonly wait: WaitStart | WaitState };

const BookkeepingSchema = oneOfObjects('action', BOOKKEEPING, ACTIONS);
/** One thing that happens to the record of a cutover. */
export type CutoverBookkeeping = Readonly<v.InferOutput<typeof BookkeepingSchema>>;

export type CutoverCommand = CutoverBookkeeping | CutoverPoll;

/** To the check function, which polls OMS. */
export const CutoverPollEventSchema = object({ cutover: PollSchema });
/** To the cutover function, which keeps the record. */
export const CutoverCommandEventSchema = object({ cutover: BookkeepingSchema });
/** The event of one command, to either. */
export interface CutoverEvent {
  readonly cutover: CutoverCommand;
}

/** The handler's reply: the whole next state of the machine. */
export interface CutoverReply {
  readonly cutover: CutoverState;
  /** Read by the Choice state that follows. */
  readonly next: 'GO' | 'WAIT' | 'AGAIN' | 'END';
  /** For WAIT. */
  readonly waitSeconds: number;
  /** For END: the error name and the cause of the execution's end. */
  readonly end: { readonly error: string; readonly cause: string };
  /** Of claimStep: the step that may act. */
  readonly step?: StepName;
  /** Of beginResume, where writes have to be resumed. */
  readonly why?: ResumeReason;
  /** The last gate's result, where the next state needs it. */
  readonly gate?: CheckResult;
}
