/** What travels through the cutover pipeline: the contract between its definition (lib/) and the handler (lambda/). */

import type { CheckResult } from './check-result';
import type { WaitStart, WaitState } from './wait';

/** The gates a cutover goes through. */
export const GATES = ['READY', 'READY_AGAIN', 'VERIFICATION', 'DRAINED', 'SWITCHED', 'DRAINED_AGAIN'] as const;
export type GateName = (typeof GATES)[number];

/** The steps that are the user's. */
export const STEPS = ['stopWrites', 'resumeWrites', 'switchover', 'verify', 'switchTraffic', 'rollback'] as const;
export type StepName = (typeof STEPS)[number];

export const CUTOVER_OUTCOMES = [
  'SWITCHED',
  'ROLLED_BACK',
  'NEEDS_OPERATOR',
  /** Ended before writes were stopped: a wait failed, or our own trouble. */
  'FAILED',
  /** Rejected, or not approved in time. */
  'REJECTED',
  'CANCELLED',
  /** Somebody stopped the execution before writes were stopped. */
  'ABORTED',
  /** Another cutover of this project was under way. */
  'REFUSED',
  'REHEARSED',
] as const;
export type CutoverOutcome = (typeof CUTOVER_OUTCOMES)[number];

export interface CutoverSettings {
  readonly maxLagSeconds: number;
  readonly holdSeconds: number;
  readonly drainTimeoutSeconds: number;
  /** For a fence from our own clock. */
  readonly marginSeconds: number;
  /** Null: nobody has to approve. */
  readonly approvalSeconds: number | null;
  /** Whether OMS's own switchover is part of it, and who does it. */
  readonly switchover: 'none' | 'operator' | 'step';
  readonly switchoverTimeoutSeconds: number;
  /** Whether OMS's own full verification has to be clean, where there is one. */
  readonly verification: boolean;
  /** Whether there is a step that looks at the target. */
  readonly verify: boolean;
  readonly rollback: boolean;
  readonly rehearse: boolean;
}

/** The one object that is handed along, and that the user's steps get as their input. */
export interface CutoverState {
  readonly projectId: string;
  readonly run: string;
  /** ARN of the execution. Its name, the run, is unique only among those of one pipeline. */
  readonly execution?: string;
  /** ISO 8601, by the clock of Step Functions: from then on `ready.timeout` counts. */
  readonly startedAt?: string;
  /** Events of the execution's history that its waits for people and verifications have used so far, about. */
  readonly historyEvents?: number;
  /** A rehearsal leaves out the user's steps. */
  readonly rehearse: boolean;
  /** What the execution was started with. */
  readonly input: unknown;
  /** ISO 8601: the fence, from the moment there is one. */
  readonly writesStoppedAt?: string;
  readonly marginSeconds?: number;
}

/** Before the execution's input is read: the project only where the pipeline is for one. */
export type BeginningState = Omit<CutoverState, 'projectId'> & { readonly projectId?: string };

/** Step Functions' words for what a Catch caught. */
export interface Caught {
  readonly Error?: string;
  readonly Cause?: string;
}

/** What was not given has its default here, once. */
export type CutoverOptions = Partial<Omit<CutoverSettings, 'approvalSeconds'>> & { readonly approvalSeconds?: number };

/** A round of a gate's wait: until the migration is ready (writes go on), or while writes are stopped. */
export interface CutoverPoll {
  readonly action: 'poll';
  readonly writes: 'GO_ON' | 'STOPPED';
  readonly wait: WaitStart | WaitState;
}

/** One thing that happens to the record. */
export type CutoverBookkeeping =
  | { readonly action: 'begin'; readonly state: BeginningState; readonly settings: CutoverOptions }
  /** A gate's result; of READY also whether full verification is clean. */
  | {
      readonly action: 'recordGate';
      readonly state: CutoverState;
      readonly gate: GateName;
      readonly result: CheckResult;
    }
  /** The gate after the approval failed: the approval is void. */
  | { readonly action: 'voidApproval'; readonly state: CutoverState; readonly error: Caught }
  | { readonly action: 'requestApproval'; readonly state: CutoverState; readonly result: CheckResult }
  /** Has anybody decided? */
  | { readonly action: 'checkApproval'; readonly state: CutoverState }
  /** Before a step of the user's: what is about to be done is written down first. */
  | { readonly action: 'beginStep'; readonly state: CutoverState; readonly step: StepName }
  /** After the step that stops writes; `output.output` is what it gave. */
  | { readonly action: 'recordFence'; readonly state: CutoverState; readonly output: unknown; readonly path?: string }
  | {
      readonly action: 'close';
      readonly state: CutoverState;
      readonly outcome: CutoverOutcome;
      readonly failed?: { readonly at: string };
      readonly error?: Caught;
      /** Why the step that was to repair it failed. */
      readonly repairError?: Caught;
    };

export type CutoverCommand = CutoverBookkeeping | CutoverPoll;

/** The event of one command. */
export interface CutoverEvent {
  readonly cutover: CutoverCommand;
}

/** The handler's answer: the next state of the machine, whole. */
export interface CutoverReply {
  readonly cutover: CutoverState;
  /** What the Choice after it reads. */
  readonly next: 'GO' | 'WAIT' | 'AGAIN' | 'END';
  /** For WAIT. */
  readonly waitSeconds: number;
  /** For END: what the execution ends in. */
  readonly end: { readonly error: string; readonly cause: string };
  /** The last gate's result, where the next state needs it. */
  readonly gate?: CheckResult;
}
