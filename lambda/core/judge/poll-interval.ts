/** How long until the next look: slow while the end is far, quick when it is near, never past the moment at which a verdict changes by itself. */

import { DEFAULTS, type WaitSettings } from '../../contract/defaults';
import type { Goal } from '../../contract/goal';
import type { Observation } from '../model/progress';
import type { ProjectState } from '../model/project-state';
import { classOf, phaseOf } from '../model/status';
import { forecastCopy, heldWithin } from '../observe/history';
import { lagSecondsOf } from '../observe/lag';
import { stillSeconds } from '../observe/stall';
import { type Judgement, maxPollGapMs } from './judge';

/** The end may come any moment: look as often as is worth while. */
const NEAR = 0;

/**
 * Whole seconds, 1 at least, until the next look; 0 for a final verdict.
 * Between `minIntervalSeconds` and `maxIntervalSeconds`; below the minimum, where the user did not set it, once a copy may end any moment
 * (5 s) and once a fence is set (2 s). Never past a deadline or the end of a grace.
 */
export function pollIntervalSeconds(
  goal: Goal,
  settings: WaitSettings,
  projectState: ProjectState,
  observation: Observation,
  judgement: Judgement,
): number {
  if (judgement.verdict !== 'NOT_YET') return 0;
  const wanted = wantedSeconds(goal, projectState, observation);
  const least = leastSeconds(goal, settings, wanted);
  // A second less than the longest interval: it is looks that are to be no further apart, and a look takes time too.
  const most = Math.max(least, settings.maxIntervalSeconds - 1);
  const left =
    judgement.notLaterThan === null
      ? Number.POSITIVE_INFINITY
      : (judgement.notLaterThan - observation.answeredAt) / 1000;
  return Math.max(1, Math.ceil(Math.min(most, Math.max(least, wanted), left)));
}

function leastSeconds(goal: Goal, settings: WaitSettings, wanted: number): number {
  const { minIntervalSeconds, intervalIsFixed } = settings;
  if (intervalIsFixed) return minIntervalSeconds;
  if (goal.type === 'DRAINED') return Math.min(minIntervalSeconds, DEFAULTS.fencedIntervalSeconds);
  return wanted === NEAR ? Math.min(minIntervalSeconds, DEFAULTS.nearIntervalSeconds) : minIntervalSeconds;
}

/** A part of the time until something may happen, so that the delay is a part of it too. Unbounded; NEAR where it may happen any moment. */
function wantedSeconds(goal: Goal, projectState: ProjectState, observation: Observation): number {
  if (observation.outcome !== 'OK') return afterFailedPoll(goal, projectState, observation);
  const kind = classOf(observation.progress.status);
  if (kind === 'suspended' || kind === 'failed' || kind === 'unknown' || kind === 'waiting') {
    return Math.max(1, secondsSince(projectState.statusSince, observation) / 4);
  }
  if (goal.type === 'DRAINED') return NEAR;
  if (goal.type === 'SYNCED' && phaseOf(observation.progress.currentStep) === 'incremental') {
    return untilHeld(goal, projectState, lagSecondsOf(observation));
  }
  return untilSwitchedOver(goal, projectState, observation);
}

/** A person switches over in their own time; from the first step of it on it is minutes, and the reverse checkpoint moves every 10 s. */
const SWITCHOVER_AWAITED_SECONDS = 60;
const SWITCHOVER_BEGUN_SECONDS = 10;

/** The end of what follows the copy: FINISHED too comes only with the switchover, or never. */
function untilSwitchedOver(
  goal: Goal,
  projectState: ProjectState,
  observation: Observation & { outcome: 'OK' },
): number {
  switch (phaseOf(observation.progress.currentStep)) {
    case 'incremental':
      return SWITCHOVER_AWAITED_SECONDS;
    case 'switchover':
      return SWITCHOVER_BEGUN_SECONDS;
    case 'reverse':
      return goal.type === 'SWITCHED' ? NEAR : SWITCHOVER_AWAITED_SECONDS;
    default:
      return untilCopyEnds(projectState, observation);
  }
}

/** Refused credentials are tried at the slowest pace, so that a wrong password locks no account; the rest backs off to a minute. */
function afterFailedPoll(goal: Goal, projectState: ProjectState, observation: Observation): number {
  if (observation.outcome === 'OmsRejectedCredentials') return Number.POSITIVE_INFINITY;
  const polls = projectState.series.noAnswer?.polls ?? 1;
  return goal.type === 'DRAINED' ? NEAR : Math.min(60, 5 * 2 ** Math.min(polls, 10));
}

/** Above the limit at most so long, or a fifth of what is missing: lag falls at once when the source goes idle. */
const LAG_TOO_HIGH_SECONDS = 60;

function untilHeld(goal: Goal & { type: 'SYNCED' }, projectState: ProjectState, lag: number | null): number {
  const apart = maxPollGapMs(goal.holdSeconds) / 1000 / 2;
  const newest = projectState.spans.at(-1);
  if (lag === null || newest === undefined || !newest.ready) return apart;
  if (lag > goal.maxLagSeconds) {
    const before = projectState.spans.at(-2);
    const fell = before?.ready === true ? before.worstLagSeconds - lag : 0;
    const missing = lag - goal.maxLagSeconds;
    // At the speed it fell between the last two looks; a target that catches up works off several seconds of log in one.
    const wanted =
      before !== undefined && fell > 0 ? (0.7 * missing * (newest.to - before.to)) / 1000 / fell : missing / 2;
    return Math.min(Math.max(LAG_TOO_HIGH_SECONDS, missing / 5), wanted);
  }
  // Equal steps that end when the hold is full.
  const left =
    goal.holdSeconds - heldWithin(projectState.spans, goal.maxLagSeconds, maxPollGapMs(goal.holdSeconds)).seconds;
  return left <= 0 ? 1 : left / Math.ceil(left / apart);
}

/** Once at 100 percent FINISHED mostly follows at once; where it has not after this long, something else is being done. */
const SOON_AFTER_COPY_SECONDS = 300;

/** At most so long in the last percent: a copy that speeds up has nothing left there to show it by. */
const LAST_PERCENT_SECONDS = 30;

function untilCopyEnds(projectState: ProjectState, observation: Observation): number {
  const forecast = forecastCopy(projectState.marks, projectState.activeMs);
  if (forecast === null) {
    // What has lasted long may well go on so.
    if (isBeforeTheCopy(projectState)) return Math.max(1, secondsSince(projectState.statusSince, observation) / 3);
    const still = stillSeconds(projectState);
    return still < SOON_AFTER_COPY_SECONDS ? NEAR : still / 20;
  }
  const { earliestMs, latestMs } = forecast;
  const most = (projectState.marks.at(-1)?.percent ?? 0) < 99 ? Number.POSITIVE_INFINITY : LAST_PERCENT_SECONDS;
  if (earliestMs > 0) return Math.max(1, Math.min(most, (0.8 * earliestMs) / 1000));
  // Overdue: the longer it has been, the less a little more delay weighs.
  return latestMs >= 0 ? NEAR : -latestMs / 1000 / 20;
}

function isBeforeTheCopy({ progress }: ProjectState): boolean {
  return progress?.enableFullMigration === true && progress.fullMigrationProgress !== 100;
}

function secondsSince(since: number | null, observation: Observation): number {
  return since === null ? 0 : (observation.answeredAt - since) / 1000;
}
