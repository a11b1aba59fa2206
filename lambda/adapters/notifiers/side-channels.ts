/**
 * Publishes to the topic first, then to the side channels. The topic alone decides whether a change counts as notified: otherwise a chat that
 * is down would have every e-mail sent again. What a side channel refuses is logged and not repeated; a repeat after a crash goes to all.
 */

import type { Notification, Notifier } from '../../core/notifications/notification';
import type { Log } from '../../core/ports';

export class SideChannels implements Notifier {
  private readonly main: Notifier;
  private readonly others: Readonly<Record<string, Notifier>>;
  private readonly log: Log;

  /** @param others by the name under which their refusals are logged. */
  constructor(main: Notifier, others: Readonly<Record<string, Notifier>>, log: Log) {
    this.main = main;
    this.others = others;
    this.log = log;
  }

  async publish(notification: Notification): Promise<void> {
    await this.main.publish(notification);
    await Promise.all(
      Object.entries(this.others).map(([channel, notifier]) => this.attempt(channel, notifier, notification)),
    );
  }

  private async attempt(channel: string, notifier: Notifier, notification: Notification): Promise<void> {
    try {
      await notifier.publish(notification);
    } catch (error) {
      const { id, project, sequence } = notification.change;
      const problem = error instanceof Error ? error.message : String(error);
      this.log.warn('side-channel-refused', { projectId: project, changeId: id, sequence, channel, problem });
    }
  }
}
