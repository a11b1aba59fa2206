/** What OMS's statuses and steps mean: one table of each. */
import type { KnownStatus } from './progress';

/**
 * - `waiting`: not started; - `running`; - `suspended` and `failed`: stopped, can be resumed for a limited time;
 * - `finished`; - `gone`: being removed, irreversible; - `unknown`: unrecognized, neither success nor failure.
 */
export type StatusClass = 'waiting' | 'running' | 'suspended' | 'failed' | 'finished' | 'gone' | 'unknown';

const CLASS_OF: Record<KnownStatus, StatusClass> = {
  // Created in the console, and not yet filled in (4.1.1 on).
  UNCONFIGURED: 'waiting',
  INIT: 'waiting',
  RUNNING: 'running',
  RUNNING_MODIFYING: 'running',
  RUNNING_MERGING: 'running',
  RUNNING_ALARMING: 'running',
  SUSPEND: 'suspended',
  FAILED: 'failed',
  FINISHED: 'finished',
  RELEASING: 'gone',
  RELEASED: 'gone',
  DELETED: 'gone',
};

/** `unknown` for any status that is not in the table, exactly as spelled there. */
export function classOf(status: string): StatusClass {
  return Object.hasOwn(CLASS_OF, status) ? CLASS_OF[status as KnownStatus] : 'unknown';
}

export type StepPhase =
  | 'prepare'
  | 'structure'
  | 'full'
  | 'incremental'
  | 'verification'
  | 'switchover'
  | 'reverse'
  | 'unknown';

/** Step names of all versions (OceanBase's own client has both families). */
const PHASE_OF: Record<string, StepPhase> = {
  PRE_CHECK: 'prepare',
  TRANSFER_PRECHECK: 'prepare',
  PREPARE: 'prepare',
  TRANSFER_PREPARE: 'prepare',
  SYNC_PREPARE: 'prepare',
  INCR_LOG_PULL: 'prepare',
  TRANSFER_INCR_LOG_PULL: 'prepare',
  SYNC_INCR_LOG_PULL: 'prepare',
  STRUCT_MIGRATION: 'structure',
  STRUCT_TRANSFER: 'structure',
  STRUCT_SYNC: 'structure',
  INDEX_MIGRATION: 'structure',
  INDEX_TRANSFER: 'structure',
  FULL_MIGRATION: 'full',
  FULL_TRANSFER: 'full',
  CONNECTOR_FULL_SYNC: 'full',
  INCR_SYNC: 'incremental',
  INCR_TRANSFER: 'incremental',
  CONNECTOR_INCR_SYNC: 'incremental',
  FULL_VALIDATION: 'verification',
  FULL_VERIFIER: 'verification',
  INCR_VERIFIER: 'verification',
  // Inferred: as the current step it may mean "waiting for the operator" rather than "switched". So it opens no gate.
  APP_SWITCH: 'switchover',
  TRANSFER_APP_SWITCH: 'switchover',
  REVERSE_INCR_SYNC: 'reverse',
  REVERSE_INCR_TRANSFER: 'reverse',
};

/** `unknown` for null and for any step that is not in the table. */
export function phaseOf(step: string | null): StepPhase {
  return step !== null && Object.hasOwn(PHASE_OF, step) ? (PHASE_OF[step] as StepPhase) : 'unknown';
}
