/** Every default in one place. Seconds unless the name says otherwise; core takes milliseconds only for moments in time. */
import type { Importance } from './oms';

const MINUTE = 60;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

export const DEFAULTS = {
  requestTimeoutSeconds: 10,
  /**
   * Of one invocation of the function. A poll takes 10 s, 60 s at most; a round of a wait makes several, one of the schedule polls a fleet.
   * Longer would let a hung invocation hold the publishing lease too long.
   */
  functionTimeoutSeconds: 180,
  /** OMS refreshes its checkpoints every 10 s: looking more often shows little new. */
  minIntervalSeconds: 10,
  maxIntervalSeconds: 5 * MINUTE,
  /** When a copy may end any moment: its end is a status, which OMS shows at once and not only every 10 s as it does a checkpoint. */
  nearIntervalSeconds: 5,
  /** Once a fence is set every second is a second without writes. */
  fencedIntervalSeconds: 2,
  scheduleIntervalSeconds: 5 * MINUTE,
  /** A day less than the year a Standard execution may last. */
  timeoutSeconds: 364 * DAY,
  failedGraceSeconds: 2 * MINUTE,
  suspendedGraceSeconds: 12 * HOUR,
  unknownGraceSeconds: 10 * MINUTE,
  outageGraceSeconds: HOUR,
  credentialsGraceSeconds: 5 * MINUTE,
  stalledAfterSeconds: 30 * MINUTE,
  retentionDays: 90,
  maxLagSeconds: 30,
  holdSeconds: 60,
  /** For a fence read from a clock that is not the source's. */
  marginSeconds: 10,
} as const;

/** OMS's own lag thresholds, for its own alarms (vendor documentation); null: never. */
export const LAG_THRESHOLD_SECONDS = {
  HIGH: 30,
  MEDIUM: 300,
  LOW: 900,
  IGNORE: null,
} as const satisfies Record<Importance, number | null>;

/** How long OMS can still resume a stopped project (vendor documentation, 4.0.0 on). */
export const RESUMABLE_SECONDS = 12 * HOUR;

/** The clocks of one wait: what it puts up with, and how often it looks. */
export interface WaitSettings {
  readonly minIntervalSeconds: number;
  readonly maxIntervalSeconds: number;
  /** True where the user set the interval: then it is honoured as it is, fence or not. */
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
