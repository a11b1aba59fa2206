/** What SYNCED and DRAINED ask alike of a look: is the project in the state in which its forward checkpoint means something? Fails closed. */
import type { Anomaly } from '../../contract/oms';
import type { Reason } from '../../contract/reason';
import type { Observation, Progress } from '../model/progress';
import { phaseOf } from '../model/status';

/** Why the gate is closed, the first thing missing; null when nothing but the checkpoint itself is left to judge. */
export function closedBecause(observation: Observation, anomalies: readonly Anomaly[]): Reason | null {
  if (observation.outcome !== 'OK')
    return { code: 'NoAnswer', params: { outcome: observation.outcome, problem: observation.problem } };
  const { progress } = observation;
  const { enableIncrSync, currentStep: step } = progress;
  const closed = oddAmong(fieldsThatCount(progress), anomalies) ?? notRunning(progress) ?? unfinishedCopy(progress);
  if (closed !== null) return closed;
  if (enableIncrSync !== true || phaseOf(step) !== 'incremental')
    return { code: 'NotIncremental', params: { enableIncrSync, step } };
  if (progress.incrSyncCheckpoint === null)
    return { code: 'CheckpointUnknown', params: { direction: 'forward', isInFuture: false } };
  return null;
}

/** The first of the fields a gate reads whose value is unexpected. */
export function oddAmong(fields: readonly string[], anomalies: readonly Anomaly[]): Reason | null {
  const odd = anomalies.find(({ field }) => fields.includes(field));
  if (odd === undefined) return null;
  return { code: 'OddValue', params: { field: odd.field, value: odd.value, problem: odd.problem } };
}

/** RUNNING_ALARMING and its kin are not enough. */
export function notRunning({ status }: Progress): Reason | null {
  return status === 'RUNNING' ? null : { code: 'NotRunning', params: { status } };
}

function unfinishedCopy(progress: Progress): Reason | null {
  const phases = [
    ['structure', progress.enableStructMigration, progress.structMigrationProgress],
    ['full', progress.enableFullMigration, progress.fullMigrationProgress],
  ] as const;
  for (const [phase, enabled, percent] of phases) {
    if (enabled === null) return { code: 'CopyUnknown', params: { phase } };
    if (enabled && percent !== 100) return { code: 'CopyNotDone', params: { phase, percent } };
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
