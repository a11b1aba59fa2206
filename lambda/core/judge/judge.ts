/** Is the goal reached? Pure: the latest item after a look, the look and a goal in; a verdict and its reason out. */
import type { Reason, Verdict } from '../../contract/check-result';
import type { WaitSettings } from '../../contract/defaults';
import type { Goal } from '../../contract/goal';
import type { Anomaly } from '../../contract/oms';
import { formatDuration, iso } from '../model/duration';
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

/** Two at once: MET, then what the migration or OMS did, then the deadline. */
export function judge(
  question: Question,
  projectState: ProjectState,
  observation: Observation,
  anomalies: readonly Anomaly[],
): Judgement {
  const { goal, deadlineAt } = question;
  const toward = progressTowards(goal, projectState, observation, anomalies);
  if (toward.met) return { verdict: 'MET', reason: toward.reason, notLaterThan: null };
  const found = trouble(question, projectState, observation);
  if (found?.failed) return { verdict: 'FAILED', reason: found.reason, notLaterThan: null };
  const reason = found?.reason ?? toward.reason;
  if (found === null && toward.reason.code === 'GoalUnreachable')
    return { verdict: 'FAILED', reason, notLaterThan: null };
  if (deadlineAt !== null && observation.answeredAt >= deadlineAt) {
    const last = `last seen: ${reason.message}`;
    return {
      verdict: 'FAILED',
      reason: { code: 'DeadlineExceeded', message: `not ${goal.type} by ${iso(deadlineAt)}; ${last}` },
      notLaterThan: null,
    };
  }
  const ends = [deadlineAt, found?.failsAt ?? null].filter((at) => at !== null);
  return { verdict: 'NOT_YET', reason, notLaterThan: ends.length === 0 ? null : Math.min(...ends) };
}

interface Toward {
  readonly met: boolean;
  readonly reason: Reason;
}

const met = (code: string, message: string): Toward => ({ met: true, reason: { code, message } });
const notYet = (code: string, message: string): Toward => ({ met: false, reason: { code, message } });

function progressTowards(
  goal: Goal,
  projectState: ProjectState,
  observation: Observation,
  anomalies: readonly Anomaly[],
): Toward {
  if (goal.type === 'FINISHED') return finished(projectState, observation);
  if (goal.type === 'SWITCHED') return switched(projectState, observation, anomalies);
  if (observation.outcome === 'OK' && classOf(observation.progress.status) === 'finished') {
    return notYet(
      'GoalUnreachable',
      `the project is FINISHED: it no longer follows its source, so it cannot become ${goal.type}`,
    );
  }
  if (observation.outcome === 'OK' && observation.progress.enableIncrSync === false) {
    return notYet(
      'GoalUnreachable',
      `incremental synchronisation is off, so the project cannot become ${goal.type}; wait for FINISHED`,
    );
  }
  const closed = closedBecause(observation, anomalies);
  if (closed !== null) return { met: false, reason: closed };
  return goal.type === 'SYNCED' ? synced(goal, projectState, observation) : drained(goal, projectState, observation);
}

function finished(projectState: ProjectState, observation: Observation): Toward {
  if (observation.outcome !== 'OK') return notYet('NoAnswer', observation.problem);
  const { progress } = observation;
  const kind = classOf(progress.status);
  if (kind === 'finished') return met('Finished', 'the project is FINISHED');
  const where = whereItIs(projectState);
  if (progress.enableIncrSync === true && (kind === 'running' || kind === 'waiting')) {
    const advice = 'incremental synchronisation is on, so it may stay RUNNING for ever; to cut over wait for SYNCED';
    return notYet('MayNeverFinish', `${where}; ${advice}`);
  }
  if (isStalled(projectState)) {
    return notYet(
      'Stalled',
      `${where}; nothing has moved for ${formatDuration(stillSeconds(projectState))}: look at the step in the OMS console`,
    );
  }
  return notYet(kind === 'waiting' ? 'NotStarted' : 'NotFinished', where);
}

/** `RUNNING, FULL_MIGRATION 63 %, about 2 h 10 min to go`. */
export function whereItIs(projectState: ProjectState): string {
  const { progress } = projectState;
  if (progress === null) return 'nothing is known of it yet';
  const forecast =
    classOf(progress.status) === 'running' ? forecastCopy(projectState.marks, projectState.activeMs) : null;
  const full = phaseOf(progress.currentStep) === 'full' && progress.fullMigrationProgress !== null;
  const toGo = forecast === null ? '' : `, about ${formatDuration(forecast.likelyMs / 1000)} of copying to go`;
  const step = progress.currentStep === null ? '' : `, ${progress.currentStep}`;
  return `${progress.status}${step}${full ? ` ${progress.fullMigrationProgress} %` : ''}${toGo}`;
}

function synced(goal: Goal & { type: 'SYNCED' }, projectState: ProjectState, observation: Observation): Toward {
  const { maxLagSeconds, holdSeconds } = goal;
  const needs = `needs ${maxLagSeconds} s or less, for ${formatDuration(holdSeconds)}`;
  const best = projectState.bestLagSeconds === null ? '' : `; best so far ${projectState.bestLagSeconds} s`;
  const newest = projectState.spans.at(-1);
  if (isTooFarAhead(observation)) {
    return notYet(
      'LagUnknown',
      `OMS's clock is ${formatDuration((observation.clockSkewMs ?? 0) / 1000)} ahead of ours, so the lag is not known; let both follow the same time servers (NTP)`,
    );
  }
  if (newest === undefined || !newest.ready) {
    const since = projectState.checkpointSince;
    const age = since === null ? 0 : observation.answeredAt - since;
    return age >= STALE_CHECKPOINT_MS
      ? notYet(
          'CheckpointNotMoving',
          `the checkpoint has not moved for ${formatDuration(age / 1000)}; an idle source may be why: write a marker row there`,
        )
      : notYet('CheckpointUnknown', 'the checkpoint lies in the future, so the lag is not known');
  }
  // The lag of this look, not the worst of the span it was merged into: a merged span is never the newest unless nothing in it was fit.
  if (newest.worstLagSeconds > maxLagSeconds)
    return notYet('LagTooHigh', `lag ${newest.worstLagSeconds} s, ${needs}${best}`);
  const held = heldWithin(projectState.spans, maxLagSeconds, maxPollGapMs(holdSeconds));
  if (held.seconds < holdSeconds || held.checkpoints < MIN_CHECKPOINTS) {
    const apart = projectState.spans.at(-2)?.to;
    const widest = maxPollGapMs(holdSeconds);
    const tooRare =
      apart !== undefined && newest.from - apart > widest
        ? `; this look came ${formatDuration((newest.from - apart) / 1000)} after the one before, and a hold goes on only within ${formatDuration(widest / 1000)}`
        : '';
    const seen = `held for ${formatDuration(held.seconds)} over ${held.checkpoints} checkpoint${held.checkpoints === 1 ? '' : 's'}`;
    return notYet(
      'NotHeldYet',
      `lag ${newest.worstLagSeconds} s, ${needs} and over ${MIN_CHECKPOINTS} checkpoints; ${seen}${tooRare}${best}`,
    );
  }
  return met(
    'Synced',
    `lag ${newest.worstLagSeconds} s, within ${maxLagSeconds} s for ${formatDuration(held.seconds)} over ${held.checkpoints} checkpoints`,
  );
}

/** A hold needs at least so many different checkpoints: one value seen often proves nothing. */
const MIN_CHECKPOINTS = 3;

/** How far apart the looks of a hold may be. */
export function maxPollGapMs(holdSeconds: number): number {
  return Math.max(30_000, holdSeconds * 500);
}

function drained(goal: Goal & { type: 'DRAINED' }, projectState: ProjectState, observation: Observation): Toward {
  // On both clocks the look must have begun after the fence: what OMS said before proves nothing about the last writes.
  const skew = skewRange(observation, projectState.clockSkewMs);
  const behind = Math.min(0, skew?.most ?? 0);
  const beganAt = observation.requestedAt + behind;
  if (beganAt <= goal.writesStoppedAt) {
    const whose = behind < 0 ? ' by the clock of OMS, which is behind ours,' : '';
    return notYet(
      'LookBeforeFence',
      `this look began at ${iso(beganAt)}${whose} before writes stopped at ${iso(goal.writesStoppedAt)}`,
    );
  }
  const checkpoint = observation.outcome === 'OK' ? observation.progress.incrSyncCheckpoint : null;
  if (checkpoint === null) return notYet('CheckpointUnknown', 'OMS gave no usable incremental checkpoint');
  if (!isPlausible(checkpoint, observation)) {
    return notYet('CheckpointImplausible', `checkpoint ${iso(checkpoint * 1000)} is more than 60 s in the future`);
  }
  // A fence with a margin was read on another clock than the source's. As far as OMS says that its own, with the checkpoints, is ahead of ours,
  // the checkpoint has to be later; never earlier, for skew may only tighten the gate. Without a margin the source itself said when.
  const aheadMs = goal.marginSeconds === 0 ? 0 : Math.max(0, skew?.least ?? 0);
  const needed = goal.writesStoppedAt + goal.marginSeconds * 1000 + aheadMs;
  // A second is as fine as the header is.
  const ahead = aheadMs < 1000 ? '' : `, OMS's clock ahead by ${Math.ceil(aheadMs / 1000)} s`;
  const fence = `${iso(needed)} (writes stopped ${iso(goal.writesStoppedAt)}, margin ${goal.marginSeconds} s${ahead})`;
  if (checkpoint * 1000 > needed) return met('Drained', `checkpoint ${iso(checkpoint * 1000)} is past ${fence}`);
  const missing = `checkpoint ${iso(checkpoint * 1000)}, needs to be past ${fence}`;
  const still = projectState.checkpointSince === null ? 0 : observation.answeredAt - projectState.checkpointSince;
  if (still >= STALE_CHECKPOINT_MS) {
    return notYet(
      'CheckpointNotMoving',
      `${missing}; it has not moved for ${formatDuration(still / 1000)}: on an idle source write a marker row`,
    );
  }
  return notYet('NotDrained', missing);
}
