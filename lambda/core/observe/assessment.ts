/** What a poll means: computed once, and read by the verdict, the poll interval, the changes and the result. */

import type { Anomaly } from '../../contract/oms';
import type { Reason } from '../../contract/reason';
import { iso } from '../../contract/values/duration';
import type { Observation, Progress } from '../model/progress';
import type { ProjectState } from '../model/project-state';
import { classOf, phaseOf, type StatusClass, type StepPhase } from '../model/status';
import { type CopyForecast, forecastCopy, isStall, stillSecondsOf, unfinishedPhases } from './copy';
import { closedBecause } from './gate';
import { lagSecondsOf } from './lag';
import { beginsAnew } from './new-life';

/** A poll with what its own words mean. */
export type Reading = Observation & {
  /** Also those that only a comparison shows: a value that went backwards, our own clock that did, FINISHED with an unfinished copy. */
  readonly anomalies: readonly Anomaly[];
  /** Null where the poll failed. */
  readonly statusClass: StatusClass | null;
  readonly phase: StepPhase;
  readonly lagSeconds: number | null;
  /** Why a gate on the forward checkpoint is closed before the checkpoint is judged; null: it is not. */
  readonly gateClosedBy: Reason | null;
  /** OMS has just answered that the project does not exist, and has reported progress of it before. */
  readonly hasVanished: boolean;
};

/** A poll with what it means after all that came before. */
export type Assessment = Reading & {
  readonly copyForecast: CopyForecast | null;
  /** Unix milliseconds; null when unknown. */
  readonly eta: number | null;
  /** Seconds of running time without a change; 0 while the project is not running. */
  readonly stillSeconds: number;
  readonly isStalled: boolean;
};

export function readingOf(before: ProjectState | undefined, observation: Observation): Reading {
  const progress = observation.outcome === 'OK' ? observation.progress : null;
  const poll = {
    ...observation,
    // A reply without a date does not correct the clock.
    clockSkewMs: observation.clockSkewMs ?? before?.clockSkewMs ?? null,
    anomalies: [
      ...observation.anomalies,
      ...newLife(before, observation),
      ...backwards(before, observation),
      ...clockBackwards(before, observation),
      ...finishedTooSoon(progress),
    ],
    statusClass: progress === null ? null : classOf(progress.status),
    phase: phaseOf(progress?.currentStep ?? null),
    /*
     * One poll is enough. OMS has a code of its own for it, in a complete reply that says `success: false`; an OMS that is starting, or whose
     * own database is away, closes the connection, answers 5xx or refuses with another code (inferred), and those have grace periods. A second
     * poll would come as late as the schedule does. Should a failover answer so for a moment, the next poll notifies that the project is back:
     * two messages too many, rather than one too few.
     */
    hasVanished: observation.outcome === 'OmsProjectNotFound' && (before?.progress ?? null) !== null,
  };
  return { ...poll, lagSeconds: lagSecondsOf(poll), gateClosedBy: closedBecause(poll) };
}

export function assess(reading: Reading, after: ProjectState): Assessment {
  const { statusClass, phase, answeredAt } = reading;
  const copyForecast = statusClass === 'running' ? forecastCopy(after.marks, after.activeMs) : null;
  const stillSeconds = stillSecondsOf(after, statusClass);
  return {
    ...reading,
    copyForecast,
    eta: copyForecast === null ? null : answeredAt + Math.round(copyForecast.likelyMs),
    stillSeconds,
    isStalled: isStall(stillSeconds, phase, after.marks),
  };
}

const ONLY_GROW = [
  'structMigrationProgress',
  'fullMigrationProgress',
  'incrSyncCheckpoint',
  'reverseIncrSyncCheckpoint',
] as const;

/** Values that may only grow while a project runs: going backwards is a restart under the same id, or a mistake. */
function backwards(before: ProjectState | undefined, observation: Observation): Anomaly[] {
  const was = before?.progress ?? null;
  if (was === null || observation.outcome !== 'OK') return [];
  const is = observation.progress;
  return ONLY_GROW.flatMap((field) => {
    const [from, to] = [was[field], is[field]];
    if (from === null || to === null || to >= from) return [];
    return [{ field, value: String(to), problem: `went backwards from ${from}`, foundIn: 'HISTORY' as const }];
  });
}

function newLife(before: ProjectState | undefined, observation: Observation): Anomaly[] {
  if (observation.outcome !== 'OK' || !beginsAnew(before, observation)) return [];
  const { status } = observation.progress;
  const problem = `begins anew after ${before?.progress?.status}: the project was created again under its id, or started again`;
  return [{ field: 'status', value: status, problem, foundIn: 'HISTORY' }];
}

function clockBackwards(before: ProjectState | undefined, { requestedAt }: Observation): Anomaly[] {
  if (before === undefined || requestedAt >= before.requestedAt) return [];
  const problem = `our own clock went back from ${iso(before.requestedAt)}`;
  return [{ field: 'clock', value: iso(requestedAt), problem, foundIn: 'HISTORY' }];
}

const PERCENT_OF = { structure: 'structMigrationProgress', full: 'fullMigrationProgress' } as const;

/** FINISHED stands, for it is OMS's own word: but the target may lack rows. */
function finishedTooSoon(progress: Progress | null): Anomaly[] {
  if (progress === null || classOf(progress.status) !== 'finished') return [];
  const problem = 'is below 100 although the project is FINISHED';
  return unfinishedPhases(progress).map(({ phase, percent }) => ({
    field: PERCENT_OF[phase],
    value: String(percent),
    problem,
    foundIn: 'REPLY',
  }));
}
