/** What SYNCED and DRAINED both need of a poll: the project is in the state in which its forward checkpoint means something. Fails closed. */

import type { Anomaly } from '../../contract/oms';
import type { Direction, Reason } from '../../contract/reason';
import { iso } from '../../contract/values/duration';
import type { Observation, Progress } from '../model/progress';
import type { StepPhase } from '../model/status';
import { isPlausible } from './lag';

/** The first thing missing; null when only the checkpoint itself is left to judge. */
export function closedBecause(poll: Observation & { readonly phase: StepPhase }): Reason | null {
  if (poll.outcome !== 'OK') return noAnswer(poll);
  const { progress, anomalies, phase } = poll;
  const { enableIncrSync, currentStep: step, incrSyncCheckpoint } = progress;
  const closed =
    unexpectedAmong(fieldsThatCount(progress), anomalies) ?? notRunning(progress) ?? unfinishedCopy(progress);
  if (closed !== null) return closed;
  if (enableIncrSync !== true || phase !== 'incremental')
    return { code: 'NotIncremental', params: { enableIncrSync, step } };
  return incrSyncCheckpoint === null ? CHECKPOINT_UNKNOWN : null;
}

export const CHECKPOINT_UNKNOWN: Reason = {
  code: 'CheckpointUnknown',
  params: { direction: 'forward' },
};

/** The checkpoint is more than 60 s in the future, by our clock or by OMS's: then no gate opens, SYNCED before DRAINED. */
export function implausible(direction: Direction, poll: Observation): Reason | null {
  if (poll.outcome !== 'OK') return null;
  const { incrSyncCheckpoint, reverseIncrSyncCheckpoint } = poll.progress;
  const checkpoint = direction === 'forward' ? incrSyncCheckpoint : reverseIncrSyncCheckpoint;
  if (checkpoint === null || isPlausible(checkpoint, poll)) return null;
  const byOmsClock = isPlausible(checkpoint, { ...poll, clockSkewMs: null });
  return { code: 'CheckpointImplausible', params: { direction, checkpointAt: iso(checkpoint * 1000), byOmsClock } };
}

export function noAnswer({ outcome, problem }: Exclude<Observation, { outcome: 'OK' }>): Reason {
  return { code: 'NoAnswer', params: { outcome, problem } };
}

/** The first of the fields that a gate reads whose value is unexpected. */
export function unexpectedAmong(fields: readonly string[], anomalies: readonly Anomaly[]): Reason | null {
  const found = anomalies.find(({ field }) => fields.includes(field));
  if (found === undefined) return null;
  return { code: 'OddValue', params: { field: found.field, value: found.value, problem: found.problem } };
}

/** Exactly RUNNING: RUNNING_ALARMING and the like are not enough. */
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
