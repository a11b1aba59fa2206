/** A change as it is sent: subject and body for a person, the event for programs, and the attributes that filter policies read. */

import { plain } from '../../contract/values/text';
import { type Change, importanceOf } from '../model/change';
import { classOf, phaseOf } from '../model/status';
import { type ChangeEvent, eventOf } from './change-event';
import { type Deployment, linksOf } from './links';
import { type Paragraph, paragraphsOf, projectsIn, textOf } from './mail';
import { describeChange } from './words';

/** A change in words. */
export interface Notification {
  readonly change: Change;
  /** Printable ASCII, fewer than 100 characters. */
  readonly subject: string;
  readonly paragraphs: readonly Paragraph[];
  /** The paragraphs as plain text. */
  readonly body: string;
  /** The same for programs. */
  readonly event: ChangeEvent;
  /** Flat, non-empty strings: project, change, importance, and status, from, to where they apply. */
  readonly attributes: Readonly<Record<string, string>>;
}

/** Publishes one notification. Throws when it was not accepted; then it is published again later. */
export interface Notifier {
  publish(notification: Notification): Promise<void>;
}

/** SNS's own limit: "less than 100 characters" of printable ASCII. */
const SUBJECT_MAX = 99;

export function notificationOf(change: Change, deployment: Deployment = {}): Notification {
  const words = describeChange(change, deployment.credentialsFrom);
  const links = linksOf(change, deployment);
  const subject = subjectOf(change, words.headline);
  const paragraphs = paragraphsOf(change, words, links);
  return {
    change,
    subject,
    paragraphs,
    body: textOf(paragraphs),
    event: eventOf(change, words, subject, links),
    attributes: attributesOf(change),
  };
}

/** `[oms-cutover] p_x FAILED (was RUNNING 3 h 12 min), FULL_MIGRATION 63 %`; a long project id is shortened in the middle. */
function subjectOf(change: Change, headline: string): string {
  if (change.affected !== undefined)
    return cutSubject(`[oms-cutover] ${ascii(headline)}, ${projectsIn(change.affected.total)}`);
  const rest = ascii(` ${headline}${position(change)}`);
  const room = SUBJECT_MAX - '[oms-cutover] '.length - rest.length;
  const subject = `[oms-cutover] ${shorten(ascii(change.project), Math.max(16, room))}${rest}`;
  return cutSubject(subject);
}

function cutSubject(subject: string): string {
  return subject.length <= SUBJECT_MAX ? subject : `${subject.slice(0, SUBJECT_MAX - 3)}...`;
}

/** `, FULL_MIGRATION 63 %`: the step, with its percentage during the full copy, or where that ended below 100. */
function position({ kind, step, status, fullProgress }: Change): string {
  // A cutover's headline says it all, and its subject must not be cut.
  if (step === null || kind === 'cutover') return '';
  const isOver = classOf(status ?? '') === 'finished' && fullProgress === 100;
  const copying = phaseOf(step) === 'full' && !isOver && fullProgress !== null;
  return `, ${step}${copying ? ` ${fullProgress} %` : ''}`;
}

/** SNS refuses empty attribute values, so what does not apply is left out. */
function attributesOf(change: Change): Record<string, string> {
  const all: Record<string, string | null> = {
    project: change.project,
    change: change.kind,
    from: change.kind === 'status' ? change.params.from : null,
    to: change.kind === 'status' ? change.params.to : null,
    status: change.status,
    importance: importanceOf(change),
  };
  return Object.fromEntries(
    Object.entries(all)
      .map(([name, value]) => [name, plain(value ?? '', 128)] as const)
      .filter(([, value]) => value !== ''),
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
