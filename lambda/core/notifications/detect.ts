/** Which changes a look brings: status by comparison, health by its beginning and its end, with room in between where a value wavers, so that it does not flap. */

import { LAG_THRESHOLD_SECONDS, RESUMABLE_SECONDS } from '../../contract/defaults';
import type { FailedOutcome } from '../../contract/oms';
import type { Judgement, Question } from '../judge/judge';
import { messageOf } from '../judge/words';
import { type Change, type ChangeKind, standing, withinBounds } from '../model/change';
import { formatDuration, iso } from '../model/duration';
import type { Observation } from '../model/progress';
import type { Notified, ProjectState } from '../model/project-state';
import { classOf, phaseOf } from '../model/status';
import { isStalled, stillSeconds } from '../observe/stall';
import { hasVanished } from '../observe/vanished';
import { rollbackPath } from './rollback-path';

/** Told when no valid answer came for so many looks and so long. */
const UNREACHABLE_LOOKS = 3;
const UNREACHABLE_MS = 60_000;
/** Looks in a row past the threshold before lag is told, and under `CAUGHT_UP_SHARE` of it before its end is. */
const LAG_LOOKS = 3;
const CAUGHT_UP_SHARE = 0.7;
/** Percent of the resumable time at which a stopped project is told of again. */
const EXPIRY_TELLS = [50, 80, 95] as const;

/** What a look brings, before the facts it is told with. */
export interface Found {
  readonly kind: ChangeKind;
  readonly detail?: string;
  readonly since?: number;
  readonly outcome?: FailedOutcome;
  readonly from?: string;
  readonly to?: string;
}

export interface Asked {
  readonly question: Question;
  readonly judgement: Judgement;
  /** Names the wait; null where nobody waits (a scheduled check, a single look). */
  readonly waitId: string | null;
  /** ARN of the execution that waits, where one is known. */
  readonly execution?: string;
}

/** The item with its new changes pending, in the same write as the state that caused them. */
export function withChanges(
  before: ProjectState | undefined,
  after: ProjectState,
  observation: Observation,
  lagSeconds: number | null,
  eta: number | null,
  asked: Asked,
): ProjectState {
  const found: Found[] = [];
  const notified = { ...after.notified };
  status(before, after, observation, found, notified);
  answers(after, observation, found, notified);
  if (observation.outcome === 'OK') {
    movement(after, found, notified);
    lagging(after, observation, lagSeconds, found, notified);
    expiry(after, observation, found, notified);
  }
  rollbackPath(after, observation, found, notified);
  wishes(asked, found, notified);
  if (found.length === 0) return { ...after, notified };
  const facts = {
    project: after.project,
    at: observation.answeredAt,
    ...standing(after.progress),
    lagSeconds,
    eta,
    said: observation.said,
    ...(asked.execution === undefined ? {} : { execution: asked.execution }),
  };
  const changes: Change[] = found.map((one, i) => ({
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
  observation: Observation,
  found: Found[],
  notified: Writable<Notified>,
): void {
  if (observation.outcome !== 'OK') return;
  const was = before?.progress?.status;
  const is = observation.progress.status;
  if (was === is) return;
  delete notified.expiring;
  delete notified.stalled;
  if (was !== undefined) {
    found.push({ kind: 'status', from: was, to: is, ...(before?.statusSince ? { since: before.statusSince } : {}) });
    return;
  }
  const kind = classOf(is);
  if (kind !== 'waiting' && kind !== 'running' && kind !== 'finished') {
    found.push({ kind: 'found', detail: `first seen ${is}`, since: after.statusSince ?? observation.answeredAt });
  }
}

function answers(after: ProjectState, observation: Observation, found: Found[], notified: Writable<Notified>): void {
  const { noAnswer, credentials } = after.series;
  const problem = observation.outcome === 'OK' ? '' : observation.problem;
  if (credentials !== undefined && notified.credentials !== true) {
    notified.credentials = true;
    found.push({ kind: 'credentials-refused', detail: problem, since: credentials.since });
  } else if (
    observation.outcome !== 'OK' &&
    noAnswer !== undefined &&
    credentials === undefined &&
    notified.unreachable !== true &&
    noAnswer.polls >= UNREACHABLE_LOOKS &&
    noAnswer.last - noAnswer.since >= UNREACHABLE_MS
  ) {
    notified.unreachable = true;
    found.push({ kind: 'unreachable', detail: problem, since: noAnswer.since, outcome: observation.outcome });
  }
  const vanished = hasVanished(after.progress, observation);
  // Who says that a project is not known any more has heard us out: that much of OMS is well.
  if (observation.outcome !== 'OK' && !vanished) return;
  if (notified.credentials === true) found.push({ kind: 'credentials-accepted' });
  if (notified.unreachable === true) found.push({ kind: 'answering' });
  delete notified.credentials;
  delete notified.unreachable;
  if (!vanished) {
    if (notified.vanished === true) found.push({ kind: 'back' });
    delete notified.vanished;
  } else if (notified.vanished !== true && classOf(after.progress?.status ?? '') !== 'gone') {
    // A project that was told to be released or deleted is expected to go.
    notified.vanished = true;
    const lastKnown = after.progressAt === null ? '' : `OMS last knew it at ${iso(after.progressAt)}; `;
    found.push({ kind: 'vanished', detail: `${lastKnown}${problem}` });
  }
}

function movement(after: ProjectState, found: Found[], notified: Writable<Notified>): void {
  const still = stillSeconds(after);
  if (notified.stalled !== true && isStalled(after)) {
    notified.stalled = true;
    found.push({
      kind: 'stalled',
      detail: `no percent and no checkpoint has moved for ${formatDuration(still)} of running`,
    });
  } else if (notified.stalled === true && still === 0) {
    delete notified.stalled;
    found.push({ kind: 'moving' });
  }
}

function lagging(
  after: ProjectState,
  observation: Observation,
  lagSeconds: number | null,
  found: Found[],
  notified: Writable<Notified>,
): void {
  const phase = observation.outcome === 'OK' ? phaseOf(observation.progress.currentStep) : 'unknown';
  const importance = after.progress?.importance ?? 'MEDIUM';
  const threshold = LAG_THRESHOLD_SECONDS[importance];
  // Somebody has said in OMS that it does not matter: then its end is no news either.
  if (threshold === null) delete notified.lagging;
  const follows = phase === 'incremental' || phase === 'reverse';
  const past =
    threshold !== null &&
    follows &&
    lagSeconds !== null &&
    (notified.lagging === true ? lagSeconds <= threshold * CAUGHT_UP_SHARE : lagSeconds > threshold);
  const polls = past ? (notified.lagPolls ?? 0) + 1 : 0;
  if (polls < LAG_LOOKS) {
    if (polls === 0) delete notified.lagPolls;
    else notified.lagPolls = polls;
    return;
  }
  delete notified.lagPolls;
  if (notified.lagging === true) {
    delete notified.lagging;
    found.push({
      kind: 'caught-up',
      detail: `lag ${lagSeconds} s, the threshold for importance ${importance} is ${threshold} s`,
    });
  } else {
    notified.lagging = true;
    found.push({
      kind: 'lagging',
      detail: `lag ${lagSeconds} s, the threshold for importance ${importance} is ${threshold} s`,
    });
  }
}

/** OMS cannot resume a project that was stopped too long: each share of that time is told once. */
function expiry(after: ProjectState, observation: Observation, found: Found[], notified: Writable<Notified>): void {
  const kind = classOf(after.progress?.status ?? '');
  if ((kind !== 'suspended' && kind !== 'failed') || after.statusSince === null) return;
  const stoppedSeconds = (observation.answeredAt - after.statusSince) / 1000;
  const due = EXPIRY_TELLS.filter((percent) => stoppedSeconds >= (RESUMABLE_SECONDS * percent) / 100).at(-1);
  if (due === undefined || due <= (notified.expiring ?? 0)) return;
  notified.expiring = due;
  const left = RESUMABLE_SECONDS - stoppedSeconds;
  const rest =
    left > 0
      ? `about ${formatDuration(left)} left in which OMS can resume it`
      : 'OMS may no longer be able to resume it';
  found.push({
    kind: 'expiring',
    detail: `${after.progress?.status} for ${formatDuration(stoppedSeconds)}; ${rest}`,
    since: after.statusSince,
  });
}

/** What somebody who waits wants to hear. Reaching FINISHED is told by the status change alone. */
function wishes({ question, judgement, waitId }: Asked, found: Found[], notified: Writable<Notified>): void {
  if (waitId === null) return;
  if (judgement.reason.code === 'MayNeverFinish' && notified.mayNeverFinish !== true) {
    notified.mayNeverFinish = true;
    found.push({ kind: 'may-never-finish', detail: messageOf(judgement.reason) });
  }
  if (judgement.verdict === 'MET' && question.goal.type !== 'FINISHED' && notified.goalMetFor !== waitId) {
    notified.goalMetFor = waitId;
    found.push({ kind: 'goal-met', detail: `${question.goal.type}: ${messageOf(judgement.reason)}` });
  }
}

type Writable<T> = { -readonly [K in keyof T]: T[K] };
