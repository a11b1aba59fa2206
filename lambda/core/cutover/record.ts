/** What is remembered of one cutover: its receipt while it runs and after. Bounded in size. */

import type { Verdict } from '../../contract/check-result';
import type { CutoverOutcome, CutoverSettings, GateName, StepName } from '../../contract/cutover';
import type { RunNotice } from '../notifications/notice';

/** Where a cutover stands. The order is the order in which they come. */
export const PHASES = [
  /** Waits until the migration is ready. Writes go on. */
  'READY',
  /** Waits for a person. Writes go on. */
  'APPROVAL',
  /** From here on writes may be stopped. */
  'STOP_WRITES',
  'DRAIN',
  /** From here on writes are not resumed by the pipeline itself. */
  'SWITCHOVER',
  'VERIFY',
  'SWITCH_TRAFFIC',
  'OVER',
] as const;
export type Phase = (typeof PHASES)[number];

export interface GateEntry {
  readonly gate: GateName;
  readonly verdict: Verdict;
  /** What was seen, with its value. */
  readonly value: string;
  /** What was asked. */
  readonly threshold: string;
  /** The snapshot it was judged by; empty where there was none. */
  readonly checkId: string;
  /** ISO 8601 */
  readonly at: string;
}

export interface StepEntry {
  readonly step: StepName;
  /** ISO 8601 */
  readonly startedAt: string;
  /** Null while it runs, and for ever where the run died in it. */
  readonly endedAt: string | null;
  readonly problem: string | null;
  /** Left out, because this was a rehearsal. */
  readonly rehearsed?: true;
}

export const DECISIONS = ['APPROVED', 'REJECTED', 'EXPIRED', 'STARTED'] as const;
/** STARTED: nobody had to be asked, and from now on it is too late to cancel. */
export type DecisionWord = (typeof DECISIONS)[number];

/** Written once for each question, whoever comes first. */
export interface Decision {
  readonly run: string;
  /** 1, 2, 3 …: a void approval asks anew. */
  readonly question: number;
  readonly decision: DecisionWord;
  /** Who decided: an AWS identity, or a user of this machine. */
  readonly by: string;
  /** ISO 8601 */
  readonly at: string;
  readonly note?: string;
}

export interface Asked {
  readonly question: number;
  readonly askedAt: string;
  readonly expiresAt: string;
  /** The snapshot that the evidence stands in. */
  readonly checkId: string;
  readonly decision: DecisionWord | null;
  readonly by: string | null;
  readonly decidedAt: string | null;
  readonly note: string | null;
  /** Why an approval no longer counts; null while it does. */
  readonly voidBecause: string | null;
}

/** When writes stopped, and who says so. */
export interface Fence {
  /** ISO 8601 */
  readonly writesStoppedAt: string;
  /** `step`: read on the source by the step that stopped them; `clock`: our own time after that step ended. */
  readonly readBy: 'step' | 'clock';
  readonly marginSeconds: number;
}

export interface Ending {
  readonly outcome: CutoverOutcome;
  /** The error name that the execution ends in; `Switched` or `Rehearsed` where it succeeds. */
  readonly code: string;
  readonly message: string;
  /** What a person has to do by hand; null where nothing. */
  readonly byHand: string | null;
  /** ISO 8601 */
  readonly at: string;
}

/** Not yet handed over to the project's pending changes. */
export type Notice = RunNotice;

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
  /** The question that may be answered now; counted up when an approval is void. */
  readonly question: number;
  readonly asked: readonly Asked[];
  readonly fence: Fence | null;
  /** ISO 8601: when the step that stops writes began; null before. */
  readonly stoppingAt: string | null;
  /** ISO 8601: when writes were possible again, on the source or on the target; null while they are not. */
  readonly writableAt: string | null;
  readonly ending: Ending | null;
  /** To be handed over, in order. */
  readonly notices: readonly Notice[];
}

/** What a run is of. */
export interface RunOwner {
  readonly project: string;
  /** ARN of the execution that began it. */
  readonly execution?: string;
}

/** Which run of a project is, or was, the last one. */
export interface CurrentCutover {
  readonly project: string;
  readonly run: string;
  readonly version: number;
}

/** The memory of cutovers: only conditional writes of single items. Throws CheckFailed for its own trouble. */
export interface CutoverStore {
  readCurrentCutover(project: string): Promise<CurrentCutover | undefined>;
  putCurrentCutover(current: CurrentCutover, expected: { readonly expectedVersion: number }): Promise<Put>;
  readCutover(project: string, run: string): Promise<CutoverRecord | undefined>;
  putCutover(record: CutoverRecord, expected: { readonly expectedVersion: number }): Promise<Put>;
  readRunOwner(run: string): Promise<RunOwner | undefined>;
  /** The first one counts: `conflict` where there is one already. */
  putRunOwner(run: string, owner: RunOwner): Promise<Put>;
  readDecision(project: string, run: string, question: number): Promise<Decision | undefined>;
  /** The first one counts: `conflict` where there is one already. */
  putDecision(project: string, decision: Decision): Promise<Put>;
}
export type Put = 'stored' | 'conflict';

export function phaseIndex(phase: Phase): number {
  return PHASES.indexOf(phase);
}

/** Writes may be stopped: the step that stops them has begun, and nothing has made them possible again. */
export function mayBeStopped(record: CutoverRecord): boolean {
  return record.stoppingAt !== null && record.writableAt === null && !record.settings.rehearse;
}

/** Whole seconds from the beginning of the step that stops writes to the end of the one that lets them go on; null where there is no such span. */
export function secondsStopped(record: CutoverRecord): number | null {
  if (record.stoppingAt === null || record.writableAt === null || record.settings.rehearse) return null;
  return Math.max(0, Math.round((Date.parse(record.writableAt) - Date.parse(record.stoppingAt)) / 1000));
}
