/** A change put into words: subject and body for a person, the event for programs, and the attributes that filters read. */

import { plain } from '../../contract/text';
import { type Change, importanceOf } from '../model/change';
import type { Notification } from '../ports';
import { eventOf } from './change-event';
import { headline, place } from './headline';
import { linksOf, type Places } from './links';
import { bodyOf } from './mail';

/** SNS's own limit: "less than 100 characters" of printable ASCII. */
const SUBJECT_MAX = 99;

export function notificationOf(change: Change, places: Places = {}): Notification {
  const links = linksOf(change, places);
  const subject = subjectOf(change);
  return {
    change,
    subject,
    body: bodyOf(change, links),
    event: eventOf(change, subject, links),
    attributes: attributesOf(change),
  };
}

/** `[oms-cutover] p_x FAILED (was RUNNING 3 h 12 min), FULL_MIGRATION 63 %`; a long project id is shortened in the middle. */
function subjectOf(change: Change): string {
  const rest = ascii(` ${headline(change)}${place(change)}`);
  const room = SUBJECT_MAX - '[oms-cutover] '.length - rest.length;
  const subject = `[oms-cutover] ${shorten(ascii(change.project), Math.max(16, room))}${rest}`;
  return subject.length <= SUBJECT_MAX ? subject : `${subject.slice(0, SUBJECT_MAX - 3)}...`;
}

/** SNS refuses empty attribute values, so what does not apply is left out. */
function attributesOf(change: Change): Record<string, string> {
  const all: Record<string, string | null | undefined> = {
    project: change.project,
    change: change.kind,
    from: change.from,
    to: change.to,
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
