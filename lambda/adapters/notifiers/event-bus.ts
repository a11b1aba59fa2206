/** Tells changes on an EventBridge bus. */
import { type EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { CheckFailed } from '../../core/model/errors';
import { STATE_CHANGE, stateChangeOf } from '../../core/notifications/bus-event';
import type { Notification, Notifier } from '../../core/ports';

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
    // The call succeeds also where the bus takes nothing.
    const refused = Entries?.find(({ ErrorCode }) => ErrorCode !== undefined);
    if (refused !== undefined)
      throw new CheckFailed(`the event bus refused the event: ${refused.ErrorCode} ${refused.ErrorMessage ?? ''}`);
  }
}
