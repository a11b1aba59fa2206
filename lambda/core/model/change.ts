/** A change of a project that is worth a notification: facts, no sentences. core/notifications/words.ts words them. */

import type { Goal } from '../../contract/goal';
import { type Anomaly, type FailedOutcome, IMPORTANCES, type Importance, type OmsWords } from '../../contract/oms';
import type { Reason } from '../../contract/reason';
import type { Progress } from './progress';

export const CHANGE_KINDS = [
  /** OMS reports another status. */
  'status',
  /** First seen in a status that requires attention. */
  'first-seen',
  'unreachable',
  'reachable',
  'credentials-rejected',
  'credentials-accepted',
  /** OMS knew the project, and it no longer exists there. */
  'gone-from-oms',
  'found-again',
  'stalled',
  'progressing',
  'lagging',
  'caught-up',
  /** Suspended or failed, and the time in which OMS can resume it runs out. */
  'expiring',
  /** A wait for FINISHED on a project that may stay RUNNING. */
  'may-never-finish',
  /** A wait reached its goal; FINISHED is a change of status instead. */
  'goal-met',
  /** A cutover pipeline asks, warns or has ended. */
  'cutover',
  /** After a switchover: reverse synchronisation no longer carries writes back to the source. */
  'rollback-path-lost',
  'rollback-path-restored',
  /** The changes of a period in which the project was muted. */
  'summary',
  /** Requested with `doctor`. */
  'test',
] as const;
export type ChangeKind = (typeof CHANGE_KINDS)[number];

/** The facts of each kind; those of every kind are in `ChangeFacts`. Times are Unix milliseconds. */
export interface ChangeParams {
  readonly status: { readonly from: string; readonly to: string; readonly since: number | null };
  readonly 'first-seen': { readonly since: number };
  readonly unreachable: { readonly outcome: FailedOutcome; readonly problem: string; readonly since: number };
  readonly reachable: NoParams;
  readonly 'credentials-rejected': { readonly problem: string; readonly since: number };
  readonly 'credentials-accepted': NoParams;
  readonly 'gone-from-oms': { readonly problem: string; readonly lastSeenAt: number | null };
  readonly 'found-again': NoParams;
  readonly stalled: { readonly stillSeconds: number };
  readonly progressing: NoParams;
  readonly lagging: LagParams;
  readonly 'caught-up': LagParams;
  readonly expiring: { readonly since: number; readonly leftSeconds: number };
  readonly 'may-never-finish': NoParams;
  readonly 'goal-met': { readonly goal: Goal['type']; readonly reason: Reason };
  readonly cutover: CutoverNotice;
  readonly 'rollback-path-lost': RollbackPathLoss;
  readonly 'rollback-path-restored': NoParams;
  readonly summary: { readonly changes: readonly SummedUp[]; readonly omitted: number };
  readonly test: NoParams;
}

type NoParams = Readonly<Record<string, never>>;

interface LagParams {
  readonly lagSeconds: number;
  readonly thresholdSeconds: number;
  /** The threshold is that of this importance. */
  readonly importance: Importance;
}

export type RollbackPathLoss =
  | { readonly cause: 'gone-from-oms' | 'ended' | 'stopped' | 'other-step' }
  | { readonly cause: 'checkpoint-still'; readonly stillSeconds: number };

/** Worded by the cutover that sends it. */
export interface CutoverNotice {
  /** Follows the project in the subject. */
  readonly headline: string;
  readonly body: string;
  readonly advice: string;
  readonly importance: Importance;
}

/** Stands for OMS as a whole where a change names a project. Ids of projects begin with `p_` or `np_`. */
export const CONSOLE = 'oms';

/** The projects that a change of the console concerns: the first of them, and how many. */
export interface Affected {
  readonly projects: readonly string[];
  readonly total: number;
}

/** What every change has. */
export interface ChangeFacts {
  /** Unique; the same in every repetition. */
  readonly id: string;
  /** 1, 2, 3 … within the project, without a gap. */
  readonly sequence: number;
  readonly project: string;
  /** Unix milliseconds of the observation. */
  readonly at: number;
  /** ARN of the Step Functions execution that waited; absent without one. */
  readonly execution?: string;
  readonly status: string | null;
  readonly step: string | null;
  readonly importance: Importance | null;
  readonly structProgress: number | null;
  readonly fullProgress: number | null;
  readonly lagSeconds: number | null;
  /** Unix milliseconds. */
  readonly eta: number | null;
  readonly said: OmsWords;
  /** Of a change of the console; absent for one of a project. */
  readonly affected?: Affected;
  /** Of the observation, those that only a comparison shows. */
  readonly anomalies: readonly Anomaly[];
}

type KindOf<K extends ChangeKind> = { readonly [P in K]: { readonly kind: P; readonly params: ChangeParams[P] } }[K];

/** What happened, before the facts that every change has. */
export type Detected = KindOf<ChangeKind>;
export type Change = ChangeFacts & Detected;
/** A change that a summary may list. */
export type SummedUp = ChangeFacts & KindOf<Exclude<ChangeKind, 'cutover' | 'summary'>>;

/** Limits of the pending changes, in number and in bytes of JSON: an item of DynamoDB has room for 400 KB. */
const MAX_PENDING = 50;
const MAX_PENDING_BYTES = 200_000;

/**
 * The pending changes that fit. The oldest health changes are dropped first, because the snapshots have the state that they reported; then
 * changes of status, and notices of a cutover last. Where they are too long, the oldest lose what OMS said and its anomalies, which the snapshots have too.
 */
export function withinBounds(pending: readonly Change[]): readonly Change[] {
  const kept = [...pending];
  while (kept.length > MAX_PENDING) kept.splice(firstToGo(kept), 1);
  while (kept.length > 1 && Buffer.byteLength(JSON.stringify(kept)) > MAX_PENDING_BYTES) {
    const talkative = kept.findIndex(({ said, anomalies }) => Object.keys(said).length + anomalies.length > 0);
    if (talkative === -1) kept.splice(firstToGo(kept), 1);
    else kept[talkative] = { ...(kept[talkative] as Change), said: {}, anomalies: [] };
  }
  return kept;
}

function firstToGo(pending: readonly Change[]): number {
  const health = pending.findIndex(({ kind }) => kind !== 'status' && kind !== 'cutover' && kind !== 'summary');
  const status = pending.findIndex(({ kind }) => kind === 'status');
  return Math.max(0, health === -1 ? status : health);
}

/** The state of a project as a change reports it; all null for one that OMS never reported. */
export function standing(
  progress: Progress | null,
): Pick<ChangeFacts, 'status' | 'step' | 'importance' | 'structProgress' | 'fullProgress'> {
  return {
    status: progress?.status ?? null,
    step: progress?.currentStep ?? null,
    importance: progress?.importance ?? null,
    structProgress: progress?.structMigrationProgress ?? null,
    fullProgress: progress?.fullMigrationProgress ?? null,
  };
}

/** How much a change matters: as the project does in OMS, unless the change itself says more. */
export function importanceOf(change: Change): Importance | null {
  switch (change.kind) {
    case 'rollback-path-lost':
      return 'HIGH';
    case 'cutover':
      return change.params.importance;
    case 'summary': {
      const all = change.params.changes.map((each) => importanceOf(each) ?? 'MEDIUM');
      return IMPORTANCES.find((importance) => all.includes(importance)) ?? 'MEDIUM';
    }
    default:
      return change.importance;
  }
}

/** Unix milliseconds: since when the condition, or the previous status, held; null where the kind has no such moment. */
export function sinceOf({ params }: Change): number | null {
  return 'since' in params ? params.since : null;
}
