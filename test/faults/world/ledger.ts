/** What happened to one project, recorded between clients and services; the invariants are checked on it. */
import type { CheckResult } from '../../../lambda/contract/check-result';
import type { ProjectState } from '../../../lambda/core/model/project-state';
import type { CapturedMessage } from '../../../local/services/captured-sns';

export class Ledger {
  readonly project: string;
  checks = 0;
  /** Requests with an injected fault. */
  faults = 0;
  /** Invocations killed at an await. */
  killed = 0;
  /** Checks that failed between a publish and its clear, because faults outlasted the retries: equivalent to a crash there. */
  diedBeforeClear = 0;
  /** Writes and publishes that were executed and whose reply was lost by a fault. */
  lostAnswers = 0;
  /** The same without a fault: the client timed out on a busy machine. */
  unplannedLostAnswers = 0;
  /** Successful writes of the project state. */
  readonly writes: ProjectState[] = [];
  readonly notified: CapturedMessage[] = [];
  readonly results: CheckResult[] = [];
  /** Expected errors: faults of the store outlasted the retries. */
  readonly failures: string[] = [];
  /** Other errors. */
  readonly bugs: string[] = [];

  constructor(project: string) {
    this.project = project;
  }

  /** Upper limit of repeated messages. */
  get allowedRepeats(): number {
    return this.killed + this.diedBeforeClear + this.lostAnswers + this.unplannedLostAnswers;
  }
}
