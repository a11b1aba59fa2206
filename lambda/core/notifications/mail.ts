/** The body of the e-mail: plain text in short lines, what happened and what to do first. What others wrote is indented below a heading of ours. */

import { formatDuration, utc } from '../../contract/values/duration';
import { cut, joined, plain, plainLine, widthOf, wrapped } from '../../contract/values/text';
import { failedStepOf, withCode } from '../judge/words';
import { type Change, type ChangeKind, importanceOf, sinceOf } from '../model/change';
import { percent } from '../model/progress';
import { phaseOf } from '../model/status';
import type { Links } from './links';
import type { ChangeWords } from './words';

export interface Paragraph {
  readonly about: 'headline' | 'advice' | 'facts' | 'report' | 'oms' | 'links' | 'footer';
  readonly lines: readonly string[];
}

/** OMS's words are cut at 500 characters each where they come in; here only what a person reads on. */
const MAX_WORDS = 500;
const MAX_DETAIL = 700;
/** A cutover's receipt has lines of its own, and the table has the whole. */
const MAX_RECEIPT = 8_000;

/** Those that have something to say, in their order. */
export function paragraphsOf(change: Change, words: ChangeWords, links: Links): readonly Paragraph[] {
  const all: readonly Paragraph[] = [
    // The project's id, which has no blank in it, keeps an unexpected status from beginning the line.
    { about: 'headline', lines: wrapped(`${whoseIs(change)} ${plain(words.headline, MAX_DETAIL)}`) },
    { about: 'advice', lines: wrapped(`What to do: ${plain(words.advice, MAX_DETAIL * 2)}`) },
    { about: 'facts', lines: facts(change, words).flatMap((fact) => wrapped(fact)) },
    { about: 'report', lines: isReport(change) ? report(words) : [] },
    { about: 'oms', lines: omsWords(change).flatMap((said) => wrapped(said)) },
    {
      about: 'links',
      lines: [
        ...(links.execution === null ? [] : ['Step Functions execution:', links.execution]),
        ...(links.dashboard === null ? [] : ['Dashboard:', links.dashboard]),
      ],
    },
    {
      about: 'footer',
      lines: [
        // Without a stack there is no subscription to put a policy on.
        ...(links.dashboard === null && links.execution === null ? [] : FEWER),
        `Change ${change.id}, sequence ${change.sequence}.`,
      ],
    },
  ];
  return all.filter(({ lines }) => lines.length > 0);
}

export function textOf(paragraphs: readonly Paragraph[]): string {
  return paragraphs.map(({ lines }) => lines.join('\n')).join('\n\n');
}

/** A policy without `exists: false` would drop alarms, which have no attributes, and projects whose importance OMS does not give. */
const FEWER = wrapped(
  'To receive fewer e-mails, set a filter policy on your subscription in Amazon SNS, such as {"importance":["HIGH",{"exists":false}]}. It drops MEDIUM and below: all changes of projects with that importance in OMS, failures included, and the routine ends of a cutover.',
  '',
);

function whoseIs({ project, affected }: Change): string {
  return affected === undefined ? plain(project, 128) : `For ${projectsIn(affected.total)}:`;
}

export function projectsIn(count: number): string {
  return count === 1 ? '1 project' : `${count} projects`;
}

/** Whose detail has lines of its own. */
function isReport({ kind }: Change): boolean {
  return kind === 'cutover' || kind === 'summary';
}

function facts(change: Change, { detail }: ChangeWords): string[] {
  const { kind, at } = change;
  const since = sinceOf(change);
  const importance = importanceOf(change);
  const lines = [`Observed: ${utc(at)}`];
  if (since !== null && since < at) {
    const what = kind === 'status' ? `Previous status: ${plain(change.params.from, 64)} since` : 'Since:';
    lines.push(`${what} ${utc(since)} (${formatDuration((at - since) / 1000)})`);
  }
  if (importance !== null) lines.push(`Importance: ${importance}`);
  if (kind === 'cutover' || kind === 'test') return lines;
  if (change.affected !== undefined) {
    const { projects, total } = change.affected;
    const more = total > projects.length ? ` and ${total - projects.length} more` : '';
    lines.push(...detail.map((line) => `Detail: ${plain(line, MAX_DETAIL)}`));
    return [...lines, `Projects: ${projects.map((project) => plain(project, 128)).join(', ')}${more}`];
  }
  if (!isReport(change)) lines.push(...detail.map((line) => `Detail: ${plain(line, MAX_DETAIL)}`));
  const last = NOT_SEEN_NOW.includes(kind) ? 'Last known ' : '';
  if (kind !== 'status' && kind !== 'first-seen')
    lines.push(heading(`${last}status: ${plain(change.status ?? 'unknown', 64)}`));
  return [...lines, heading(`${last}step: ${plain(change.step ?? 'unknown', 64)}`), ...progress(change)];
}

function heading(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}`;
}

/** These are detected where OMS gives no progress: status and step are those of an earlier observation. */
const NOT_SEEN_NOW: readonly ChangeKind[] = ['gone-from-oms', 'unreachable', 'credentials-rejected'];

/** Percentages and the estimated completion during the copy, the lag afterwards. */
function progress({ step, structProgress, fullProgress, lagSeconds, eta, at }: Change): string[] {
  const phase = phaseOf(step);
  const nothingKnown = structProgress === null && fullProgress === null;
  const percents = `Structure: ${percent(structProgress)}. Full copy: ${percent(fullProgress)}.`;
  return [
    ...(phase === 'incremental' || phase === 'reverse' || nothingKnown ? [] : [percents]),
    ...(lagSeconds === null ? [] : [`Lag: ${formatDuration(lagSeconds)}`]),
    ...(eta === null ? [] : [`Estimated completion: ${utc(eta)} (in ${formatDuration((eta - at) / 1000)})`]),
  ];
}

function report({ detail }: ChangeWords): string[] {
  return cut(detail.join('\n'), MAX_RECEIPT)
    .split('\n')
    .map((line) => plainLine(line, MAX_DETAIL))
    .flatMap((line) => (widthOf(line) > line.length ? wrapped(line, FURTHER) : line));
}

/** Under a line of a report that is broken because it has East Asian text. A line of letters stays whole: it may be a command to copy. */
const FURTHER = ' '.repeat(4);

function omsWords({ said }: Change): string[] {
  return [
    ...sentence('OMS says', [withCode(said), said.reason, failedStepOf(said)]),
    ...sentence('OMS advises', [said.proposal, said.advice]),
  ];
}

/** OMS often says the same thing twice. */
function sentence(before: string, words: readonly (string | undefined)[]): string[] {
  const said = words
    .flatMap((word) => (word === undefined ? [] : [plain(word, MAX_WORDS)]))
    .filter((word) => word !== '');
  return said.length === 0 ? [] : [`${before}: ${joined([...new Set(said)])}`];
}
