/** What a command prints, for a terminal or as JSON. */

import type { CheckResult, Verdict } from '../../lambda/contract/check-result';
import type { ReasonText } from '../../lambda/contract/reason';
import type { Change } from '../../lambda/core/model/change';
import type { Poller, Snapshot } from '../../lambda/core/model/snapshot';
import type { Notification } from '../../lambda/core/notifications/notification';
import type { CapturedMessage } from '../../local/services/captured-sns';

export interface RunResult {
  readonly verdict: Verdict;
  readonly reason: ReasonText;
  readonly checks: number;
}

/** A notification as its recipient gets it. */
export interface Notified {
  readonly subject: string;
  readonly body: string;
  readonly changeId: string;
  readonly sequence: number;
  readonly attributes: Readonly<Record<string, string>>;
}

/** Of a run without a stack. */
export function notifiedOf({ change, subject, body, attributes }: Notification): Notified {
  return { subject, body, changeId: change.id, sequence: change.sequence, attributes };
}

/** Of a local stack, through SNS. */
export function notifiedBySns({ subject = '', message, attributes }: CapturedMessage): Notified {
  const { changeId = '', sequence = '0', ...rest } = attributes;
  return { subject, body: message, changeId, sequence: Number(sequence), attributes: rest };
}

/** A change that a stored observation caused. */
export interface PastChange {
  readonly change: Change;
  readonly notified: boolean;
}

export interface Printer {
  /** @param looker only a wait polls again when the result says so. */
  check(result: CheckResult, looker: Poller): void;
  notification(notified: Notified): void;
  /** @param changes for a terminal only. */
  snapshot(snapshot: Snapshot, changes: readonly PastChange[]): void;
  /** The last line of a wait or a demo, unless it is interrupted. */
  result(result: RunResult): void;
  /** For a terminal only. */
  note(text: string): void;
}
