/** A poll and the project state in; the next project state and the assessment out. Pure. derive.ts adds the changes and when to poll next. */

import type { Observation, Progress } from '../model/progress';
import { initialState, type Mark, type ProjectState, remembering } from '../model/project-state';
import { classOf, type StepPhase } from '../model/status';
import { type Assessment, assess, type Reading, readingOf } from './assessment';
import { withMark } from './copy';
import { spanOf, withSpan } from './hold';
import { isPlausible } from './lag';
import { beginsAnew, bornAgain } from './new-life';
import { nextSeries, type StatusGraces } from './series';

/** @param before undefined for a project never seen. @param checkId names this check and its write. */
export function observe(
  before: ProjectState | undefined,
  observation: Observation,
  project: string,
  checkId: string,
  graces: StatusGraces,
): { readonly projectState: ProjectState; readonly assessment: Assessment } {
  const reading = readingOf(before, observation);
  const base =
    before === undefined ? initialState(project) : beginsAnew(before, observation) ? bornAgain(before) : before;
  const clockWentBack = observation.requestedAt < base.requestedAt;
  const unbroken = !clockWentBack && observation.requestedAt <= Math.max(base.nextPollBy, base.nextScheduledBy);
  const projectState: ProjectState = {
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
    series: nextSeries(base.series, reading, unbroken, graces),
    spans: clockWentBack ? [] : base.spans,
    ...(reading.outcome === 'OK' ? progressed(base, reading, unbroken) : {}),
  };
  const spans = withSpan(projectState.spans, spanOf(base, reading, projectState.checkpointSince));
  const after = { ...projectState, spans };
  return { projectState: after, assessment: assess(reading, after) };
}

/** What only a poll with progress changes. */
function progressed(
  base: ProjectState,
  reading: Reading & { outcome: 'OK' },
  unbroken: boolean,
): Partial<ProjectState> {
  const { progress, phase, lagSeconds, answeredAt } = reading;
  const was = base.progress;
  const activeMs = activeTime(base, reading, unbroken);
  const since = <T>(before: T | undefined, now: T, at: number | null) =>
    before === now && at !== null ? at : answeredAt;
  return {
    progress,
    progressAt: answeredAt,
    statusSince: since(was?.status, progress.status, base.statusSince),
    stepSince: since(was?.currentStep, progress.currentStep, base.stepSince),
    checkpointSince: since(was?.incrSyncCheckpoint, progress.incrSyncCheckpoint, base.checkpointSince),
    activeMs,
    marks: marksOf(base, reading, activeMs),
    movedAtActiveMs: hasMoved(was, progress) ? activeMs : base.movedAtActiveMs,
    sourceAheadMs: sourceAhead(base, reading),
    bestLagSeconds: phase === 'incremental' ? least(base.bestLagSeconds, lagSeconds) : null,
    reverse: reverseSeen(base, reading),
  };
}

/** Time between two polls that both saw the project running. Time without polls proves nothing, unless the percentage changed in it. */
function activeTime(
  base: ProjectState,
  { progress, statusClass, answeredAt }: Reading & { outcome: 'OK' },
  unbroken: boolean,
): number {
  const was = base.progress;
  if (statusClass !== 'running' || was === null || classOf(was.status) !== 'running') return base.activeMs;
  if (!unbroken && progress.fullMigrationProgress === was.fullMigrationProgress) return base.activeMs;
  return base.activeMs + Math.max(0, answeredAt - (base.progressAt ?? answeredAt));
}

const AFTER_COPY: readonly StepPhase[] = ['incremental', 'switchover', 'reverse'];

/** Marks are kept while the full copy runs, and until another step follows it. */
function marksOf(
  base: ProjectState,
  { progress, phase }: Reading & { outcome: 'OK' },
  activeMs: number,
): readonly Mark[] {
  const { enableFullMigration, fullMigrationProgress: percent } = progress;
  if (enableFullMigration === false) return base.marks;
  // Nothing reads them any more, and they would be a quarter of the item for as long as it synchronizes.
  if (percent === 100 && AFTER_COPY.includes(phase)) return [];
  const hasStarted = base.marks.length > 0 || phase === 'full' || (percent ?? 0) > 0;
  return hasStarted ? withMark(base.marks, percent, activeMs, base.activeMs) : base.marks;
}

const MOVING = [
  'status',
  'currentStep',
  'structMigrationProgress',
  'fullMigrationProgress',
  'incrSyncCheckpoint',
  'reverseIncrSyncCheckpoint',
] as const;

function hasMoved(was: Progress | null, is: Progress): boolean {
  return was === null || MOVING.some((field) => was[field] !== is[field]);
}

function sourceAhead(base: ProjectState, reading: Reading & { outcome: 'OK' }): number | undefined {
  const { incrSyncCheckpoint: checkpoint } = reading.progress;
  if (reading.phase !== 'incremental') return undefined;
  if (checkpoint === null || !isPlausible(checkpoint, reading)) return base.sourceAheadMs;
  return Math.max(base.sourceAheadMs ?? 0, checkpoint * 1000 - reading.answeredAt);
}

function least(best: number | null, now: number | null): number | null {
  return best === null || now === null ? (best ?? now) : Math.min(best, now);
}

/** How many values of the reverse checkpoint were seen, each greater than the one before, since the reverse step began or it jumped back. */
function reverseSeen(
  base: ProjectState,
  { progress, phase, answeredAt: movedAt }: Reading & { outcome: 'OK' },
): ProjectState['reverse'] {
  const { reverseIncrSyncCheckpoint: value } = progress;
  const seen = base.reverse;
  if (phase !== 'reverse') return undefined;
  if (value === null) return seen;
  if (value === seen?.value) return seen;
  return { value, values: seen !== undefined && value > seen.value ? seen.values + 1 : 1, movedAt };
}
