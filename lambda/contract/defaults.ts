/** Every default in one place, in seconds unless the name says otherwise. */

import type { Importance } from './oms';
import { LONGEST_SECONDS } from './values/duration';

const MINUTE = 60;
const HOUR = 60 * MINUTE;

export const DEFAULTS = {
  requestTimeoutSeconds: 10,
  /**
   * Of one invocation of the function. A poll takes 10 s, 60 s at most; a round of a wait makes several, one of the schedule polls a fleet.
   * Longer would let a hung invocation hold the publishing lease too long.
   */
  functionTimeoutSeconds: 180,
  /** OMS refreshes its checkpoints every 10 s: polling more often shows little new. */
  minIntervalSeconds: 10,
  maxIntervalSeconds: 5 * MINUTE,
  /** When a copy may end any moment: OMS reports the new status at once, not only every 10 s like a checkpoint. */
  nearIntervalSeconds: 5,
  /** While writes are stopped. */
  fencedIntervalSeconds: 2,
  scheduleIntervalSeconds: 5 * MINUTE,
  timeoutSeconds: LONGEST_SECONDS,
  failedGraceSeconds: 2 * MINUTE,
  suspendedGraceSeconds: 12 * HOUR,
  unknownGraceSeconds: 10 * MINUTE,
  outageGraceSeconds: HOUR,
  credentialsGraceSeconds: 5 * MINUTE,
  stalledAfterSeconds: 30 * MINUTE,
  retentionDays: 90,
  maxLagSeconds: 30,
  holdSeconds: 60,
  /** For a fence that was not read on the source. */
  marginSeconds: 10,
  drainTimeoutSeconds: 5 * MINUTE,
  switchoverTimeoutSeconds: 30 * MINUTE,
  stopWritesTimeoutSeconds: 15 * MINUTE,
  /** Lambda's limit for one invocation. */
  longestFunctionSeconds: 15 * MINUTE,
} as const;

/** Lag thresholds of OMS's own alarms (vendor documentation); null: no alarm. */
export const LAG_THRESHOLD_SECONDS = {
  HIGH: 30,
  MEDIUM: 300,
  LOW: 900,
  IGNORE: null,
} as const satisfies Record<Importance, number | null>;

/** How long OMS can resume a stopped project (vendor documentation, 4.0.0 on). */
export const RESUMABLE_SECONDS = 12 * HOUR;

/** The grace periods and the poll interval of one wait. */
export interface WaitSettings {
  readonly minIntervalSeconds: number;
  readonly maxIntervalSeconds: number;
  /** The user set the interval: it is used as it is, also while writes are stopped. */
  readonly intervalIsFixed: boolean;
  readonly failedGraceSeconds: number;
  readonly suspendedGraceSeconds: number;
  readonly unknownGraceSeconds: number;
  readonly outageGraceSeconds: number;
  readonly credentialsGraceSeconds: number;
}

export const DEFAULT_WAIT_SETTINGS: WaitSettings = {
  minIntervalSeconds: DEFAULTS.minIntervalSeconds,
  maxIntervalSeconds: DEFAULTS.maxIntervalSeconds,
  intervalIsFixed: false,
  failedGraceSeconds: DEFAULTS.failedGraceSeconds,
  suspendedGraceSeconds: DEFAULTS.suspendedGraceSeconds,
  unknownGraceSeconds: DEFAULTS.unknownGraceSeconds,
  outageGraceSeconds: DEFAULTS.outageGraceSeconds,
  credentialsGraceSeconds: DEFAULTS.credentialsGraceSeconds,
};
