/** What OMS's words mean for us: the one table of statuses, and the families of steps. */
import type { KnownStatus } from './progress';

/**
 * - `waiting`: not started; - `running`: at work; - `suspended` and `failed`: stopped, and a person may resume it while the clock runs;
 * - `finished`: done; - `gone`: being taken down, irreversible; - `unknown`: a word nobody knows, neither success nor failure.
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

/** The class of an OMS status word; `unknown` for any word not in the table, whatever its spelling. */
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

/** Both families of step names, old and new (OceanBase's own client knows both). */
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
  // Inferred: as the current step it can mean "waiting for the operator", not "switched". So it opens no gate.
  APP_SWITCH: 'switchover',
  TRANSFER_APP_SWITCH: 'switchover',
  REVERSE_INCR_SYNC: 'reverse',
  REVERSE_INCR_TRANSFER: 'reverse',
};

/** The phase a step belongs to; `unknown` for null and for any name not in the table. */
export function phaseOf(step: string | null): StepPhase {
  return step !== null && Object.hasOwn(PHASE_OF, step) ? (PHASE_OF[step] as StepPhase) : 'unknown';
}
