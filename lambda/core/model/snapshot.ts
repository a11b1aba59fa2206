/** What one check saw, kept. */
import type { CheckResult } from '../../contract/check-result';
import type { OmsApi } from '../../contract/oms';
import type { Envelope, Observation, Progress } from './progress';

/** Who looked. */
export const POLLERS = ['wait', 'schedule', 'check'] as const;
export type Poller = (typeof POLLERS)[number];

export interface Snapshot extends CheckResult {
  readonly requestedAt: string;
  readonly looker: Poller;
  readonly api: OmsApi | null;
  /** All eleven data fields; null when the look failed. */
  readonly progress: Progress | null;
  /** All nine envelope fields; null when the look failed. */
  readonly envelope: Envelope | null;
  /** Lowest latest version it was derived from; the state it led to is one higher. */
  readonly fromVersion: number;
}

/** A stored poll as it came: what a comparison with earlier polls shows is found again by comparing. */
export function observationIn(snapshot: Snapshot): Observation {
  const { outcome, progress, envelope, problem, api, anomalies, said, clockSkewSeconds } = snapshot;
  const base = {
    requestedAt: Date.parse(snapshot.requestedAt),
    answeredAt: Date.parse(snapshot.observedAt),
    clockSkewMs: clockSkewSeconds === null ? null : clockSkewSeconds * 1000,
    api,
    anomalies: anomalies.filter(({ foundIn }) => foundIn !== 'HISTORY'),
    said,
  };
  if (outcome === 'OK' && progress !== null && envelope !== null) return { ...base, outcome, progress, envelope };
  return {
    ...base,
    outcome: outcome === 'OK' ? 'OmsBadReply' : outcome,
    problem: problem ?? 'nothing usable is stored',
  };
}
