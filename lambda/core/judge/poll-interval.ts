/** How long until the next poll: long while the end is far, short when it is near, never past the moment at which a verdict changes by itself. */

import { DEFAULTS, type WaitSettings } from '../../contract/defaults';
import type { Goal } from '../../contract/goal';
import type { Reason } from '../../contract/reason';
import type { ProjectState } from '../model/project-state';
import type { Assessment } from '../observe/assessment';
import { maxPollGapMs } from '../observe/hold';
import type { Judgement, Question } from './judge';

/** The end may come any moment: poll as often as is useful. */
const NEAR = 0;

/**
 * Whole seconds, 1 at least, until the next poll; 0 for a final verdict.
 * Between `minIntervalSeconds` and `maxIntervalSeconds`; below the minimum, where the user did not set it, once a copy may end any moment
 * (5 s) and once a fence is set (2 s). Never past a deadline or the end of a grace period.
 */
export function pollIntervalSeconds(
  { goal, settings }: Pick<Question, 'goal' | 'settings'>,
  assessment: Assessment,
  projectState: ProjectState,
  { verdict, reason, notLaterThan }: Judgement,
): number {
  if (verdict !== 'NOT_YET') return 0;
  const useful = usefulSeconds(goal, assessment, projectState, reason);
  const least = leastSeconds(goal, settings, useful);
  // A second less than the longest interval, which is between polls, and a poll takes time too.
  const most = Math.max(least, settings.maxIntervalSeconds - 1);
  const left = notLaterThan === null ? Number.POSITIVE_INFINITY : (notLaterThan - assessment.answeredAt) / 1000;
  return Math.max(1, Math.ceil(Math.min(most, Math.max(least, useful), left)));
}

function leastSeconds(goal: Goal, settings: WaitSettings, useful: number): number {
  const { minIntervalSeconds, intervalIsFixed } = settings;
  if (intervalIsFixed) return minIntervalSeconds;
  if (goal.type === 'DRAINED') return Math.min(minIntervalSeconds, DEFAULTS.fencedIntervalSeconds);
  return useful === NEAR ? Math.min(minIntervalSeconds, DEFAULTS.nearIntervalSeconds) : minIntervalSeconds;
}

/** A share of the time until something may happen, so that the delay is a share of it too. Unbounded; NEAR where it may happen any moment. */
function usefulSeconds(goal: Goal, assessment: Assessment, projectState: ProjectState, reason: Reason): number {
  if (assessment.outcome !== 'OK') return afterFailedPoll(goal, assessment, projectState);
  switch (assessment.statusClass) {
    case 'suspended':
    case 'failed':
    case 'unknown':
    case 'waiting':
      return Math.max(1, secondsSince(projectState.statusSince, assessment) / 4);
  }
  if (goal.type === 'DRAINED') return NEAR;
  if (goal.type === 'SYNCED' && assessment.phase === 'incremental')
    return untilHeld(goal, assessment, projectState, reason);
  return untilSwitchedOver(goal, assessment, projectState);
}

/** An operator starts the switchover whenever it suits; from its first step on it takes minutes, and the reverse checkpoint moves every 10 s. */
const SWITCHOVER_AWAITED_SECONDS = 60;
const SWITCHOVER_BEGUN_SECONDS = 10;

/** The end of what follows the copy: FINISHED too comes only with the switchover, or never. */
function untilSwitchedOver(goal: Goal, assessment: Assessment & { outcome: 'OK' }, projectState: ProjectState): number {
  switch (assessment.phase) {
    case 'incremental':
      return SWITCHOVER_AWAITED_SECONDS;
    case 'switchover':
      return SWITCHOVER_BEGUN_SECONDS;
    case 'reverse':
      return goal.type === 'SWITCHED' ? NEAR : SWITCHOVER_AWAITED_SECONDS;
    default:
      return untilCopyEnds(assessment, projectState);
  }
}

/** Rejected credentials are tried at the longest interval, so that a wrong password locks no account; the rest backs off to a minute. */
function afterFailedPoll(goal: Goal, { outcome }: Assessment, { series }: ProjectState): number {
  if (outcome === 'OmsRejectedCredentials') return Number.POSITIVE_INFINITY;
  return goal.type === 'DRAINED' ? NEAR : Math.min(60, 5 * 2 ** Math.min(series.noAnswer?.polls ?? 1, 10));
}

/** Above the limit at most so long, or a fifth of what is missing: lag falls at once when the source goes idle. */
const LAG_TOO_HIGH_SECONDS = 60;

function untilHeld(
  { maxLagSeconds, holdSeconds }: Goal & { type: 'SYNCED' },
  { lagSeconds: lag }: Assessment,
  { spans }: ProjectState,
  reason: Reason,
): number {
  const apart = maxPollGapMs(holdSeconds) / 1000 / 2;
  const newest = spans.at(-1);
  if (lag === null || newest === undefined || !newest.ready) return apart;
  if (lag > maxLagSeconds) {
    const before = spans.at(-2);
    const fell = before?.ready === true ? before.worstLagSeconds - lag : 0;
    const missing = lag - maxLagSeconds;
    // At the speed it fell between the last two polls; a target that catches up replays several seconds of log in one.
    const expected =
      before !== undefined && fell > 0 ? (0.7 * missing * (newest.to - before.to)) / 1000 / fell : missing / 2;
    return Math.min(Math.max(LAG_TOO_HIGH_SECONDS, missing / 5), expected);
  }
  // Equal steps that end when the hold is complete.
  const left = holdSeconds - (reason.code === 'NotHeldYet' ? reason.params.heldSeconds : 0);
  return left <= 0 ? 1 : left / Math.ceil(left / apart);
}

/** At 100 percent FINISHED usually follows at once; where it has not after this long, something else is being done. */
const SOON_AFTER_COPY_SECONDS = 300;

/** At most so long in the last percent: a copy that speeds up has no further percentage to show it. */
const LAST_PERCENT_SECONDS = 30;

function untilCopyEnds(assessment: Assessment & { outcome: 'OK' }, projectState: ProjectState): number {
  const { copyForecast, progress, stillSeconds } = assessment;
  if (copyForecast === null) {
    // What has lasted long may well continue.
    if (progress.enableFullMigration === true && progress.fullMigrationProgress !== 100)
      return Math.max(1, secondsSince(projectState.statusSince, assessment) / 3);
    return stillSeconds < SOON_AFTER_COPY_SECONDS ? NEAR : stillSeconds / 20;
  }
  const { earliestMs, latestMs } = copyForecast;
  const most = (projectState.marks.at(-1)?.percent ?? 0) < 99 ? Number.POSITIVE_INFINITY : LAST_PERCENT_SECONDS;
  if (earliestMs > 0) return Math.max(1, Math.min(most, (0.8 * earliestMs) / 1000));
  // Overdue: the longer it has been, the less a little more delay matters.
  return latestMs >= 0 ? NEAR : -latestMs / 1000 / 20;
}

function secondsSince(since: number | null, { answeredAt }: Assessment): number {
  return since === null ? 0 : (answeredAt - since) / 1000;
}
