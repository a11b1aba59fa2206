/** A cutover's receipt as text, for the closing e-mail and the command line: the result first, then what led to it. */

import { formatDuration, utc } from '../../contract/values/duration';
import { cut } from '../../contract/values/text';
import {
  type ApprovalRequest,
  type CutoverRecord,
  type GateEntry,
  mayBeStopped,
  type StepEntry,
  secondsStopped,
} from './record';

/** Characters of one value; the record has all of it. */
const MAX_VALUE = 300;
/** Below a time and a date. */
const INDENT = ' '.repeat(23);

export function receiptText(record: CutoverRecord): string {
  const { ending, settings } = record;
  return [
    `Receipt of cutover ${record.run}${settings.rehearse ? ' (rehearsal)' : ''}`,
    `Project    ${record.project}`,
    ending === null
      ? `Phase      ${record.phase}`
      : `Outcome    ${ending.outcome} (${ending.code}): ${short(ending.message)}`,
    `Writes     ${writes(record)}`,
    `Fence      ${fence(record)}`,
    `Started    ${utc(record.startedAt)}`,
    ...(ending === null ? [] : [`Ended      ${utc(ending.at)}`]),
    ...(ending === null || ending.byHand === null ? [] : ['', ...manualActionLines(ending.byHand)]),
    '',
    'Gates (times in UTC)',
    ...(record.gates.length === 0 ? ['  none reached'] : record.gates.flatMap(gateLines)),
    '',
    `Approval   ${settings.approvalSeconds === null ? 'not required' : record.asked.length === 0 ? 'not requested yet' : ''}`.trimEnd(),
    ...record.asked.map(approvalLine),
    '',
    'Steps',
    ...(record.steps.length === 0 ? ['  none begun'] : record.steps.map(stepLine)),
  ].join('\n');
}

export function manualActionLines(byHand: string): string[] {
  return ['MANUAL ACTION REQUIRED', ...byHand.split('\n').map((line) => `  ${line}`)];
}

function gateLines({ at, gate, verdict, value, threshold, checkId }: GateEntry): string[] {
  const snapshot = checkId === '' ? '' : `; snapshot ${checkId}`;
  return [
    `  ${time(at)}  ${gate.padEnd(13)} ${verdict}  ${short(value)}`,
    `${INDENT}required: ${threshold}${snapshot}`,
  ];
}

function approvalLine({ askedAt, checkId, decision, by, decidedAt, note, voidBecause }: ApprovalRequest): string {
  const answer = decision === null ? 'no answer yet' : `${decision} by ${by} at ${time(decidedAt ?? '')}`;
  return [
    `  ${time(askedAt)}  requested on snapshot ${checkId}: ${answer}`,
    ...(note === null ? [] : [` (${note})`]),
    ...(voidBecause === null ? [] : [`; void: ${short(voidBecause)}`]),
  ].join('');
}

function stepLine({ startedAt, step, endedAt, problem, rehearsed }: StepEntry): string {
  const end = rehearsed ? 'skipped: rehearsal' : endedAt === null ? 'begun, no end recorded' : `ended ${time(endedAt)}`;
  return `  ${time(startedAt)}  ${step.padEnd(13)} ${end}${problem === null ? '' : `; ${short(problem)}`}`;
}

function fence({ fence: set, stoppingAt, settings }: CutoverRecord): string {
  if (set === null)
    return stoppingAt === null
      ? 'none: this cutover did not stop writes'
      : 'none: stopWrites was begun, and no end of it was recorded';
  const origin = settings.rehearse
    ? 'our own clock'
    : set.readBy === 'step'
      ? 'read on the source'
      : 'our own clock after stopWrites';
  return `${set.writesStoppedAt}, ${origin}, margin ${formatDuration(set.marginSeconds)}`;
}

function writes(record: CutoverRecord): string {
  if (record.settings.rehearse) return 'never stopped: rehearsal';
  const seconds = secondsStopped(record);
  if (seconds !== null) {
    const rounded = formatDuration(seconds);
    return `stopped for ${rounded === `${seconds} s` ? rounded : `${rounded} (${seconds} s)`}`;
  }
  return record.stoppingAt !== null && mayBeStopped(record)
    ? `STOPPED, or may be, since ${utc(record.stoppingAt)}`
    : 'never stopped';
}

/** `2026-11-23 03:12:00`. */
function time(isoText: string): string {
  return isoText.slice(0, 19).replace('T', ' ');
}

function short(text: string): string {
  return cut(text, MAX_VALUE);
}
