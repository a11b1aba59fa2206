/** A look and the latest item in; the next latest item out. Pure. Changes, verdict and pace are added by derive.ts. */

import type { Anomaly } from '../../contract/oms';
import { closedBecause } from '../judge/gate';
import { reverseSeen } from '../judge/switched';
import { iso } from '../model/duration';
import type { Look, Progress } from '../model/progress';
import { type Latest, remembering } from '../model/project-state';
import { classOf, phaseOf } from '../model/status';
import { type Mark, type Span, withMark, withSpan } from './history';
import { isPlausible, isTooFarAhead, lagSecondsOf, STALE_CHECKPOINT_MS } from './lag';
import { nextSeries, type StatusGraces } from './series';

/** What observing found beside the next item. */
export interface Observation {
  readonly latest: Latest;
  /** Those of the reply, and those that only the past shows (a percent or a checkpoint that went backwards). */
  readonly anomalies: readonly Anomaly[];
  readonly lagSeconds: number | null;
}

/** @param before undefined for a project never seen. @param checkId names this check and its write. */
export function observe(
  before: Latest | undefined,
  look: Look,
  project: string,
  checkId: string,
  graces: StatusGraces,
): Observation {
  const clockWentBack = before !== undefined && look.requestedAt < before.requestedAt;
  const anomalies = [...look.anomalies, ...backwards(before, look)];
  if (clockWentBack) {
    anomalies.push({
      field: 'clock',
      value: iso(look.requestedAt),
      problem: `our own clock went back from ${iso(before.requestedAt)}`,
    });
  }
  const lagSeconds = lagSecondsOf(look);
  const base = before === undefined ? firstLatest(project) : before;
  const unbroken =
    before !== undefined && !clockWentBack && look.requestedAt <= Math.max(before.nextLookBy, before.nextScheduledBy);
  const seen = look.outcome === 'OK' ? look.progress : null;
  const active = activeTime(base, look, unbroken);
  const checkpointSince = sinceOf(
    base.progress?.incrSyncCheckpoint,
    seen?.incrSyncCheckpoint,
    base.checkpointSince,
    look,
  );
  const span = spanOf(base, look, anomalies, lagSeconds, checkpointSince);
  return {
    anomalies,
    lagSeconds,
    latest: {
      ...base,
      version: base.version + 1,
      writeId: checkId,
      recentChecks: remembering(base.recentChecks, checkId),
      requestedAt: look.requestedAt,
      observedAt: look.answeredAt,
      outcome: look.outcome,
      problem: look.outcome === 'OK' ? null : look.problem,
      api: look.api ?? base.api,
      clockSkewMs: look.clockSkewMs ?? base.clockSkewMs,
      progress: seen ?? base.progress,
      progressAt: seen === null ? base.progressAt : look.answeredAt,
      statusSince:
        seen === null ? base.statusSince : sinceOf(base.progress?.status, seen.status, base.statusSince, look),
      stepSince:
        seen === null ? base.stepSince : sinceOf(base.progress?.currentStep, seen.currentStep, base.stepSince, look),
      series: nextSeries(base.series, look, base.progress, unbroken, graces),
      activeMs: active,
      marks: marksOf(base, seen, active),
      movedAtActiveMs: seen !== null && moved(base.progress, seen) ? active : base.movedAtActiveMs,
      spans: withSpan(clockWentBack ? [] : base.spans, span),
      checkpointSince: seen === null ? base.checkpointSince : checkpointSince,
      sourceAheadMs: sourceAhead(base, look),
      bestLagSeconds: bestLag(base, seen, lagSeconds),
      reverse: reverseSeen(base, look),
    },
  };
}

/** A project before its first look. */
export function firstLatest(project: string): Latest {
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
    nextLookBy: 0,
    nextScheduledBy: 0,
    activeMs: 0,
    marks: [],
    movedAtActiveMs: 0,
    spans: [],
    checkpointSince: null,
    bestLagSeconds: null,
    sequence: 0,
    pending: [],
    told: {},
    lease: null,
  };
}

/** Keeps `since` while a value stays the same; a first or a new value counts from this look. */
function sinceOf<T>(was: T | undefined, is: T | undefined, since: number | null, look: Look): number | null {
  return was === is && since !== null ? since : look.answeredAt;
}

/** Time between two looks that both saw the project at work. Time in which nobody looked is no evidence of work, unless a percent moved in it. */
function activeTime(base: Latest, look: Look, unbroken: boolean): number {
  const bothRunning =
    look.outcome === 'OK' &&
    classOf(look.progress.status) === 'running' &&
    base.progress !== null &&
    classOf(base.progress.status) === 'running';
  const progressed = bothRunning && look.progress.fullMigrationProgress !== base.progress?.fullMigrationProgress;
  if (!bothRunning || (!unbroken && !progressed)) return base.activeMs;
  return base.activeMs + Math.max(0, look.answeredAt - (base.progressAt ?? look.answeredAt));
}

/** Marks count while the full copy runs, and the moment it reaches 100. */
function marksOf(base: Latest, seen: Progress | null, active: number): readonly Mark[] {
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
function backwards(before: Latest | undefined, look: Look): Anomaly[] {
  if (before === undefined || before.progress === null || look.outcome !== 'OK') return [];
  const was = before.progress;
  const found: Anomaly[] = [];
  for (const field of [
    'structMigrationProgress',
    'fullMigrationProgress',
    'incrSyncCheckpoint',
    'reverseIncrSyncCheckpoint',
  ] as const) {
    const [from, to] = [was[field], look.progress[field]];
    if (from !== null && to !== null && to < from) {
      found.push({ field, value: String(to), problem: `went backwards from ${from}` });
    }
  }
  return found;
}

function spanOf(
  base: Latest,
  look: Look,
  anomalies: readonly Anomaly[],
  lagSeconds: number | null,
  checkpointSince: number | null,
): Span {
  const at = look.answeredAt;
  const checkpoint = look.outcome === 'OK' ? look.progress.incrSyncCheckpoint : null;
  const ready =
    closedBecause(look, anomalies) === null &&
    checkpoint !== null &&
    // Null also where the checkpoint lies too far ahead, by the clock of OMS.
    lagSeconds !== null &&
    !isTooFarAhead(look) &&
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

function sourceAhead(base: Latest, look: Look): number | undefined {
  if (look.outcome !== 'OK') return base.sourceAheadMs;
  const { currentStep, incrSyncCheckpoint: checkpoint } = look.progress;
  if (phaseOf(currentStep) !== 'incremental') return undefined;
  if (checkpoint === null || !isPlausible(checkpoint, look)) return base.sourceAheadMs;
  return Math.max(base.sourceAheadMs ?? 0, checkpoint * 1000 - look.answeredAt);
}

function bestLag(base: Latest, seen: Progress | null, lagSeconds: number | null): number | null {
  if (seen === null) return base.bestLagSeconds;
  if (phaseOf(seen.currentStep) !== 'incremental') return null;
  if (lagSeconds === null) return base.bestLagSeconds;
  return base.bestLagSeconds === null ? lagSeconds : Math.min(base.bestLagSeconds, lagSeconds);
}
