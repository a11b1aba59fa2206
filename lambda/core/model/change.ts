/** Something worth telling, and when it is worth it: the one table of changes. */

import type { FailedOutcome, Importance, OmsWords } from '../../contract/oms';
import type { Progress } from './progress';

/**
 * - `status`: OMS's status changed; - `found`: first seen in a state that needs someone;
 * - `unreachable` / `answering`, `credentials-refused` / `credentials-accepted`, `stalled` / `moving`, `lagging` / `caught-up`: health and its end;
 * - `vanished` / `back`: OMS knew the project and knows it no longer (vanished.ts), or knows it again;
 * - `expiring`: suspended or failed, and the time in which OMS can resume runs out;
 * - `may-never-finish`: someone waits for FINISHED on a project that may stay RUNNING; - `goal-met`: a wait's goal other than FINISHED was reached;
 * - `rollback-path-lost` / `rollback-path-restored`: after a switchover, reverse synchronisation no longer carries writes back to the source, or does again;
 * - `cutover`: a cutover pipeline asks, warns or has ended;
 * - `summary`: several changes in one, at the end of a window in which they were muted; - `test`: somebody asked for a test message.
 */
export const CHANGE_KINDS = [
  'status',
  'found',
  'unreachable',
  'answering',
  'credentials-refused',
  'credentials-accepted',
  'vanished',
  'back',
  'stalled',
  'moving',
  'lagging',
  'caught-up',
  'expiring',
  'may-never-finish',
  'goal-met',
  'cutover',
  'rollback-path-lost',
  'rollback-path-restored',
  'summary',
  'test',
] as const;
export type ChangeKind = (typeof CHANGE_KINDS)[number];

/** A change with the facts it is told with. Bounded: it lives in the latest item until it is told. */
export interface Change {
  /** Unique; the same in every repetition. */
  readonly id: string;
  /** 1, 2, 3 … within the project, without a gap. */
  readonly sequence: number;
  readonly project: string;
  readonly kind: ChangeKind;
  /** Unix milliseconds of the look that saw it. */
  readonly at: number;
  /** OMS statuses; only where kind is `status`. */
  readonly from?: string;
  readonly to?: string;
  /** Unix milliseconds: since when the condition, or the status before, had held. */
  readonly since?: number;
  /** ARN of the execution that waited and saw it; absent where nobody waited. */
  readonly execution?: string;
  /** What happened, one sentence, where the kind does not say it all. */
  readonly detail?: string;
  /** What came of the look that saw it; only where kind is `unreachable`. */
  readonly outcome?: FailedOutcome;
  /** Only where kind is `cutover` or `summary`: its own words, and how much they matter whatever OMS says of the project. */
  readonly notice?: { readonly headline: string; readonly advice: string; readonly importance: Importance };
  readonly status: string | null;
  readonly step: string | null;
  readonly importance: Importance | null;
  readonly structProgress: number | null;
  readonly fullProgress: number | null;
  readonly lagSeconds: number | null;
  /** Unix milliseconds. */
  readonly eta: number | null;
  readonly said: OmsWords;
}

/** At most this many wait to be told, and this many bytes of JSON: an item of DynamoDB has room for 400 KB. */
const MAX_PENDING = 50;
const MAX_PENDING_BYTES = 200_000;

/**
 * What may go on waiting where too many do. The oldest health changes make room first: the state they spoke of is in the snapshots. Then
 * changes of status, and last of all what a cutover asks of somebody. Where they are too long, the oldest lose what OMS said, which is in the
 * snapshots too.
 */
export function withinBounds(pending: readonly Change[]): readonly Change[] {
  const kept = [...pending];
  while (kept.length > MAX_PENDING) kept.splice(firstToGo(kept), 1);
  while (kept.length > 1 && Buffer.byteLength(JSON.stringify(kept)) > MAX_PENDING_BYTES) {
    const talkative = kept.findIndex(({ said }) => Object.keys(said).length > 0);
    if (talkative === -1) kept.splice(firstToGo(kept), 1);
    else kept[talkative] = { ...(kept[talkative] as Change), said: {} };
  }
  return kept;
}

function firstToGo(pending: readonly Change[]): number {
  const health = pending.findIndex(({ kind }) => kind !== 'status' && kind !== 'cutover' && kind !== 'summary');
  const status = pending.findIndex(({ kind }) => kind === 'status');
  return Math.max(0, health === -1 ? status : health);
}

/** Where a project stands, as a change tells it; all null for one that OMS never told of. */
export function standing(
  progress: Progress | null,
): Pick<Change, 'status' | 'step' | 'importance' | 'structProgress' | 'fullProgress'> {
  return {
    status: progress?.status ?? null,
    step: progress?.currentStep ?? null,
    importance: progress?.importance ?? null,
    structProgress: progress?.structMigrationProgress ?? null,
    fullProgress: progress?.fullMigrationProgress ?? null,
  };
}

export function importanceOf(change: Change): Importance | null {
  // Losing the way back matters whatever OMS says of the project.
  return change.kind === 'rollback-path-lost' ? 'HIGH' : (change.notice?.importance ?? change.importance);
}
