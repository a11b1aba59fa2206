/** A change put into words for a person: subject, body and the attributes that filters read. */
import type { Change, ChangeKind } from './change';
import { formatDuration, iso } from './duration';
import type { Notification } from './ports';
import { RESUMABLE_SECONDS } from './settings';
import { classOf, phaseOf } from './status';
import { omsSays } from './trouble';

/** SNS's own limit: "less than 100 characters" of printable ASCII. */
const SUBJECT_MAX = 99;

export function notificationOf(change: Change): Notification {
  return { change, subject: subjectOf(change), body: bodyOf(change), attributes: attributesOf(change) };
}

/** `[oms-cutover] p_x FAILED (was RUNNING 3 h 12 min), FULL_MIGRATION 63 %`; a long project id is shortened in the middle. */
function subjectOf(change: Change): string {
  const rest = ascii(` ${headline(change)}${place(change)}`);
  const room = SUBJECT_MAX - '[oms-cutover] '.length - rest.length;
  const subject = `[oms-cutover] ${shorten(ascii(change.project), Math.max(16, room))}${rest}`;
  return subject.length <= SUBJECT_MAX ? subject : `${subject.slice(0, SUBJECT_MAX - 3)}...`;
}

const HEADLINES: Record<Exclude<ChangeKind, 'status'>, (change: Change) => string> = {
  found: (change) => `found ${change.status ?? 'in an unknown state'}`,
  unreachable: (change) => `OMS unreachable${sinceWhen(change)}`,
  answering: () => 'OMS answers again',
  'credentials-refused': () => 'OMS refuses the credentials',
  'credentials-accepted': () => 'OMS accepts the credentials again',
  stalled: () => 'STALLED while RUNNING',
  moving: () => 'moving again',
  lagging: (change) => `LAGGING ${change.lagSeconds ?? '?'} s`,
  'caught-up': (change) => `caught up, lag ${change.lagSeconds ?? '?'} s`,
  expiring: (change) => `${change.status ?? 'stopped'}${sinceWhen(change)}, resume it soon`,
  'may-never-finish': () => 'may never reach FINISHED',
  'goal-met': (change) => `is ${change.detail?.split(':')[0] ?? 'ready'}`,
  cutover: (change) => change.notice?.headline ?? 'cutover',
};

function headline(change: Change): string {
  if (change.kind !== 'status') return HEADLINES[change.kind](change);
  const lasted = change.since === undefined ? '' : ` ${formatDuration((change.at - change.since) / 1000)}`;
  return `${change.to} (was ${change.from}${lasted})`;
}

function sinceWhen(change: Change): string {
  return change.since === undefined ? '' : ` for ${formatDuration((change.at - change.since) / 1000)}`;
}

/** The step, with its percentage where it has one and is not over. */
function place(change: Change): string {
  // A cutover's headline says it all, and its subject must not be cut.
  if (change.step === null || change.kind === 'cutover') return '';
  const copying =
    phaseOf(change.step) === 'full' && classOf(change.status ?? '') !== 'finished' && change.fullProgress !== null;
  return `, ${change.step}${copying ? ` ${change.fullProgress} %` : ''}`;
}

function bodyOf(change: Change): string {
  const lines = [
    `Project   ${change.project}`,
    `What      ${headline(change)}`,
    ...(change.detail === undefined || change.kind === 'cutover' ? [] : [`Detail    ${change.detail}`]),
    `Seen at   ${iso(change.at)}`,
    ...(change.since === undefined
      ? []
      : [`Since     ${iso(change.since)} (${formatDuration((change.at - change.since) / 1000)})`]),
    `Status    ${change.status ?? 'unknown'}`,
    `Step      ${change.step ?? 'unknown'}`,
    `Progress  structure ${percent(change.structProgress)}, full copy ${percent(change.fullProgress)}`,
    ...(change.lagSeconds === null ? [] : [`Lag       ${change.lagSeconds} s`]),
    ...(change.eta === null ? [] : [`Copy done about ${iso(change.eta)}, at the measured rate`]),
  ];
  if (change.kind === 'cutover' && change.detail !== undefined) lines.push('', change.detail);
  const words = omsSays(change.said);
  if (words !== '') lines.push('', `OMS says: ${words.slice('; OMS says: '.length)}`);
  lines.push(
    '',
    `What to do: ${advice(change)}`,
    '',
    `Change ${change.id}, number ${change.sequence} of this project.`,
  );
  return lines.join('\n');
}

function percent(value: number | null): string {
  return value === null ? 'unknown' : `${value} %`;
}

const ADVICE: Record<Exclude<ChangeKind, 'status' | 'found' | 'cutover'>, string> = {
  unreachable:
    'see that the OMS console answers on its port from where this runs; a wait fails on it after its outage grace.',
  answering: 'nothing; watching goes on.',
  'credentials-refused':
    'put a working console account into the secret; it is read again by itself. Until then OMS is asked at the slowest pace.',
  'credentials-accepted': 'nothing; watching goes on.',
  stalled: 'look at the step in the OMS console: its log, the load on source and target, free disk.',
  moving: 'nothing; watching goes on.',
  lagging: 'look at the incremental step in the OMS console and at the load on the source; do not cut over now.',
  'caught-up': 'nothing; watching goes on.',
  expiring: 'resume the project in the OMS console, or accept that it must be started anew.',
  'may-never-finish': 'to cut over, wait for SYNCED, stop the writes, then wait for DRAINED.',
  'goal-met': 'go on with the cutover; the pipeline that waited does so by itself.',
};

function advice(change: Change): string {
  if (change.kind === 'cutover') return change.notice?.advice ?? 'nothing.';
  if (change.kind !== 'status' && change.kind !== 'found') return ADVICE[change.kind];
  switch (classOf(change.status ?? '')) {
    case 'failed':
      return `open the failed step in the OMS console, mend the cause, resume. OMS can resume it for about ${formatDuration(RESUMABLE_SECONDS)}.`;
    case 'suspended':
      return `somebody paused it; resume it in the OMS console within about ${formatDuration(RESUMABLE_SECONDS)}, after which OMS cannot.`;
    case 'finished':
      return 'check the target, then go on with what waits for it.';
    case 'gone':
      return 'if nobody meant to release it, talk to whoever runs OMS now; it cannot be undone.';
    case 'unknown':
      return 'look at the project in the OMS console: this status is new to oms-cutover, which takes it for neither success nor failure.';
    default:
      return 'nothing; watching goes on.';
  }
}

/** SNS refuses empty attribute values, so what does not apply is left out. */
function attributesOf(change: Change): Record<string, string> {
  const all: Record<string, string | null | undefined> = {
    project: change.project,
    change: change.kind,
    from: change.from,
    to: change.to,
    status: change.status,
    importance: change.notice?.importance ?? change.importance,
  };
  return Object.fromEntries(
    Object.entries(all).filter((entry): entry is [string, string] => typeof entry[1] === 'string' && entry[1] !== ''),
  );
}

/** What an e-mail header may carry: printable ASCII; anything else becomes `?`. */
function ascii(text: string): string {
  return text.replace(/[^\x20-\x7e]/gu, '?');
}

function shorten(text: string, room: number): string {
  if (text.length <= room) return text;
  const tail = Math.floor((room - 3) / 3);
  return `${text.slice(0, room - 3 - tail)}...${text.slice(text.length - tail)}`;
}
