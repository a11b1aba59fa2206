/** A look and the latest item in; the next latest item out. Pure. Changes, verdict and pace are added by derive.ts. */

import type { Anomaly } from '../../contract/oms';
import { closedBecause } from '../judge/gate';
import { reverseSeen } from '../judge/switched';
import { iso } from '../model/duration';
import type { Observation, Progress } from '../model/progress';
import { type ProjectState, remembering } from '../model/project-state';
import { classOf, phaseOf } from '../model/status';
import { type Mark, type Span, withMark, withSpan } from './history';
import { isPlausible, isTooFarAhead, lagSecondsOf, STALE_CHECKPOINT_MS } from './lag';
import { nextSeries, type StatusGraces } from './series';

/** What observing found beside the next item. */
export interface ObservedState {
  readonly projectState: ProjectState;
  /** Those of the reply, and those that only the past shows (a percent or a checkpoint that went backwards). */
  readonly anomalies: readonly Anomaly[];
  readonly lagSeconds: number | null;
}

/** @param before undefined for a project never seen. @param checkId names this check and its write. */
export function observe(
  before: ProjectState | undefined,
  observation: Observation,
  project: string,
  checkId: string,
  graces: StatusGraces,
): ObservedState {
  const clockWentBack = before !== undefined && observation.requestedAt < before.requestedAt;
  const anomalies = [...observation.anomalies, ...backwards(before, observation)];
  if (clockWentBack) {
    anomalies.push({
      field: 'clock',
      value: iso(observation.requestedAt),
      problem: `our own clock went back from ${iso(before.requestedAt)}`,
    });
  }
  const lagSeconds = lagSecondsOf(observation);
  const base = before === undefined ? initialState(project) : before;
  const unbroken =
    before !== undefined &&
    !clockWentBack &&
    observation.requestedAt <= Math.max(before.nextPollBy, before.nextScheduledBy);
  const seen = observation.outcome === 'OK' ? observation.progress : null;
  const active = activeTime(base, observation, unbroken);
  const checkpointSince = sinceOf(
    base.progress?.incrSyncCheckpoint,
    seen?.incrSyncCheckpoint,
    base.checkpointSince,
    observation,
  );
  const span = spanOf(base, observation, anomalies, lagSeconds, checkpointSince);
  return {
    anomalies,
    lagSeconds,
    projectState: {
      ...base,
      version: base.version + 1,
      writeId: checkId,
      recentChecks: remembering(base.recentChecks, checkId),
      requestedAt: observation.requestedAt,
      observedAt: observation.answeredAt,
      outcome: observation.outcome,
      problem: observation.outcome === 'OK' ? null : observation.problem,
      api: observation.api ?? base.api,
      clockSkewMs: observation.clockSkewMs ?? base.clockSkewMs,
      progress: seen ?? base.progress,
      progressAt: seen === null ? base.progressAt : observation.answeredAt,
      statusSince:
        seen === null ? base.statusSince : sinceOf(base.progress?.status, seen.status, base.statusSince, observation),
      stepSince:
        seen === null
          ? base.stepSince
          : sinceOf(base.progress?.currentStep, seen.currentStep, base.stepSince, observation),
      series: nextSeries(base.series, observation, base.progress, unbroken, graces),
      activeMs: active,
      marks: marksOf(base, seen, active),
      movedAtActiveMs: seen !== null && moved(base.progress, seen) ? active : base.movedAtActiveMs,
      spans: withSpan(clockWentBack ? [] : base.spans, span),
      checkpointSince: seen === null ? base.checkpointSince : checkpointSince,
      sourceAheadMs: sourceAhead(base, observation),
      bestLagSeconds: bestLag(base, seen, lagSeconds),
      reverse: reverseSeen(base, observation),
    },
  };
}

/** A project before its first look. */
export function initialState(project: string): ProjectState {
  return {
    project,
    version: 0,
    writeId: '',
    recentChecks: [],
    requestedAt: 0,
    observedAt: 0,
    outcome: 'OK',
    problem: null,
    api: null,
    clockSkewMs: null,
    progress: null,
    progressAt: null,
    statusSince: null,
    stepSince: null,
    series: {},
    nextPollBy: 0,
    nextScheduledBy: 0,
    activeMs: 0,
    marks: [],
    movedAtActiveMs: 0,
    spans: [],
    checkpointSince: null,
    bestLagSeconds: null,
    sequence: 0,
    pending: [],
    notified: {},
    lease: null,
  };
}

/** Keeps `since` while a value stays the same; a first or a new value counts from this look. */
function sinceOf<T>(
  was: T | undefined,
  is: T | undefined,
  since: number | null,
  observation: Observation,
): number | null {
  return was === is && since !== null ? since : observation.answeredAt;
}

/** Time between two looks that both saw the project at work. Time in which nobody looked is no evidence of work, unless a percent moved in it. */
function activeTime(base: ProjectState, observation: Observation, unbroken: boolean): number {
  const bothRunning =
    observation.outcome === 'OK' &&
    classOf(observation.progress.status) === 'running' &&
    base.progress !== null &&
    classOf(base.progress.status) === 'running';
  const progressed = bothRunning && observation.progress.fullMigrationProgress !== base.progress?.fullMigrationProgress;
  if (!bothRunning || (!unbroken && !progressed)) return base.activeMs;
  return base.activeMs + Math.max(0, observation.answeredAt - (base.progressAt ?? observation.answeredAt));
}

/** Marks count while the full copy runs, and the moment it reaches 100. */
function marksOf(base: ProjectState, seen: Progress | null, active: number): readonly Mark[] {
  if (seen === null || seen.enableFullMigration === false) return base.marks;
  const started =
    base.marks.length > 0 || phaseOf(seen.currentStep) === 'full' || (seen.fullMigrationProgress ?? 0) > 0;
  return started ? withMark(base.marks, seen.fullMigrationProgress, active, base.activeMs) : base.marks;
}

function moved(was: Progress | null, is: Progress): boolean {
  return (
    was === null ||
    was.status !== is.status ||
    was.currentStep !== is.currentStep ||
    was.structMigrationProgress !== is.structMigrationProgress ||
    was.fullMigrationProgress !== is.fullMigrationProgress ||
    was.incrSyncCheckpoint !== is.incrSyncCheckpoint ||
    was.reverseIncrSyncCheckpoint !== is.reverseIncrSyncCheckpoint
  );
}

/** Values that may only grow while a project runs. Going back, they are odd: a restart under the same id, or a mistake. */
function backwards(before: ProjectState | undefined, observation: Observation): Anomaly[] {
  if (before === undefined || before.progress === null || observation.outcome !== 'OK') return [];
  const was = before.progress;
  const found: Anomaly[] = [];
  for (const field of [
    'structMigrationProgress',
    'fullMigrationProgress',
    'incrSyncCheckpoint',
    'reverseIncrSyncCheckpoint',
  ] as const) {
    const [from, to] = [was[field], observation.progress[field]];
    if (from !== null && to !== null && to < from) {
      found.push({ field, value: String(to), problem: `went backwards from ${from}` });
    }
  }
  return found;
}

function spanOf(
  base: ProjectState,
  observation: Observation,
  anomalies: readonly Anomaly[],
  lagSeconds: number | null,
  checkpointSince: number | null,
): Span {
  const at = observation.answeredAt;
  const checkpoint = observation.outcome === 'OK' ? observation.progress.incrSyncCheckpoint : null;
  const ready =
    closedBecause(observation, anomalies) === null &&
    checkpoint !== null &&
    // Null also where the checkpoint lies too far ahead, by the clock of OMS.
    lagSeconds !== null &&
    !isTooFarAhead(observation) &&
    checkpointSince !== null &&
    at - checkpointSince < STALE_CHECKPOINT_MS;
  const fresh = ready && checkpointSince === at;
  return {
    from: at,
    to: at,
    maxGapMs: 0,
    ready,
    worstLagSeconds: ready ? lagSeconds : 0,
    checkpoints: fresh || (ready && base.spans.at(-1)?.ready !== true) ? 1 : 0,
  };
}

function sourceAhead(base: ProjectState, observation: Observation): number | undefined {
  if (observation.outcome !== 'OK') return base.sourceAheadMs;
  const { currentStep, incrSyncCheckpoint: checkpoint } = observation.progress;
  if (phaseOf(currentStep) !== 'incremental') return undefined;
  if (checkpoint === null || !isPlausible(checkpoint, observation)) return base.sourceAheadMs;
  return Math.max(base.sourceAheadMs ?? 0, checkpoint * 1000 - observation.answeredAt);
}

function bestLag(base: ProjectState, seen: Progress | null, lagSeconds: number | null): number | null {
  if (seen === null) return base.bestLagSeconds;
  if (phaseOf(seen.currentStep) !== 'incremental') return null;
  if (lagSeconds === null) return base.bestLagSeconds;
  return base.bestLagSeconds === null ? lagSeconds : Math.min(base.bestLagSeconds, lagSeconds);
}
