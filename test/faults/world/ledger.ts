/** What really happened to one project, seen from between the clients and the services; the invariants are judged on it. */
import type { CheckResult } from '../../../lambda/contract/check-result';
import type { ProjectState } from '../../../lambda/core/model/project-state';
import type { CapturedMessage } from '../../../local/services/captured-sns';

export class Ledger {
  readonly project: string;
  checks = 0;
  /** Requests spoiled. */
  faults = 0;
  /** Invocations killed at an await. */
  killed = 0;
  /** Checks that gave up between a publish and its clear because faults outlasted their retries: to the outside they died there. */
  diedBeforeClear = 0;
  /** Writes and publishes that were done and whose answer was spoiled. */
  lostAnswers = 0;
  /** The same where nobody spoiled it: the client's time-out was shorter than a busy machine. */
  unplannedLostAnswers = 0;
  /** Successful writes of latest. */
  readonly writes: ProjectState[] = [];
  readonly notified: CapturedMessage[] = [];
  readonly results: CheckResult[] = [];
  /** Checks that threw for the store's sake, as they should when faults outlast their retries. */
  readonly failures: string[] = [];
  /** Anything else thrown. */
  readonly bugs: string[] = [];

  constructor(project: string) {
    this.project = project;
  }

  /** At most so many messages may be repetitions. */
  get excuses(): number {
    return this.killed + this.diedBeforeClear + this.lostAnswers + this.unplannedLostAnswers;
  }
}
