/** Which changes an observation brings: status by comparison, health by its beginning and its end, with hysteresis so that a value about its threshold does not flap. */

import { LAG_THRESHOLD_SECONDS, RESUMABLE_SECONDS } from '../../contract/defaults';
import type { Judgement, Question } from '../judge/judge';
import { type Change, type Detected, standing, withinBounds } from '../model/change';
import type { Notified, ProjectState } from '../model/project-state';
import { classOf } from '../model/status';
import type { Assessment } from '../observe/assessment';
import { rollbackPath } from './rollback-path';

/** `unreachable` takes so many failed polls in a row, over so long. */
export const UNREACHABLE_POLLS = 3;
export const UNREACHABLE_MS = 60_000;
/** Polls in a row past the threshold for `lagging`, and below `CAUGHT_UP_SHARE` of it for `caught-up`. */
const LAG_POLLS = 3;
const CAUGHT_UP_SHARE = 0.7;
/** Percent of the resumable time at which `expiring` is due. */
const EXPIRY_PERCENTS = [50, 80, 95] as const;

/** What was asked of this check, and its answer. */
interface Judged {
  readonly question: Question;
  readonly judgement: Judgement;
  /** Names the wait; null without one (a scheduled or a single check). */
  readonly waitId: string | null;
  /** ARN of the execution that waits, where one is known. */
  readonly execution?: string;
  /** OMS as a whole fails, which is notified once for all projects. */
  readonly consoleFails?: boolean;
}

/** The project state with its new changes pending, for the same write as the state that caused them. */
export function withChanges(
  before: ProjectState | undefined,
  after: ProjectState,
  assessment: Assessment,
  judged: Judged,
): ProjectState {
  const detected: Detected[] = [];
  const notified = { ...after.notified };
  status(before, after, assessment, detected, notified);
  if (judged.consoleFails !== true) answers(after, assessment, detected, notified);
  if (assessment.outcome === 'OK') {
    movement(assessment, detected, notified);
    lagging(after, assessment, detected, notified);
    expiry(after, assessment, detected, notified);
  }
  rollbackPath(after, assessment, detected, notified);
  waitChanges(judged, detected, notified);
  if (detected.length === 0) return { ...after, notified };
  const facts = {
    project: after.project,
    at: assessment.answeredAt,
    ...standing(after.progress),
    lagSeconds: assessment.lagSeconds,
    eta: assessment.eta,
    said: assessment.said,
    anomalies: assessment.anomalies.filter(({ foundIn }) => foundIn !== undefined),
    ...(judged.execution === undefined ? {} : { execution: judged.execution }),
  };
  const changes: Change[] = detected.map((one, i) => ({
    id: `${after.writeId}-${i + 1}`,
    sequence: after.sequence + i + 1,
    ...facts,
    ...one,
  }));
  return {
    ...after,
    notified,
    sequence: after.sequence + changes.length,
    pending: withinBounds([...after.pending, ...changes]),
  };
}

function status(
  before: ProjectState | undefined,
  after: ProjectState,
  assessment: Assessment,
  detected: Detected[],
  notified: Writable<Notified>,
): void {
  if (assessment.outcome !== 'OK') return;
  const was = before?.progress?.status;
  const is = assessment.progress.status;
  if (was === is) return;
  delete notified.expiring;
  delete notified.stalled;
  if (was !== undefined) {
    detected.push({ kind: 'status', params: { from: was, to: is, since: before?.statusSince ?? null } });
    return;
  }
  const kind = assessment.statusClass;
  if (kind !== 'waiting' && kind !== 'running' && kind !== 'finished') {
    detected.push({ kind: 'first-seen', params: { since: after.statusSince ?? assessment.answeredAt } });
  }
}

function answers(
  after: ProjectState,
  assessment: Assessment,
  detected: Detected[],
  notified: Writable<Notified>,
): void {
  const { noAnswer, credentials } = after.series;
  const problem = assessment.outcome === 'OK' ? '' : assessment.problem;
  if (credentials !== undefined && notified.credentials !== true) {
    notified.credentials = true;
    detected.push({ kind: 'credentials-rejected', params: { problem, since: credentials.since } });
  } else if (
    assessment.outcome !== 'OK' &&
    noAnswer !== undefined &&
    credentials === undefined &&
    notified.unreachable !== true &&
    noAnswer.polls >= UNREACHABLE_POLLS &&
    noAnswer.last - noAnswer.since >= UNREACHABLE_MS
  ) {
    notified.unreachable = true;
    detected.push({ kind: 'unreachable', params: { outcome: assessment.outcome, problem, since: noAnswer.since } });
  }
  const gone = assessment.hasVanished;
  // An OMS that answers that the project does not exist is reachable and has accepted the credentials.
  if (assessment.outcome !== 'OK' && !gone) return;
  if (notified.credentials === true) detected.push({ kind: 'credentials-accepted', params: {} });
  if (notified.unreachable === true) detected.push({ kind: 'reachable', params: {} });
  delete notified.credentials;
  delete notified.unreachable;
  if (!gone) {
    if (notified.gone === true) detected.push({ kind: 'found-again', params: {} });
    delete notified.gone;
  } else if (notified.gone !== true && classOf(after.progress?.status ?? '') !== 'gone') {
    // After RELEASED or DELETED it is expected, and already notified.
    notified.gone = true;
    detected.push({ kind: 'gone-from-oms', params: { problem, lastSeenAt: after.progressAt } });
  }
}

function movement({ stillSeconds, isStalled }: Assessment, detected: Detected[], notified: Writable<Notified>): void {
  if (notified.stalled !== true && isStalled) {
    notified.stalled = true;
    detected.push({ kind: 'stalled', params: { stillSeconds } });
  } else if (notified.stalled === true && stillSeconds === 0) {
    delete notified.stalled;
    detected.push({ kind: 'progressing', params: {} });
  }
}

function lagging(
  after: ProjectState,
  { lagSeconds, phase }: Assessment,
  detected: Detected[],
  notified: Writable<Notified>,
): void {
  const importance = after.progress?.importance ?? 'MEDIUM';
  const threshold = LAG_THRESHOLD_SECONDS[importance];
  // Without a threshold the end of a lag is not worth a notification either.
  if (threshold === null) delete notified.lagging;
  const follows = phase === 'incremental' || phase === 'reverse';
  const wasLagging = notified.lagging === true;
  const past =
    threshold !== null &&
    follows &&
    lagSeconds !== null &&
    (wasLagging ? lagSeconds <= threshold * CAUGHT_UP_SHARE : lagSeconds > threshold);
  const polls = past ? (notified.lagPolls ?? 0) + 1 : 0;
  if (!past || polls < LAG_POLLS) {
    if (polls === 0) delete notified.lagPolls;
    else notified.lagPolls = polls;
    return;
  }
  delete notified.lagPolls;
  if (wasLagging) delete notified.lagging;
  else notified.lagging = true;
  detected.push({
    kind: wasLagging ? 'caught-up' : 'lagging',
    params: { lagSeconds, thresholdSeconds: threshold, importance },
  });
}

/** OMS cannot resume a project that was stopped too long: one change for each share of that time. */
function expiry(after: ProjectState, assessment: Assessment, detected: Detected[], notified: Writable<Notified>): void {
  const kind = assessment.statusClass;
  if ((kind !== 'suspended' && kind !== 'failed') || after.statusSince === null) return;
  const stoppedSeconds = (assessment.answeredAt - after.statusSince) / 1000;
  const due = EXPIRY_PERCENTS.filter((percent) => stoppedSeconds >= (RESUMABLE_SECONDS * percent) / 100).at(-1);
  if (due === undefined || due <= (notified.expiring ?? 0)) return;
  notified.expiring = due;
  detected.push({
    kind: 'expiring',
    params: { since: after.statusSince, leftSeconds: RESUMABLE_SECONDS - stoppedSeconds },
  });
}

/** What only a wait can detect. Reaching FINISHED is a change of status already. */
function waitChanges(
  { question, judgement, waitId }: Judged,
  detected: Detected[],
  notified: Writable<Notified>,
): void {
  if (waitId === null) return;
  if (judgement.reason.code === 'MayNeverFinish' && notified.mayNeverFinish !== true) {
    notified.mayNeverFinish = true;
    detected.push({ kind: 'may-never-finish', params: {} });
  }
  if (judgement.verdict === 'MET' && question.goal.type !== 'FINISHED' && notified.goalMetFor !== waitId) {
    notified.goalMetFor = waitId;
    detected.push({ kind: 'goal-met', params: { goal: question.goal.type, reason: judgement.reason } });
  }
}

type Writable<T> = { -readonly [K in keyof T]: T[K] };
