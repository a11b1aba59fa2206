/** What a command has to say, however it is printed. */

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

/** A message as it arrives: from the core directly, or from SNS. */
export interface Notified {
  readonly subject: string;
  readonly body: string;
  readonly changeId: string;
  readonly sequence: number;
  readonly attributes: Readonly<Record<string, string>>;
}

export function toldOf({ change, subject, body, attributes }: Notification): Notified {
  return { subject, body, changeId: change.id, sequence: change.sequence, attributes };
}

/** Of a stack: the message as its subscribers get it. */
export function notifiedBy({ subject = '', message, attributes }: CapturedMessage): Notified {
  const { changeId = '', sequence = '0', ...rest } = attributes;
  return { subject, body: message, changeId, sequence: Number(sequence), attributes: rest };
}

/** A change that a stored look brought. */
export interface Brought {
  readonly change: Change;
  readonly notified: boolean;
}

export interface Printer {
  /** @param looker who looked: only a wait looks again when its look says. */
  check(result: CheckResult, looker: Poller): void;
  notification(notified: Notified): void;
  /** @param brought for people; in JSON a change has its line when it is told. */
  snapshot(snapshot: Snapshot, brought: readonly Brought[]): void;
  /** The last line of a wait or a demo; an interrupted one prints none. */
  result(result: RunResult): void;
  /** A remark for people; nothing in JSON. */
  note(text: string): void;
}
