/** What SYNCED and DRAINED ask alike of a look: is the project in the state in which its forward checkpoint means something? Fails closed. */
import type { Reason } from '../../contract/check-result';
import type { Anomaly } from '../../contract/oms';
import type { Observation, Progress } from '../model/progress';
import { phaseOf } from '../model/status';

/** Why the gate is closed, the first thing missing; null when nothing but the checkpoint itself is left to judge. */
export function closedBecause(observation: Observation, anomalies: readonly Anomaly[]): Reason | null {
  if (observation.outcome !== 'OK') return { code: 'NoAnswer', message: observation.problem };
  const { progress } = observation;
  const closed = oddAmong(fieldsThatCount(progress), anomalies) ?? notRunning(progress) ?? unfinishedCopy(progress);
  if (closed !== null) return closed;
  if (progress.enableIncrSync !== true) {
    return { code: 'NotIncremental', message: 'OMS did not say that incremental synchronisation is on' };
  }
  if (phaseOf(progress.currentStep) !== 'incremental') {
    return {
      code: 'NotIncremental',
      message: `step is ${progress.currentStep ?? 'unknown'}, needs to be an incremental one (INCR_SYNC)`,
    };
  }
  if (progress.incrSyncCheckpoint === null) {
    return { code: 'CheckpointUnknown', message: 'OMS gave no usable incremental checkpoint' };
  }
  return null;
}

/** The first of the fields that a gate reads of which OMS gave something odd. */
export function oddAmong(fields: readonly string[], anomalies: readonly Anomaly[]): Reason | null {
  const odd = anomalies.find(({ field }) => fields.includes(field));
  if (odd === undefined) return null;
  return {
    code: 'OddValue',
    message: `${odd.field} ${odd.problem} (${odd.value}); a gate opens only on values that make sense`,
  };
}

/** RUNNING_ALARMING and its kin are not enough. */
export function notRunning({ status }: Progress): Reason | null {
  return status === 'RUNNING'
    ? null
    : { code: 'NotRunning', message: `status is ${status}, needs to be exactly RUNNING` };
}

function unfinishedCopy(progress: Progress): Reason | null {
  const phases = [
    ['structure migration', progress.enableStructMigration, progress.structMigrationProgress],
    ['full migration', progress.enableFullMigration, progress.fullMigrationProgress],
  ] as const;
  for (const [name, enabled, percent] of phases) {
    if (enabled === null) return { code: 'CopyUnknown', message: `OMS did not say whether ${name} is on` };
    if (enabled && percent !== 100) {
      return {
        code: 'CopyNotDone',
        message: `${name} is at ${percent === null ? 'an unknown percentage' : `${percent} %`}, needs 100 %`,
      };
    }
  }
  return null;
}

/** The fields a gate reads; percentages only of enabled phases. */
function fieldsThatCount(progress: Progress): readonly string[] {
  return [
    'status',
    'currentStep',
    'enableStructMigration',
    'enableFullMigration',
    'enableIncrSync',
    'incrSyncCheckpoint',
    ...(progress.enableStructMigration === false ? [] : ['structMigrationProgress']),
    ...(progress.enableFullMigration === false ? [] : ['fullMigrationProgress']),
  ];
}
