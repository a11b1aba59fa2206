/** The record of one cutover, and where records are stored. Bounded in size. */

import type { Verdict } from '../../contract/check-result';
import type {
  CutoverOutcome,
  CutoverSettings,
  GateName,
  ResumeReason,
  StepName,
} from '../../contract/requests/cutover';
import type { RunNotice } from '../notifications/notice';

/** The phases of a cutover, in order. */
export const PHASES = [
  /** Waits until the migration is ready; the source takes writes. */
  'READY',
  /** Waits for an approval; the source takes writes. */
  'APPROVAL',
  /** From here on writes may be stopped. */
  'STOP_WRITES',
  'DRAIN',
  /** From here on the pipeline does not resume writes by itself. */
  'SWITCHOVER',
  'VERIFY',
  'SWITCH_TRAFFIC',
  'OVER',
] as const;
export type Phase = (typeof PHASES)[number];

export interface GateEntry {
  readonly gate: GateName;
  readonly verdict: Verdict;
  /** What was observed. */
  readonly value: string;
  /** What was required. */
  readonly threshold: string;
  /** The snapshot behind the verdict; empty where there was none. */
  readonly checkId: string;
  /** ISO 8601 */
  readonly at: string;
}

export interface StepEntry {
  readonly step: StepName;
  /** ISO 8601 */
  readonly startedAt: string;
  /** Null while the step runs, and where its end was never recorded. */
  readonly endedAt: string | null;
  readonly problem: string | null;
  /** Skipped, because this was a rehearsal. */
  readonly rehearsed?: true;
  /** ARN of the execution that runs it: no other one may. */
  readonly claimedBy?: string;
}

export const DECISIONS = ['APPROVED', 'REJECTED', 'EXPIRED', 'STARTED'] as const;
/** STARTED: no approval was required, and it is now too late to cancel. */
export type DecisionType = (typeof DECISIONS)[number];

/** The answer to an approval request, or what took its place. Written once: the first one counts. */
export interface Decision {
  readonly run: string;
  /** Number of the approval request, from 1; a void approval is followed by another request. */
  readonly question: number;
  readonly decision: DecisionType;
  /** Who decided: an AWS identity, or a user of this computer. */
  readonly by: string;
  /** ISO 8601 */
  readonly at: string;
  readonly note?: string;
}

export interface ApprovalRequest {
  readonly question: number;
  readonly askedAt: string;
  readonly expiresAt: string;
  /** The snapshot with the evidence. */
  readonly checkId: string;
  readonly decision: DecisionType | null;
  readonly by: string | null;
  readonly decidedAt: string | null;
  readonly note: string | null;
  /** Why the approval is void; null while it is valid. */
  readonly voidBecause: string | null;
}

/** The time after which the source has no writes. */
export interface Fence {
  /** ISO 8601 */
  readonly writesStoppedAt: string;
  /** `step`: read on the source by stopWrites; `clock`: our own time after stopWrites had ended. */
  readonly readBy: 'step' | 'clock';
  readonly marginSeconds: number;
}

export interface Ending {
  readonly outcome: CutoverOutcome;
  /** The error name that the execution ends in; `Switched` or `Rehearsed` where it succeeds. */
  readonly code: string;
  readonly message: string;
  /** What an operator has to do manually; null where nothing. */
  readonly byHand: string | null;
  /** ISO 8601 */
  readonly at: string;
}

export interface CutoverRecord {
  readonly project: string;
  /** The execution's name. */
  readonly run: string;
  /** 1 on the first write, one more on every write. */
  readonly version: number;
  readonly settings: CutoverSettings;
  /** ISO 8601 */
  readonly startedAt: string;
  readonly phase: Phase;
  readonly gates: readonly GateEntry[];
  readonly steps: readonly StepEntry[];
  /** Number of the current approval request; one more after each void approval. */
  readonly question: number;
  readonly asked: readonly ApprovalRequest[];
  readonly fence: Fence | null;
  /** ISO 8601: when stopWrites began; null before. */
  readonly stoppingAt: string | null;
  /** ISO 8601: when writes were possible again, on the source or on the target; null before. */
  readonly writableAt: string | null;
  readonly ending: Ending | null;
  /** The execution that resumes writes, or has done so. From then on the cutover does not continue. */
  readonly resume?: {
    readonly execution: string;
    /** ISO 8601 */
    readonly at: string;
    readonly why: ResumeReason;
    /** How many executions have begun, this one included. */
    readonly attempts: number;
  };
  /** To be handed over, in order. */
  readonly notices: readonly RunNotice[];
}

/** The project and the execution behind a run, and what resuming its writes requires. Written once. */
export interface RunOwner {
  readonly project: string;
  /** ARN of the execution that began it. */
  readonly execution?: string;
  /** Name of the pipeline. */
  readonly pipeline?: string;
  /** Address that takes the answers of operators. */
  readonly answersUrl?: string;
  /** ARN of the state machine that resumes its writes. */
  readonly resumeMachine?: string;
  /** What the execution was started with: part of the input of resumeWrites. */
  readonly input?: unknown;
}

/** The latest run of a project. */
export interface CurrentCutover {
  readonly project: string;
  readonly run: string;
  readonly version: number;
}

/** A run that the watchdog has to examine. */
export interface OpenRun {
  readonly run: string;
  readonly project: string;
  /** ARN of the execution that began it. */
  readonly execution: string;
  /** ISO 8601: when the watchdog saw that its record is closed. */
  readonly closedAt?: string;
}

/** Where cutovers are stored, with conditional writes of single items. Throws CheckFailed when the store fails. */
export interface CutoverStore {
  readCurrentCutover(project: string): Promise<CurrentCutover | undefined>;
  putCurrentCutover(current: CurrentCutover, expected: { readonly expectedVersion: number }): Promise<Put>;
  readCutover(project: string, run: string): Promise<CutoverRecord | undefined>;
  putCutover(record: CutoverRecord, expected: { readonly expectedVersion: number }): Promise<Put>;
  readRunOwner(run: string): Promise<RunOwner | undefined>;
  /** `conflict` where there is one already. */
  putRunOwner(run: string, owner: RunOwner): Promise<Put>;
  /** Those that the watchdog has not seen closed. */
  openRuns(): Promise<readonly OpenRun[]>;
  putOpenRun(run: OpenRun): Promise<void>;
  readDecision(project: string, run: string, question: number): Promise<Decision | undefined>;
  /** `conflict` where there is one already. */
  putDecision(project: string, decision: Decision): Promise<Put>;
}
export type Put = 'stored' | 'conflict';

/** The error name and the cause that an execution ends with. */
export type EndReason = Pick<Ending, 'code' | 'message'>;

/** The current approval request; undefined before it is sent. */
export function currentRequest(record: CutoverRecord): ApprovalRequest | undefined {
  return record.asked.find(({ question }) => question === record.question);
}

export function phaseIndex(phase: Phase): number {
  return PHASES.indexOf(phase);
}

/** stopWrites has begun, and nothing is known to have made writes possible again. */
export function mayBeStopped(record: CutoverRecord): boolean {
  return record.stoppingAt !== null && record.writableAt === null && !record.settings.rehearse;
}

/** Until then a failure resumes writes. From the switchover on the pipeline does not do so by itself. */
export function isBeforeSwitchover({ phase }: Pick<CutoverRecord, 'phase'>): boolean {
  return phaseIndex(phase) < phaseIndex('SWITCHOVER');
}

/** After the last run of stopWrites that may still be in progress there is at least one round of the watchdog. */
const TWO_ROUNDS_MS = 2 * 60_000;

/**
 * Unix milliseconds until which resumeWrites is repeated, because stopWrites did not report its end and may still be running: a timeout, or
 * the end of an execution, does not stop a Lambda function. Null where it did, or where writes were not resumed.
 */
export function guardedUntil(record: CutoverRecord): number | null {
  const { ending, resume, stoppingAt, fence, settings } = record;
  if (ending === null || resume === undefined || stoppingAt === null || fence !== null) return null;
  return (
    Date.parse(stoppingAt) + 1_000 * (settings.stopWritesTimeoutSeconds + settings.lateStopSeconds) + TWO_ROUNDS_MS
  );
}

/** Whole seconds from the beginning of stopWrites until writes were possible again; null where writes were not stopped, or still are. */
export function secondsStopped(record: CutoverRecord): number | null {
  if (record.stoppingAt === null || record.writableAt === null || record.settings.rehearse) return null;
  return Math.max(0, Math.round((Date.parse(record.writableAt) - Date.parse(record.stoppingAt)) / 1000));
}
