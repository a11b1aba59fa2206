/** Observations as the OMS client returns them, one line for each. Times are Unix milliseconds from `T0`. */

import type { FailedOutcome } from '../../../lambda/contract/oms';
import type { Observation, Progress } from '../../../lambda/core/model/progress';
import { ENVELOPE } from './poll-of-state';

/** 2026-11-23T00:00:00Z */
export const T0 = Date.UTC(2026, 10, 23);
export const SECOND = 1000;
export const MINUTE = 60 * SECOND;
export const HOUR = 60 * MINUTE;

const PROGRESS: Progress = {
  status: 'RUNNING',
  importance: 'MEDIUM',
  enableStructMigration: true,
  enableFullMigration: true,
  enableIncrSync: false,
  enableReverseIncrSync: false,
  currentStep: 'FULL_MIGRATION',
  structMigrationProgress: 100,
  fullMigrationProgress: 40,
  incrSyncCheckpoint: null,
  reverseIncrSyncCheckpoint: null,
};

type Extra = Partial<Pick<Observation, 'requestedAt' | 'clockSkewMs' | 'anomalies' | 'said'>>;

/** A successful poll that was answered at `at`, 100 ms after its request. */
export function ok(at: number, progress: Partial<Progress> = {}, extra: Extra = {}): Observation & { outcome: 'OK' } {
  return {
    outcome: 'OK',
    requestedAt: at - 100,
    answeredAt: at,
    clockSkewMs: 0,
    api: '3.3',
    anomalies: [],
    said: {},
    progress: { ...PROGRESS, ...progress },
    envelope: ENVELOPE,
    ...extra,
  };
}

/** A poll in incremental sync whose checkpoint is `lagSeconds` behind. */
export function syncing(
  at: number,
  lagSeconds: number,
  progress: Partial<Progress> = {},
  extra: Extra = {},
): Observation & { outcome: 'OK' } {
  return ok(
    at,
    {
      enableIncrSync: true,
      currentStep: 'INCR_SYNC',
      fullMigrationProgress: 100,
      incrSyncCheckpoint: Math.round(at / 1000) - lagSeconds,
      ...progress,
    },
    extra,
  );
}

export function failed(at: number, outcome: FailedOutcome = 'OmsUnreachable', extra: Extra = {}): Observation {
  return {
    outcome,
    problem: `OMS: ${outcome}`,
    requestedAt: at - 100,
    answeredAt: at,
    clockSkewMs: null,
    api: null,
    anomalies: [],
    said: {},
    ...extra,
  };
}
