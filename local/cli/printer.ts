/** What a command has to say, however it is printed. */
import type { CheckResult, Reason, Verdict } from '../../lambda/core/check-result';
import type { Notification } from '../../lambda/core/ports';
import type { Snapshot } from '../../lambda/core/snapshot';

export interface RunResult {
  readonly verdict: Verdict;
  readonly reason: Reason;
  readonly checks: number;
}

export interface Printer {
  check(result: CheckResult): void;
  notification(notification: Notification): void;
  snapshot(snapshot: Snapshot): void;
  /** The last line of a wait or a demo; an interrupted one prints none. */
  result(result: RunResult): void;
  /** A remark for people; nothing in JSON. */
  note(text: string): void;
}
