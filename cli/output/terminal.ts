/** Output for a terminal. */
import { stripVTControlCharacters, styleText } from 'node:util';
import type { CheckResult } from '../../lambda/contract/check-result';
import type { WordedReason } from '../../lambda/contract/reason';
import { formatDuration } from '../../lambda/contract/values/duration';
import { widthOf } from '../../lambda/contract/values/text';
import { graceOf } from '../../lambda/core/judge/words';
import type { ChangeParams } from '../../lambda/core/model/change';
import type { Poller, Snapshot } from '../../lambda/core/model/snapshot';
import { classOf, phaseOf } from '../../lambda/core/model/status';
import { describeChange } from '../../lambda/core/notifications/words';
import type { Notified, PastChange, Printer, RunResult } from './printer';

const BAR_WIDTH = 12;
const TERSE_PERCENT = 5;

type Style = Parameters<typeof styleText>[0];

export interface TerminalOptions {
  /** Leaves out checks without visible progress: a demo makes hundreds in seconds. */
  readonly terse?: boolean;
  /** For a single check, whose reason is printed after it. */
  readonly single?: boolean;
  /** Default: unlimited. */
  readonly columns?: number;
}

/** `FORCE_COLOR` and `NO_COLOR` are honoured as in Node's own tools. */
export function usesColour(
  { FORCE_COLOR, NO_COLOR }: Readonly<Record<string, string | undefined>>,
  isTerminal: boolean,
): boolean {
  if (FORCE_COLOR !== undefined) return FORCE_COLOR !== '0' && FORCE_COLOR !== 'false';
  return isTerminal && (NO_COLOR === undefined || NO_COLOR === '');
}

export class Terminal implements Printer {
  private readonly out: (text: string) => void;
  private readonly colour: boolean;
  private readonly options: TerminalOptions;
  private lastDay = '';
  private lastReason = '';
  private lastProgress = '';
  private lastWords = '';

  constructor(out: (text: string) => void, colour: boolean, options: TerminalOptions = {}) {
    this.out = out;
    this.colour = colour;
    this.options = options;
  }

  check(result: CheckResult, looker: Poller): void {
    const { outcome, status, step, fullProgress } = result;
    const percent = fullProgress === null ? '' : Math.floor(fullProgress / TERSE_PERCENT);
    const progress = [outcome, status, step, percent].join(' ');
    if (this.options.terse && progress === this.lastProgress && result.verdict === 'NOT_YET') return;
    this.lastProgress = progress;
    this.day(result.observedAt.slice(0, 10));
    const [time, situation] = [clockTime(result.observedAt), this.situation(result)];
    const polls = result.waitSeconds > 0 && looker === 'wait';
    const next = polls ? `  next poll in ${formatDuration(result.waitSeconds)}` : '';
    const fits =
      widthOf(stripVTControlCharacters(`${time}  ${situation}${next}`)) <= (this.options.columns ?? Infinity);
    this.line(`${this.styled('dim', time)}  ${situation.trimEnd()}${this.styled('dim', fits ? next : '')}`);
    for (const { field, problem, value } of result.anomalies)
      this.line(this.styled('yellow', `${UNDER_CHECK}unexpected value: ${field} ${problem} (${value})`));
    if (!this.options.single) this.reason(result.reason);
  }

  notification({ subject, body }: Notified): void {
    const rows = [this.styled('bold', `✉  ${subject}`), ...body.split('\n')];
    this.line('');
    for (const row of rows) this.line(`   ${this.styled('cyan', '│')} ${row}`);
    this.line('');
  }

  snapshot(snapshot: Snapshot, changes: readonly PastChange[]): void {
    const at = this.styled('dim', snapshot.observedAt.slice(0, 19).replace('T', ' '));
    this.line(`${at}  ${this.situation(snapshot)}`);
    for (const past of changes) this.change(past);
    const words = omsWords(snapshot);
    // OMS repeats its words in every reply.
    if (words.join() !== this.lastWords) for (const row of words) this.line(`${UNDER_SNAPSHOT}${row}`);
    this.lastWords = words.join();
    if (snapshot.looker === 'wait' && snapshot.verdict !== 'NOT_YET')
      this.line(`${UNDER_SNAPSHOT}the wait ended: ${snapshot.verdict} ${snapshot.reason.code}`);
  }

  result({ verdict, reason, checks }: RunResult): void {
    const heading = this.styled(verdict === 'MET' ? 'green' : 'red', `${verdict} ${reason.code}`);
    this.line('');
    this.line(`${heading}: ${reason.message} (${checks} check${checks === 1 ? '' : 's'})`);
  }

  note(text: string): void {
    this.line(text);
  }

  /** The line of a check has only the time, so each new day gets a line. */
  private day(day: string): void {
    if (this.lastDay !== '' && day !== this.lastDay) this.line(this.styled('dim', `── ${day} ──`));
    this.lastDay = day;
  }

  /** Printed when it is new. What a gate still needs and a running grace period are printed each time: their numbers change. */
  private reason(reason: WordedReason): void {
    const { code, message } = reason;
    const isNew = code !== this.lastReason;
    this.lastReason = code;
    const grace = graceOf(reason);
    if (grace !== null && (!isNew || ON_THE_LINE.has(code))) this.line(`${UNDER_CHECK}${grace}`);
    else if (GATE_REASONS.has(code) || (isNew && !ON_THE_LINE.has(code))) this.line(`${UNDER_CHECK}${message}`);
  }

  private change({ change, notified }: PastChange): void {
    const what = change.kind === 'status' ? transition(change.params, change.at) : describeChange(change).headline;
    const pending = notified ? '' : ' (notification pending)';
    this.line(`${UNDER_SNAPSHOT}${this.styled('bold', `✉  ${change.kind}: ${what}`)}${pending}`);
  }

  private situation(result: CheckResult): string {
    if (result.outcome !== 'OK') return `${this.styled('red', result.outcome)}  ${result.problem ?? ''}`;
    const lag = result.lagSeconds === null ? '' : `lag ${formatDuration(result.lagSeconds)}`;
    const eta =
      result.eta === null
        ? ''
        : `about ${formatDuration((Date.parse(result.eta) - Date.parse(result.observedAt)) / 1000)} left`;
    return [
      this.styled(STATUS_STYLES[result.status ?? ''] ?? 'yellow', (result.status ?? '').padEnd(8)),
      (result.step ?? '').padEnd(16),
      bar(phaseOf(result.step) === 'structure' ? result.structProgress : result.fullProgress),
      lag,
      eta,
    ]
      .filter((part) => part !== '')
      .join('  ');
  }

  private line(text: string): void {
    this.out(`${text}\n`);
  }

  private styled(style: Style, text: string): string {
    return this.colour && text !== '' ? styleText(style, text, { validateStream: false }) : text;
  }
}

const STATUS_STYLES: Readonly<Record<string, Style>> = {
  UNCONFIGURED: 'dim',
  INIT: 'dim',
  RUNNING: 'cyan',
  FINISHED: 'green',
  FAILED: 'red',
  SUSPEND: 'yellow',
};
const UNDER_CHECK = ' '.repeat('02:00:00  '.length);
const UNDER_SNAPSHOT = ' '.repeat('2026-11-23 02:00:00  '.length);
const HEALTHY: ReadonlySet<string> = new Set(['waiting', 'running', 'finished']);
const GATE_REASONS = new Set(['LagTooHigh', 'NotHeldYet', 'NotDrained', 'CheckpointNotMoving', 'LookBeforeFence']);
/** The line of the check, or the result after it, has the same words. */
const ON_THE_LINE = new Set([
  'NotStarted',
  'NotFinished',
  'Finished',
  'OmsUnreachable',
  'OmsRejectedCredentials',
  'OmsProjectNotFound',
]);

/** What OMS says about a failure. */
function omsWords({ outcome, status, said, problem }: Snapshot): readonly string[] {
  if (outcome === 'OK' && HEALTHY.has(classOf(status ?? ''))) return [];
  const { code, message, reason, failedStep, failedStepMessage, proposal, advice } = said;
  const step = failedStep === undefined ? undefined : [`step ${failedStep} failed`, failedStepMessage];
  // The problem of a failed poll contains most of them.
  const isNew = (words: string | undefined) => words !== undefined && words !== '' && !problem?.includes(words);
  const news = [message, reason, ...(step ?? [])].filter(isNew);
  const rows = (heading: string, words: readonly (string | undefined)[]) => {
    const text = [...new Set(words.filter(isNew))].join(' ');
    return text === '' ? [] : [`${heading.padEnd(12)} ${text}`];
  };
  return [
    ...rows('OMS says', news.length === 0 ? [] : [code === undefined ? undefined : `${code}:`, ...news]),
    ...rows('OMS advises', [proposal, advice]),
  ];
}

function bar(percent: number | null): string {
  if (percent === null) return `${'·'.repeat(BAR_WIDTH)}    ? `;
  const full = Math.round((Math.min(100, Math.max(0, percent)) / 100) * BAR_WIDTH);
  return `${'█'.repeat(full)}${'░'.repeat(BAR_WIDTH - full)} ${String(percent).padStart(3)} %`;
}

function clockTime(isoText: string): string {
  return isoText.slice(11, 19);
}

function transition({ from, to, since }: ChangeParams['status'], at: number): string {
  return `${from} → ${to}${since === null ? '' : ` after ${formatDuration((at - since) / 1000)}`}`;
}
