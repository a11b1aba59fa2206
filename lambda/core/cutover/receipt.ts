/** A cutover's receipt in words: for the closing e-mail and for the command line. */

import { cut } from '../../contract/text';
import { formatDuration } from '../model/duration';
import { type CutoverRecord, mayBeStopped, secondsStopped } from './record';

/** Long texts are cut: the whole stands in the record. */
const MAX_VALUE = 300;

export function receiptText(record: CutoverRecord): string {
  const { ending, settings } = record;
  const rows: string[] = [
    `Receipt of cutover ${record.run}${settings.rehearse ? ' (rehearsal)' : ''}`,
    `Project    ${record.project}`,
    `Started    ${record.startedAt}`,
    ...(ending === null
      ? [`Stands at  ${record.phase}`]
      : [`Ended      ${ending.at}`, `Outcome    ${ending.outcome} (${ending.code}): ${short(ending.message)}`]),
    '',
    'Gates',
    ...record.gates.map(
      ({ at, gate, verdict, value, threshold, checkId }) =>
        `  ${clock(at)}  ${gate.padEnd(13)} ${verdict}  ${short(value)}\n             asked: ${threshold}${checkId === '' ? '' : `; snapshot ${checkId}`}`,
    ),
    ...(record.gates.length === 0 ? ['  none was reached'] : []),
    '',
    `Approval   ${settings.approvalSeconds === null ? 'not asked for' : record.asked.length === 0 ? 'not yet asked for' : ''}`.trimEnd(),
    ...record.asked.map(
      (asked) =>
        `  ${clock(asked.askedAt)}  asked on snapshot ${asked.checkId}: ${asked.decision ?? 'no answer yet'}${asked.by === null ? '' : ` by ${asked.by} at ${asked.decidedAt}`}${asked.note === null ? '' : ` (${asked.note})`}${asked.voidBecause === null ? '' : `; void: ${short(asked.voidBecause)}`}`,
    ),
    '',
    'Steps',
    ...record.steps.map(
      ({ startedAt, step, endedAt, problem, rehearsed }) =>
        `  ${clock(startedAt)}  ${step.padEnd(13)} ${rehearsed === true ? 'left out: a rehearsal' : endedAt === null ? 'began, its end was not seen' : `ended ${clock(endedAt)}`}${problem === null ? '' : `; ${short(problem)}`}`,
    ),
    ...(record.steps.length === 0 ? ['  none was begun'] : []),
    '',
    `Fence      ${fence(record)}`,
    `Writes     ${writes(record)}`,
  ];
  if (ending?.byHand) rows.push('', `BY HAND    ${ending.byHand}`);
  return rows.join('\n');
}

function fence({ fence: set, stoppingAt }: CutoverRecord): string {
  if (set === null)
    return stoppingAt === null
      ? 'none: writes were not stopped by this run'
      : 'none was read: the step that stops writes was begun, and its end was not seen';
  const who = set.readBy === 'step' ? 'read on the source' : 'our own clock after the step';
  return `${set.writesStoppedAt}, ${who}, margin ${set.marginSeconds} s`;
}

function writes(record: CutoverRecord): string {
  if (record.settings.rehearse) return 'never stopped: a rehearsal';
  const seconds = secondsStopped(record);
  if (seconds !== null) return `stopped for ${seconds} s (${formatDuration(seconds)})`;
  return mayBeStopped(record) ? `stopped since ${record.stoppingAt}` : 'never stopped';
}

function clock(isoText: string): string {
  return isoText.slice(11, 19);
}

function short(text: string): string {
  return cut(text, MAX_VALUE);
}
