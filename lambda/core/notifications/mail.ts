/** The body of the e-mail: plain text in short lines, the news first. What others wrote stands indented under a heading of ours. */

import { cut, plain, plainLine, wrapped } from '../../contract/text';
import { failedStepOf, withCode } from '../judge/words';
import type { Change, ChangeKind } from '../model/change';
import { formatDuration, iso } from '../model/duration';
import { percent } from '../model/progress';
import { phaseOf } from '../model/status';
import { adviceOn } from './advice';
import { headline } from './headline';
import type { Links } from './links';

/** OMS's words are cut at 500 characters each where they come in; here only what a person reads on. */
const MAX_WORDS = 500;
const MAX_DETAIL = 700;
/** A cutover's receipt has lines of its own, and stands in the table whole. */
const MAX_RECEIPT = 8_000;

export function bodyOf(change: Change, links: Links): string {
  const paragraphs = [
    // The project's id, which has no blank in it, keeps a strange status from beginning the line.
    wrapped(`${plain(change.project, 128)} ${plain(headline(change), MAX_DETAIL)}`),
    facts(change).flatMap((fact) => wrapped(fact)),
    change.kind === 'cutover' || change.kind === 'summary' ? receipt(change) : [],
    omsWords(change).flatMap((words) => wrapped(words)),
    wrapped(`What to do: ${plain(adviceOn(change), MAX_DETAIL * 2)}`),
    [
      ...(links.execution === null ? [] : ['The wait that saw it:', links.execution]),
      ...(links.dashboard === null ? [] : ['Dashboard:', links.dashboard]),
    ],
    [
      // Only where there is a stack, and so a subscription to put it on.
      ...(links.dashboard === null && links.execution === null
        ? []
        : wrapped(
            'To hear less, put a filter policy on your subscription in Amazon SNS, such as {"importance":["HIGH"]}.',
            '',
          )),
      `Change ${change.id}, number ${change.sequence} of this project.`,
    ],
  ];
  return paragraphs
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join('\n'))
    .join('\n\n');
}

function facts(change: Change): string[] {
  const { kind, detail, since, at } = change;
  const notified = [`Seen: ${moment(at)}`];
  if (since !== undefined) {
    const lasted = formatDuration((at - since) / 1000);
    const what = kind === 'status' ? `Before that: ${plain(change.from ?? '', 64)}, since` : 'Since:';
    notified.push(`${what} ${moment(since)} (${lasted})`);
  }
  if (kind === 'cutover') return notified;
  if (kind === 'test') return notified;
  if (detail !== undefined && kind !== 'summary') notified.push(`Detail: ${plain(detail, MAX_DETAIL)}`);
  const then = THEN[kind];
  const status = then === undefined ? 'Status' : `Status when OMS last ${then}`;
  if (kind !== 'status' && kind !== 'found') notified.push(`${status}: ${plain(change.status ?? 'unknown', 64)}`);
  return [...notified, ...progress(change, then === undefined ? 'Step' : 'Step then')];
}

/** Where the look that is told of saw nothing, what is known is of an earlier one. */
const THEN: Partial<Record<ChangeKind, string>> = {
  vanished: 'knew it',
  unreachable: 'answered',
  'credentials-refused': 'answered',
};

/** Where it stands: percents and the end of the copy while there is one, the lag once changes follow. */
function progress({ step, structProgress, fullProgress, lagSeconds, eta, at }: Change, heading: string): string[] {
  const phase = phaseOf(step);
  const nothingKnown = structProgress === null && fullProgress === null;
  const percents = `Structure: ${percent(structProgress)}. Full copy: ${percent(fullProgress)}.`;
  return [
    `${heading}: ${plain(step ?? 'unknown', 64)}`,
    ...(phase === 'incremental' || phase === 'reverse' || nothingKnown ? [] : [percents]),
    ...(lagSeconds === null ? [] : [`Lag: ${lagSeconds} s`]),
    ...(eta === null
      ? []
      : [`Copy done: about ${moment(eta)} (in ${formatDuration((eta - at) / 1000)}), at the measured rate`]),
  ];
}

function receipt({ detail = '' }: Change): string[] {
  return cut(detail, MAX_RECEIPT)
    .split('\n')
    .map((line) => plainLine(line, MAX_DETAIL));
}

function omsWords({ said }: Change): string[] {
  return [
    ...sentence('OMS says', [withCode(said), said.reason, failedStepOf(said)]),
    ...sentence('OMS advises', [said.proposal, said.advice]),
  ];
}

/** OMS likes to say the same thing twice. */
function sentence(heading: string, words: readonly (string | undefined)[]): string[] {
  const said = words
    .flatMap((word) => (word === undefined ? [] : [plain(word, MAX_WORDS)]))
    .filter((word) => word !== '');
  return said.length === 0 ? [] : [`${heading}: ${[...new Set(said)].map(ended).join(' ')}`];
}

/** Sentences of OMS's end as they please; one after the other they need an end each. */
function ended(words: string, i: number, all: readonly string[]): string {
  return i === all.length - 1 || /[.!?:;,。]$/.test(words) ? words : `${words};`;
}

/** `2026-11-23 03:12:00 UTC`: whose midnight it is has to be said. */
function moment(at: number): string {
  return `${iso(at).slice(0, 19).replace('T', ' ')} UTC`;
}
