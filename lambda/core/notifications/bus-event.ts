/**
 * A change in the shape in which AWS's own database migration service tells its state changes on an event bus: who has a rule for those
 * reads this one. (DMS: detail-type `DMS Replication Task State Change`, detail with type, category, eventType, eventId, resourceLink and
 * detailMessage.) The whole event stands in it too.
 */

import type { ChangeKind } from '../model/change';
import { classOf } from '../model/status';
import type { Notification } from '../ports';
import type { ChangeEvent } from './change-event';

export const STATE_CHANGE = { source: 'oms-cutover', detailType: 'OMS Migration Project State Change' } as const;

export interface StateChange {
  readonly type: 'MIGRATION_PROJECT';
  readonly category: 'StateChange' | 'Failure' | 'Health' | 'Notification';
  /** `MIGRATION_PROJECT_FAILED` for a status, `MIGRATION_PROJECT_STALLED` for health. */
  readonly eventType: string;
  /** Of the change, and the same in every repetition; DMS has one for each type here. */
  readonly eventId: string;
  readonly resourceLink: string | null;
  readonly detailMessage: string;
  readonly change: ChangeEvent;
}

export function stateChangeOf({ change, subject, event }: Notification): StateChange {
  const word = event.to ?? (change.kind === 'found' ? event.status : null) ?? change.kind;
  return {
    type: 'MIGRATION_PROJECT',
    category: categoryOf(change.kind, event),
    eventType: `MIGRATION_PROJECT_${word.toUpperCase().replace(/[^A-Z0-9]+/g, '_')}`,
    eventId: event.changeId,
    resourceLink: event.links.execution ?? event.links.dashboard,
    detailMessage: subject,
    change: event,
  };
}

function categoryOf(kind: ChangeKind, { status }: ChangeEvent): StateChange['category'] {
  if (kind === 'status' || kind === 'found') return classOf(status ?? '') === 'failed' ? 'Failure' : 'StateChange';
  return kind === 'goal-met' ||
    kind === 'may-never-finish' ||
    kind === 'cutover' ||
    kind === 'summary' ||
    kind === 'test'
    ? 'Notification'
    : 'Health';
}
