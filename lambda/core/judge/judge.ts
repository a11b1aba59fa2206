/** Is the goal reached? Pure: the latest item after a look, the look and a goal in; a verdict and its reason out. */
import type { Verdict } from '../../contract/check-result';
import type { WaitSettings } from '../../contract/defaults';
import type { Goal } from '../../contract/goal';
import type { Anomaly } from '../../contract/oms';
import type { Reason, ReasonCode, Standing } from '../../contract/reason';
import { iso } from '../model/duration';
import type { Observation } from '../model/progress';
import type { ProjectState } from '../model/project-state';
import { classOf, phaseOf } from '../model/status';
import { forecastCopy, heldWithin } from '../observe/history';
import { isPlausible, isTooFarAhead, STALE_CHECKPOINT_MS, skewRange } from '../observe/lag';
import { isStalled, stillSeconds } from '../observe/stall';
import { trouble } from './failures';
import { closedBecause } from './gate';
import { switched } from './switched';

export interface Question {
  readonly goal: Goal;
  readonly settings: WaitSettings;
  /** No look of this wait came before: what is wrong from the start is wrong, not an episode. */
  readonly firstPoll: boolean;
  /** Unix milliseconds; null: none. */
  readonly deadlineAt: number | null;
}

export interface Judgement {
  readonly verdict: Verdict;
  readonly reason: Reason;
  /** Unix milliseconds at which the verdict may change without OMS doing anything: the pace never sleeps past it. */
  readonly notLaterThan: number | null;
}

/** Codes that mean that the goal is reached. */
const MET_CODES: ReadonlySet<ReasonCode> = new Set(['Finished', 'Synced', 'Drained', 'Switched']);

/** Two at once: MET, then what the migration or OMS did, then the deadline. */
export function judge(
  question: Question,
  projectState: ProjectState,
  observation: Observation,
  anomalies: readonly Anomaly[],
): Judgement {
  const { goal, deadlineAt } = question;
  const ofGoal = towards(goal, projectState, observation, anomalies);
  if (MET_CODES.has(ofGoal.code)) return { verdict: 'MET', reason: ofGoal, notLaterThan: null };
  const found = trouble(question, projectState, observation);
  const reason = found?.reason ?? ofGoal;
  if (found?.failed || reason.code === 'GoalUnreachable') return { verdict: 'FAILED', reason, notLaterThan: null };
  if (deadlineAt !== null && observation.answeredAt >= deadlineAt) {
    const params = { goal: goal.type, deadlineAt: iso(deadlineAt), last: reason };
    return { verdict: 'FAILED', reason: { code: 'DeadlineExceeded', params }, notLaterThan: null };
  }
  const ends = [deadlineAt, found?.failsAt ?? null].filter((at) => at !== null);
  return { verdict: 'NOT_YET', reason, notLaterThan: ends.length === 0 ? null : Math.min(...ends) };
}

/** Whether the goal is reached, or the first thing missing. */
function towards(
  goal: Goal,
  projectState: ProjectState,
  observation: Observation,
  anomalies: readonly Anomaly[],
): Reason {
  if (goal.type === 'FINISHED') return finished(projectState, observation);
  if (goal.type === 'SWITCHED') return switched(projectState, observation, anomalies);
  if (observation.outcome === 'OK') {
    const { status, enableIncrSync } = observation.progress;
    if (classOf(status) === 'finished')
      return { code: 'GoalUnreachable', params: { goal: goal.type, because: 'FINISHED' } };
    if (enableIncrSync === false)
      return { code: 'GoalUnreachable', params: { goal: goal.type, because: 'INCREMENTAL_SYNC_OFF' } };
  }
  const closed = closedBecause(observation, anomalies);
  if (closed !== null) return closed;
  return goal.type === 'SYNCED' ? synced(goal, projectState, observation) : drained(goal, projectState, observation);
}

function finished(projectState: ProjectState, observation: Observation): Reason {
  if (observation.outcome !== 'OK')
    return { code: 'NoAnswer', params: { outcome: observation.outcome, problem: observation.problem } };
  const { progress } = observation;
  const kind = classOf(progress.status);
  if (kind === 'finished') return { code: 'Finished', params: {} };
  const standing = standingIn(projectState);
  if (progress.enableIncrSync === true && (kind === 'running' || kind === 'waiting'))
    return { code: 'MayNeverFinish', params: standing };
  if (isStalled(projectState))
    return { code: 'Stalled', params: { ...standing, stillSeconds: stillSeconds(projectState) } };
  return { code: kind === 'waiting' ? 'NotStarted' : 'NotFinished', params: standing };
}

export function standingIn(projectState: ProjectState): Standing {
  const { progress } = projectState;
  if (progress === null) return { status: null, step: null, fullProgress: null, copySecondsLeft: null };
  const { status, currentStep: step } = progress;
  const forecast = classOf(status) === 'running' ? forecastCopy(projectState.marks, projectState.activeMs) : null;
  return {
    status,
    step,
    fullProgress: phaseOf(step) === 'full' ? progress.fullMigrationProgress : null,
    copySecondsLeft: forecast === null ? null : Math.round(forecast.likelyMs / 1000),
  };
}

function synced(goal: Goal & { type: 'SYNCED' }, projectState: ProjectState, observation: Observation): Reason {
  const { maxLagSeconds, holdSeconds } = goal;
  const { spans, bestLagSeconds, checkpointSince } = projectState;
  const newest = spans.at(-1);
  if (isTooFarAhead(observation))
    return { code: 'LagUnknown', params: { clockAheadSeconds: (observation.clockSkewMs ?? 0) / 1000 } };
  if (newest === undefined || !newest.ready) {
    const stillMs = checkpointSince === null ? 0 : observation.answeredAt - checkpointSince;
    return stillMs >= STALE_CHECKPOINT_MS
      ? { code: 'CheckpointNotMoving', params: { stillSeconds: stillMs / 1000, fence: null } }
      : { code: 'CheckpointUnknown', params: { direction: 'forward', isInFuture: true } };
  }
  // The lag of this poll, not the worst of the span it was merged into: a merged span is never the newest unless it is not ready.
  const lagSeconds = newest.worstLagSeconds;
  const lag = { lagSeconds, maxLagSeconds, holdSeconds, bestLagSeconds };
  if (lagSeconds > maxLagSeconds) return { code: 'LagTooHigh', params: lag };
  const maxGapMs = maxPollGapMs(holdSeconds);
  const { seconds: heldSeconds, checkpoints } = heldWithin(spans, maxLagSeconds, maxGapMs);
  if (heldSeconds >= holdSeconds && checkpoints >= MIN_CHECKPOINTS)
    return { code: 'Synced', params: { lagSeconds, maxLagSeconds, heldSeconds, checkpoints } };
  const previous = spans.at(-2);
  const gapMs = previous === undefined ? 0 : newest.from - previous.to;
  const pollGap = gapMs > maxGapMs ? { seconds: gapMs / 1000, maxSeconds: maxGapMs / 1000 } : null;
  return {
    code: 'NotHeldYet',
    params: { ...lag, heldSeconds, checkpoints, minCheckpoints: MIN_CHECKPOINTS, pollGap },
  };
}

/** A hold needs at least so many different checkpoints: one value seen often proves nothing. */
const MIN_CHECKPOINTS = 3;

/** How far apart the polls of a hold may be. */
export function maxPollGapMs(holdSeconds: number): number {
  return Math.max(30_000, holdSeconds * 500);
}

function drained(goal: Goal & { type: 'DRAINED' }, projectState: ProjectState, observation: Observation): Reason {
  const writesStoppedAt = iso(goal.writesStoppedAt);
  // On both clocks the poll must have begun after the fence: what OMS said before proves nothing about the last writes.
  const skew = skewRange(observation, projectState.clockSkewMs);
  const behindMs = Math.min(0, skew?.most ?? 0);
  const beganAt = observation.requestedAt + behindMs;
  if (beganAt <= goal.writesStoppedAt) {
    const params = { pollBeganAt: iso(beganAt), writesStoppedAt, byOmsClock: behindMs < 0 };
    return { code: 'LookBeforeFence', params };
  }
  const checkpoint = observation.outcome === 'OK' ? observation.progress.incrSyncCheckpoint : null;
  if (checkpoint === null) return { code: 'CheckpointUnknown', params: { direction: 'forward', isInFuture: false } };
  const checkpointAt = iso(checkpoint * 1000);
  if (!isPlausible(checkpoint, observation))
    return { code: 'CheckpointImplausible', params: { direction: 'forward', checkpointAt } };
  // A fence with a margin was read on another clock than the source's. Where OMS's clock, which the checkpoints follow, is ahead of ours,
  // the checkpoint has to be later; never earlier, for skew may only tighten the gate. Without a margin the source itself gave the time.
  const aheadMs = goal.marginSeconds === 0 ? 0 : Math.max(0, skew?.least ?? 0);
  const needed = goal.writesStoppedAt + goal.marginSeconds * 1000 + aheadMs;
  const fence = {
    checkpointAt,
    neededAfter: iso(needed),
    writesStoppedAt,
    marginSeconds: goal.marginSeconds,
    // The Date header has whole seconds.
    clockAheadSeconds: aheadMs < 1000 ? 0 : Math.ceil(aheadMs / 1000),
  };
  if (checkpoint * 1000 > needed) return { code: 'Drained', params: fence };
  const stillMs = projectState.checkpointSince === null ? 0 : observation.answeredAt - projectState.checkpointSince;
  return stillMs >= STALE_CHECKPOINT_MS
    ? { code: 'CheckpointNotMoving', params: { stillSeconds: stillMs / 1000, fence } }
    : { code: 'NotDrained', params: fence };
}
