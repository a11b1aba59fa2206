/** What one check saw, kept. */
import type { CheckResult } from './check-result';
import type { Envelope, OmsApi, Progress } from './progress';

/** Who looked. */
export const LOOKERS = ['wait', 'schedule', 'check'] as const;
export type Looker = (typeof LOOKERS)[number];

export interface Snapshot extends CheckResult {
  readonly requestedAt: string;
  readonly looker: Looker;
  readonly api: OmsApi | null;
  /** All eleven data fields; null when the look failed. */
  readonly progress: Progress | null;
  /** All nine envelope fields; null when the look failed. */
  readonly envelope: Envelope | null;
  /** Lowest latest version it was derived from; the state it led to is one higher. */
  readonly fromVersion: number;
}
