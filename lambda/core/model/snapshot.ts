/** A stored observation. */
import type { CheckResult } from '../../contract/check-result';
import type { OmsApi } from '../../contract/oms';
import type { Envelope, Observation, Progress } from './progress';

/** What made the poll. */
export const POLLERS = ['wait', 'schedule', 'check'] as const;
export type Poller = (typeof POLLERS)[number];

export interface Snapshot extends CheckResult {
  readonly requestedAt: string;
  readonly looker: Poller;
  readonly api: OmsApi | null;
  /** All eleven data fields; null when the poll failed. */
  readonly progress: Progress | null;
  /** All nine envelope fields; null when the poll failed. */
  readonly envelope: Envelope | null;
  /** Version of the project state it was derived from; the state it led to is one higher. */
  readonly fromVersion: number;
}

/** A stored poll as it came: what a comparison shows is found again by comparing. */
export function observationIn(snapshot: Snapshot): Observation {
  const { outcome, progress, envelope, problem, api, anomalies, said, clockSkewSeconds } = snapshot;
  const base = {
    requestedAt: Date.parse(snapshot.requestedAt),
    answeredAt: Date.parse(snapshot.observedAt),
    clockSkewMs: clockSkewSeconds === null ? null : clockSkewSeconds * 1000,
    api,
    anomalies: anomalies.filter(({ foundIn }) => foundIn === undefined),
    said,
  };
  if (outcome === 'OK' && progress !== null && envelope !== null) return { ...base, outcome, progress, envelope };
  return {
    ...base,
    outcome: outcome === 'OK' ? 'OmsBadReply' : outcome,
    problem: problem ?? 'nothing usable is stored',
  };
}
