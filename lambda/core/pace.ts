/** How long until the next look: slow while the end is far, quick when it is near, never past the moment at which a verdict changes by itself. */
import type { Goal } from './goal';
import { forecastCopy } from './history';
import type { Judgement } from './judge';
import { maxLookGapMs } from './judge';
import { lagSecondsOf } from './lag';
import type { Latest } from './latest';
import type { Look } from './progress';
import { DEFAULTS, type WaitSettings } from './settings';
import { classOf, phaseOf } from './status';

/**
 * Whole seconds, 1 at least, until the next look; 0 for a final verdict.
 * Between `minIntervalSeconds` and `maxIntervalSeconds`, but for what must not be slept past, and 2 s once a fence is set.
 */
export function paceSeconds(
  goal: Goal,
  settings: WaitSettings,
  latest: Latest,
  look: Look,
  judgement: Judgement,
): number {
  if (judgement.verdict !== 'NOT_YET') return 0;
  const min =
    goal.type === 'DRAINED' && !settings.intervalIsFixed ? DEFAULTS.fencedIntervalSeconds : settings.minIntervalSeconds;
  const max = Math.max(min, settings.maxIntervalSeconds);
  const wanted = Math.min(max, Math.max(min, wantedSeconds(goal, latest, look)));
  const left =
    judgement.notLaterThan === null ? Number.POSITIVE_INFINITY : (judgement.notLaterThan - look.answeredAt) / 1000;
  return Math.max(1, Math.ceil(Math.min(wanted, left)));
}

/** A part of the time until something may happen, so that the delay is a part of it too. Unbounded. */
function wantedSeconds(goal: Goal, latest: Latest, look: Look): number {
  if (look.outcome !== 'OK') return afterFailedLook(goal, latest, look);
  const kind = classOf(look.progress.status);
  if (kind === 'suspended' || kind === 'failed' || kind === 'unknown' || kind === 'waiting') {
    return secondsSince(latest.statusSince, look) / 4;
  }
  if (goal.type === 'DRAINED') return 0;
  if (goal.type === 'SYNCED' && phaseOf(look.progress.currentStep) === 'incremental') {
    const lag = lagSecondsOf(look);
    if (lag === null) return maxLookGapMs(goal.holdSeconds) / 2000;
    // While holding: well within the widest distance a hold allows. Above: it can fall no faster than time passes, unless the source goes idle.
    return lag <= goal.maxLagSeconds
      ? Math.min(maxLookGapMs(goal.holdSeconds) / 2000, goal.holdSeconds / 4)
      : (lag - goal.maxLagSeconds) / 4;
  }
  return untilCopyEnds(latest, look);
}

/** Refused credentials are tried at the slowest pace, so that a wrong password locks no account; the rest backs off to a minute. */
function afterFailedLook(goal: Goal, latest: Latest, look: Look): number {
  if (look.outcome === 'OmsRejectedCredentials') return Number.POSITIVE_INFINITY;
  const looks = latest.series.noAnswer?.looks ?? 1;
  return goal.type === 'DRAINED' ? 0 : Math.min(60, 5 * 2 ** Math.min(looks, 10));
}

function untilCopyEnds(latest: Latest, look: Look): number {
  const forecast = forecastCopy(latest.marks, latest.activeMs);
  // Since anything moved, or, before the copy has a percent, since the project runs: what has lasted long may well go on so.
  const still = (latest.activeMs - latest.movedAtActiveMs) / 1000;
  if (forecast === null) return (isBeforeTheCopy(latest) ? secondsSince(latest.statusSince, look) : still) / 10;
  const untilEarliest = forecast.earliestMs / 1000;
  if (untilEarliest > 0) return untilEarliest / 3;
  // Overdue: the longer it has been, the less a little more delay weighs.
  return still / 20;
}

function isBeforeTheCopy({ progress }: Latest): boolean {
  return progress?.enableFullMigration === true && progress.fullMigrationProgress !== 100;
}

function secondsSince(since: number | null, look: Look): number {
  return since === null ? 0 : (look.answeredAt - since) / 1000;
}
