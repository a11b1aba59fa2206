/** The result of one check: the `check` line of the command line and the result of a wait are this object. */
import type { Anomaly, OmsWords, Outcome } from './oms';
import type { WordedReason } from './reason';

export const VERDICTS = ['MET', 'NOT_YET', 'FAILED'] as const;
export type Verdict = (typeof VERDICTS)[number];

export interface CheckResult {
  readonly project: string;
  readonly checkId: string;
  /** ISO 8601, when the reply was complete. */
  readonly observedAt: string;
  readonly outcome: Outcome;
  /** As OMS spells it; null when the poll failed. */
  readonly status: string | null;
  readonly step: string | null;
  /** 0 to 100; null when unknown. */
  readonly structProgress: number | null;
  /** 0 to 100; null when unknown. */
  readonly fullProgress: number | null;
  /** Of the step's checkpoint, by the later of OMS's clock and ours; null when unknown. */
  readonly lagSeconds: number | null;
  /** ISO 8601, estimated completion of the copy at the measured rate; null when unknown. */
  readonly eta: string | null;
  readonly anomalies: readonly Anomaly[];
  readonly said: OmsWords;
  /** Why the poll failed; null when it was OK. */
  readonly problem: string | null;
  /** OMS's clock minus ours; null when unknown. */
  readonly clockSkewSeconds: number | null;
  readonly verdict: Verdict;
  readonly reason: WordedReason;
  /** Whole seconds until the next poll; 0 when the verdict is final. */
  readonly waitSeconds: number;
}

/** The result of a check that failed by itself: as much of it as a state machine can write. */
export interface OwnFailure {
  readonly verdict: 'FAILED';
  readonly reason: { readonly code: 'CheckFailed'; readonly message: string };
}
