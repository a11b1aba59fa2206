/** Is the goal reached? Pure: a goal, the assessment and the project state in; a verdict and its reason out. */
import type { Verdict } from '../../contract/check-result';
import type { WaitSettings } from '../../contract/defaults';
import type { Goal } from '../../contract/goal';
import type { Reason, ReasonCode } from '../../contract/reason';
import { iso } from '../../contract/values/duration';
import type { ProjectState } from '../model/project-state';
import type { Assessment } from '../observe/assessment';
import { unfinishedPhases } from '../observe/copy';
import { CHECKPOINT_UNKNOWN, implausible, noAnswer } from '../observe/gate';
import { heldWithin, maxPollGapMs } from '../observe/hold';
import { isTooFarAhead, STALE_CHECKPOINT_MS, skewRange } from '../observe/lag';
import { failureOf } from './failures';
import { switched } from './switched';

export interface Question {
  readonly goal: Goal;
  readonly settings: WaitSettings;
  /** The wait's first: what is wrong from the start is not an episode. */
  readonly firstPoll: boolean;
  /** Unix milliseconds; null: none. */
  readonly deadlineAt: number | null;
}

export interface Judgement {
  readonly verdict: Verdict;
  readonly reason: Reason;
  /** Unix milliseconds at which the verdict may change without OMS doing anything: the next poll never comes later. */
  readonly notLaterThan: number | null;
}

/** Codes that mean that the goal is reached. */
const MET_CODES: ReadonlySet<ReasonCode> = new Set(['Finished', 'Synced', 'Drained', 'Switched']);

/** Two at once: MET, then a failure of the migration or of OMS, then the deadline. */
export function judge(question: Question, assessment: Assessment, projectState: ProjectState): Judgement {
  const { goal, deadlineAt } = question;
  const ofGoal = towards(goal, assessment, projectState);
  if (MET_CODES.has(ofGoal.code)) return { verdict: 'MET', reason: ofGoal, notLaterThan: null };
  const failure = failureOf(question, assessment, projectState);
  const reason = failure?.reason ?? ofGoal;
  if (failure?.isDue || reason.code === 'GoalUnreachable') return { verdict: 'FAILED', reason, notLaterThan: null };
  if (deadlineAt !== null && assessment.answeredAt >= deadlineAt) {
    const params = { goal: goal.type, deadlineAt: iso(deadlineAt), last: reason };
    return { verdict: 'FAILED', reason: { code: 'DeadlineExceeded', params }, notLaterThan: null };
  }
  const ends = [deadlineAt, failure?.dueAt ?? null].filter((at) => at !== null);
  return { verdict: 'NOT_YET', reason, notLaterThan: ends.length === 0 ? null : Math.min(...ends) };
}

/** Whether the goal is reached, or the first thing missing. */
function towards(goal: Goal, assessment: Assessment, projectState: ProjectState): Reason {
  switch (goal.type) {
    case 'FINISHED':
      return finished(assessment);
    case 'SYNCED':
      return unreachable(goal, assessment) ?? assessment.gateClosedBy ?? synced(goal, assessment, projectState);
    case 'DRAINED':
      return unreachable(goal, assessment) ?? assessment.gateClosedBy ?? drained(goal, assessment, projectState);
    case 'SWITCHED':
      return switched(assessment, projectState);
  }
}

/** Why incremental synchronization will never come so far. */
function unreachable({ type: goal }: Goal, assessment: Assessment): Reason | null {
  if (assessment.outcome !== 'OK') return null;
  if (assessment.statusClass === 'finished') return { code: 'GoalUnreachable', params: { goal, because: 'FINISHED' } };
  return assessment.progress.enableIncrSync === false
    ? { code: 'GoalUnreachable', params: { goal, because: 'INCREMENTAL_SYNC_OFF' } }
    : null;
}

function finished(assessment: Assessment): Reason {
  if (assessment.outcome !== 'OK') return noAnswer(assessment);
  const { progress, statusClass, phase, copyForecast, stillSeconds, isStalled } = assessment;
  if (statusClass === 'finished') return { code: 'Finished', params: { unfinished: unfinishedPhases(progress) } };
  const standing = {
    status: progress.status,
    step: progress.currentStep,
    fullProgress: phase === 'full' ? progress.fullMigrationProgress : null,
    copySecondsLeft: copyForecast === null ? null : Math.round(copyForecast.likelyMs / 1000),
  };
  if (progress.enableIncrSync === true && (statusClass === 'running' || statusClass === 'waiting'))
    return { code: 'MayNeverFinish', params: standing };
  if (isStalled) return { code: 'Stalled', params: { ...standing, stillSeconds } };
  return { code: statusClass === 'waiting' ? 'NotStarted' : 'NotFinished', params: standing };
}

function synced(goal: Goal & { type: 'SYNCED' }, assessment: Assessment, projectState: ProjectState): Reason {
  const { maxLagSeconds, holdSeconds } = goal;
  const { answeredAt, clockSkewMs } = assessment;
  const { spans, bestLagSeconds, checkpointSince } = projectState;
  const newest = spans.at(-1);
  if (isTooFarAhead(assessment))
    return { code: 'LagUnknown', params: { clockAheadSeconds: (clockSkewMs ?? 0) / 1000 } };
  if (newest === undefined || !newest.ready) {
    const stillMs = checkpointSince === null ? 0 : answeredAt - checkpointSince;
    return (
      implausible('forward', assessment) ?? {
        code: 'CheckpointNotMoving',
        params: { stillSeconds: stillMs / 1000, fence: null },
      }
    );
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

function drained(goal: Goal & { type: 'DRAINED' }, assessment: Assessment, projectState: ProjectState): Reason {
  const writesStoppedAt = iso(goal.writesStoppedAt);
  // On both clocks the poll must have begun after the fence: what OMS said before proves nothing about the last writes.
  const skew = skewRange(assessment, projectState.clockSkewMs);
  const behindMs = Math.min(0, skew?.most ?? 0);
  const beganAt = assessment.requestedAt + behindMs;
  if (beganAt <= goal.writesStoppedAt) {
    const params = { pollBeganAt: iso(beganAt), writesStoppedAt, byOmsClock: behindMs < 0 };
    return { code: 'LookBeforeFence', params };
  }
  const checkpoint = assessment.outcome === 'OK' ? assessment.progress.incrSyncCheckpoint : null;
  if (checkpoint === null) return CHECKPOINT_UNKNOWN;
  const checkpointAt = iso(checkpoint * 1000);
  const tooFarAhead = implausible('forward', assessment);
  if (tooFarAhead !== null) return tooFarAhead;
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
  const stillMs = projectState.checkpointSince === null ? 0 : assessment.answeredAt - projectState.checkpointSince;
  return stillMs >= STALE_CHECKPOINT_MS
    ? { code: 'CheckpointNotMoving', params: { stillSeconds: stillMs / 1000, fence } }
    : { code: 'NotDrained', params: fence };
}
