/** Which changes a look brings: status by comparison, health by its beginning and its end, with room in between where a value wavers, so that it does not flap. */

import { LAG_THRESHOLD_SECONDS, RESUMABLE_SECONDS } from '../../contract/defaults';
import type { FailedOutcome } from '../../contract/oms';
import type { Judgement, Question } from '../judge/judge';
import { type Change, type ChangeKind, standing, withinBounds } from '../model/change';
import { formatDuration, iso } from '../model/duration';
import type { Look } from '../model/progress';
import type { Latest, Told } from '../model/project-state';
import { classOf, phaseOf } from '../model/status';
import { isStalled, stillSeconds } from '../observe/stall';
import { hasVanished } from '../observe/vanished';
import { wayBack } from './rollback-path';

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
  before: Latest | undefined,
  after: Latest,
  look: Look,
  lagSeconds: number | null,
  eta: number | null,
  asked: Asked,
): Latest {
  const found: Found[] = [];
  const told = { ...after.told };
  status(before, after, look, found, told);
  answers(after, look, found, told);
  if (look.outcome === 'OK') {
    movement(after, found, told);
    lagging(after, look, lagSeconds, found, told);
    expiry(after, look, found, told);
  }
  wayBack(after, look, found, told);
  wishes(asked, found, told);
  if (found.length === 0) return { ...after, told };
  const facts = {
    project: after.project,
    at: look.answeredAt,
    ...standing(after.progress),
    lagSeconds,
    eta,
    said: look.said,
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
    told,
    sequence: after.sequence + changes.length,
    pending: withinBounds([...after.pending, ...changes]),
  };
}

function status(before: Latest | undefined, after: Latest, look: Look, found: Found[], told: Writable<Told>): void {
  if (look.outcome !== 'OK') return;
  const was = before?.progress?.status;
  const is = look.progress.status;
  if (was === is) return;
  delete told.expiring;
  delete told.stalled;
  if (was !== undefined) {
    found.push({ kind: 'status', from: was, to: is, ...(before?.statusSince ? { since: before.statusSince } : {}) });
    return;
  }
  const kind = classOf(is);
  if (kind !== 'waiting' && kind !== 'running' && kind !== 'finished') {
    found.push({ kind: 'found', detail: `first seen ${is}`, since: after.statusSince ?? look.answeredAt });
  }
}

function answers(after: Latest, look: Look, found: Found[], told: Writable<Told>): void {
  const { noAnswer, credentials } = after.series;
  const problem = look.outcome === 'OK' ? '' : look.problem;
  if (credentials !== undefined && told.credentials !== true) {
    told.credentials = true;
    found.push({ kind: 'credentials-refused', detail: problem, since: credentials.since });
  } else if (
    look.outcome !== 'OK' &&
    noAnswer !== undefined &&
    credentials === undefined &&
    told.unreachable !== true &&
    noAnswer.looks >= UNREACHABLE_LOOKS &&
    noAnswer.last - noAnswer.since >= UNREACHABLE_MS
  ) {
    told.unreachable = true;
    found.push({ kind: 'unreachable', detail: problem, since: noAnswer.since, outcome: look.outcome });
  }
  const vanished = hasVanished(after.progress, look);
  // Who says that a project is not known any more has heard us out: that much of OMS is well.
  if (look.outcome !== 'OK' && !vanished) return;
  if (told.credentials === true) found.push({ kind: 'credentials-accepted' });
  if (told.unreachable === true) found.push({ kind: 'answering' });
  delete told.credentials;
  delete told.unreachable;
  if (!vanished) {
    if (told.vanished === true) found.push({ kind: 'back' });
    delete told.vanished;
  } else if (told.vanished !== true && classOf(after.progress?.status ?? '') !== 'gone') {
    // A project that was told to be released or deleted is expected to go.
    told.vanished = true;
    const lastKnown = after.progressAt === null ? '' : `OMS last knew it at ${iso(after.progressAt)}; `;
    found.push({ kind: 'vanished', detail: `${lastKnown}${problem}` });
  }
}

function movement(after: Latest, found: Found[], told: Writable<Told>): void {
  const still = stillSeconds(after);
  if (told.stalled !== true && isStalled(after)) {
    told.stalled = true;
    found.push({
      kind: 'stalled',
      detail: `no percent and no checkpoint has moved for ${formatDuration(still)} of running`,
    });
  } else if (told.stalled === true && still === 0) {
    delete told.stalled;
    found.push({ kind: 'moving' });
  }
}

function lagging(after: Latest, look: Look, lagSeconds: number | null, found: Found[], told: Writable<Told>): void {
  const phase = look.outcome === 'OK' ? phaseOf(look.progress.currentStep) : 'unknown';
  const importance = after.progress?.importance ?? 'MEDIUM';
  const threshold = LAG_THRESHOLD_SECONDS[importance];
  // Somebody has said in OMS that it does not matter: then its end is no news either.
  if (threshold === null) delete told.lagging;
  const follows = phase === 'incremental' || phase === 'reverse';
  const past =
    threshold !== null &&
    follows &&
    lagSeconds !== null &&
    (told.lagging === true ? lagSeconds <= threshold * CAUGHT_UP_SHARE : lagSeconds > threshold);
  const looks = past ? (told.lagLooks ?? 0) + 1 : 0;
  if (looks < LAG_LOOKS) {
    if (looks === 0) delete told.lagLooks;
    else told.lagLooks = looks;
    return;
  }
  delete told.lagLooks;
  if (told.lagging === true) {
    delete told.lagging;
    found.push({
      kind: 'caught-up',
      detail: `lag ${lagSeconds} s, the threshold for importance ${importance} is ${threshold} s`,
    });
  } else {
    told.lagging = true;
    found.push({
      kind: 'lagging',
      detail: `lag ${lagSeconds} s, the threshold for importance ${importance} is ${threshold} s`,
    });
  }
}

/** OMS cannot resume a project that was stopped too long: each share of that time is told once. */
function expiry(after: Latest, look: Look, found: Found[], told: Writable<Told>): void {
  const kind = classOf(after.progress?.status ?? '');
  if ((kind !== 'suspended' && kind !== 'failed') || after.statusSince === null) return;
  const stoppedSeconds = (look.answeredAt - after.statusSince) / 1000;
  const due = EXPIRY_TELLS.filter((percent) => stoppedSeconds >= (RESUMABLE_SECONDS * percent) / 100).at(-1);
  if (due === undefined || due <= (told.expiring ?? 0)) return;
  told.expiring = due;
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
function wishes({ question, judgement, waitId }: Asked, found: Found[], told: Writable<Told>): void {
  if (waitId === null) return;
  if (judgement.reason.code === 'MayNeverFinish' && told.mayNeverFinish !== true) {
    told.mayNeverFinish = true;
    found.push({ kind: 'may-never-finish', detail: judgement.reason.message });
  }
  if (judgement.verdict === 'MET' && question.goal.type !== 'FINISHED' && told.goalMetFor !== waitId) {
    told.goalMetFor = waitId;
    found.push({ kind: 'goal-met', detail: `${question.goal.type}: ${judgement.reason.message}` });
  }
}

type Writable<T> = { -readonly [K in keyof T]: T[K] };
