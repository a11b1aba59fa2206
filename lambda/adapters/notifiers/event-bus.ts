/**
 * Publishes changes on an EventBridge bus, in the shape in which AWS DMS publishes its state changes, so that a rule for those can be reused.
 * (DMS: detail-type `DMS Replication Task State Change`, detail with type, category, eventType, eventId, resourceLink and detailMessage.)
 */

import { type EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import type { Change, ChangeKind } from '../../core/model/change';
import { CheckFailed } from '../../core/model/errors';
import { classOf } from '../../core/model/status';
import type { ChangeEvent } from '../../core/notifications/change-event';
import type { Notification, Notifier } from '../../core/notifications/notification';

const STATE_CHANGE = { source: 'oms-cutover', detailType: 'OMS Migration Project State Change' } as const;

export interface StateChange {
  readonly type: 'MIGRATION_PROJECT';
  readonly category: 'StateChange' | 'Failure' | 'Health' | 'Notification';
  /** `MIGRATION_PROJECT_FAILED` for a status, `MIGRATION_PROJECT_STALLED` for health. */
  readonly eventType: string;
  /** Of the change, and the same in every repetition; in DMS it names the type of event. */
  readonly eventId: string;
  readonly resourceLink: string | null;
  readonly detailMessage: string;
  readonly change: ChangeEvent;
}

export class EventBusNotifier implements Notifier {
  private readonly client: EventBridgeClient;
  private readonly busName: string;

  constructor(client: EventBridgeClient, busName: string) {
    this.client = client;
    this.busName = busName;
  }

  async publish(notification: Notification): Promise<void> {
    const { Entries } = await this.client.send(
      new PutEventsCommand({
        Entries: [
          {
            EventBusName: this.busName,
            Source: STATE_CHANGE.source,
            DetailType: STATE_CHANGE.detailType,
            Time: new Date(notification.change.at),
            Resources: notification.change.execution === undefined ? [] : [notification.change.execution],
            Detail: JSON.stringify(stateChangeOf(notification)),
          },
        ],
      }),
    );
    // The call succeeds even when the bus rejects the entry.
    const refused = Entries?.find(({ ErrorCode }) => ErrorCode !== undefined);
    if (refused !== undefined)
      throw new CheckFailed(`the event bus refused the event: ${refused.ErrorCode} ${refused.ErrorMessage ?? ''}`);
  }
}

export function stateChangeOf({ change, subject, event }: Notification): StateChange {
  return {
    type: 'MIGRATION_PROJECT',
    category: categoryOf(change),
    eventType: `MIGRATION_PROJECT_${typeOf(change)
      .toUpperCase()
      .replace(/[^A-Z0-9]+/g, '_')}`,
    eventId: event.changeId,
    resourceLink: event.links.execution ?? event.links.dashboard,
    detailMessage: subject,
    change: event,
  };
}

function typeOf(change: Change): string {
  if (change.kind === 'status') return change.params.to;
  return change.kind === 'first-seen' ? (change.status ?? change.kind) : change.kind;
}

function categoryOf({ kind, status }: Change): StateChange['category'] {
  const category = CATEGORIES[kind];
  return category === 'StateChange' && classOf(status ?? '') === 'failed' ? 'Failure' : category;
}

const CATEGORIES: Record<ChangeKind, Exclude<StateChange['category'], 'Failure'>> = {
  status: 'StateChange',
  'first-seen': 'StateChange',
  unreachable: 'Health',
  reachable: 'Health',
  'credentials-rejected': 'Health',
  'credentials-accepted': 'Health',
  'gone-from-oms': 'Health',
  'found-again': 'Health',
  stalled: 'Health',
  progressing: 'Health',
  lagging: 'Health',
  'caught-up': 'Health',
  expiring: 'Health',
  'rollback-path-lost': 'Health',
  'rollback-path-restored': 'Health',
  'may-never-finish': 'Notification',
  'goal-met': 'Notification',
  cutover: 'Notification',
  summary: 'Notification',
  test: 'Notification',
};
