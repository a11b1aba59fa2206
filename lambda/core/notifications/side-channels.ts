/**
 * Tells first whoever must hear, then whoever may. Only the first decides whether a change counts as told: a chat that is down would
 * otherwise have every mail sent again and again. What a side channel refuses is logged and gone; a repeat after a crash goes to all.
 */
import type { Log, Notification, Notifier } from '../ports';

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
    const notified = Object.entries(this.others).map(([channel, notifier]) =>
      this.tell(channel, notifier, notification),
    );
    await Promise.all(notified);
  }

  private async tell(channel: string, notifier: Notifier, notification: Notification): Promise<void> {
    try {
      await notifier.publish(notification);
    } catch (error) {
      const { id, project, sequence } = notification.change;
      const problem = error instanceof Error ? error.message : String(error);
      this.log.warn('side-channel-refused', { projectId: project, changeId: id, sequence, channel, problem });
    }
  }
}
