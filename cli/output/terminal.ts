/** What people see: the only place, with json-lines.ts, that prints. */

import type { CheckResult } from '../../lambda/contract/check-result';
import type { WordedReason } from '../../lambda/contract/reason';
import { graceOf } from '../../lambda/core/judge/words';
import type { Change, ChangeParams } from '../../lambda/core/model/change';
import { formatDuration } from '../../lambda/core/model/duration';
import type { Poller, Snapshot } from '../../lambda/core/model/snapshot';
import { classOf, phaseOf } from '../../lambda/core/model/status';
import { describeChange } from '../../lambda/core/notifications/words';
import type { Brought, Notified, Printer, RunResult } from './printer';

const BAR_WIDTH = 24;
const TERSE_PERCENT = 5;

export interface Manner {
  /** Shows only looks at which something moved by more than a little: hundreds of them pass in seconds. */
  readonly terse?: boolean;
  /** A single look, whose reason is said after it. */
  readonly once?: boolean;
}

export class Terminal implements Printer {
  private readonly out: (text: string) => void;
  private readonly colour: boolean;
  private readonly manner: Manner;
  private dayLast = '';
  private saidLast = '';
  private shownLast = '';
  private wordsLast = '';

  constructor(out: (text: string) => void, colour: boolean, manner: Manner = {}) {
    this.out = out;
    this.colour = colour;
    this.manner = manner;
  }

  check(result: CheckResult, looker: Poller): void {
    const { outcome, status, step, fullProgress } = result;
    const shown = [outcome, status, step, fullProgress === null ? '' : Math.floor(fullProgress / TERSE_PERCENT)].join(
      ' ',
    );
    if (this.manner.terse && shown === this.shownLast && result.verdict === 'NOT_YET') return;
    this.shownLast = shown;
    this.day(result.observedAt.slice(0, 10));
    const at = this.paint(DIM, clockTime(result.observedAt));
    const again = result.waitSeconds > 0 && looker === 'wait';
    const next = again ? this.paint(DIM, `next look in ${formatDuration(result.waitSeconds)}`) : '';
    this.line(`${at}  ${this.situation(result)}  ${next}`.trimEnd());
    for (const anomaly of result.anomalies) {
      this.line(this.paint(YELLOW, `          odd: ${anomaly.field} ${anomaly.problem} (${anomaly.value})`));
    }
    if (!this.manner.once) this.reason(result.reason);
  }

  notification({ subject, body }: Notified): void {
    const rows = [this.paint(BOLD, `✉  ${subject}`), ...body.split('\n')];
    this.line('');
    for (const row of rows) this.line(`   ${this.paint(CYAN, '│')} ${row}`);
    this.line('');
  }

  snapshot(snapshot: Snapshot, brought: readonly Brought[]): void {
    const at = this.paint(DIM, snapshot.observedAt.slice(0, 19).replace('T', ' '));
    this.line(`${at}  ${this.situation(snapshot)}`);
    for (const { change, notified } of brought) this.change(change, notified);
    const words = omsWords(snapshot);
    // Said again with every look; read once.
    if (words.join() !== this.wordsLast) for (const row of words) this.line(`${UNDER_LOOK}${row}`);
    this.wordsLast = words.join();
    if (snapshot.looker === 'wait' && snapshot.verdict !== 'NOT_YET')
      this.line(`${UNDER_LOOK}the wait ended: ${snapshot.verdict} ${snapshot.reason.code}`);
  }

  result({ verdict, reason, checks }: RunResult): void {
    const colour = verdict === 'MET' ? GREEN : RED;
    this.line('');
    this.line(
      `${this.paint(colour, `${verdict} ${reason.code}`)}: ${reason.message} (${checks} check${checks === 1 ? '' : 's'})`,
    );
  }

  note(text: string): void {
    this.line(text);
  }

  /** A look's line has the time alone: a new day is said once. */
  private day(day: string): void {
    if (this.dayLast !== '' && day !== this.dayLast) this.line(this.paint(DIM, `── ${day} ──`));
    this.dayLast = day;
  }

  /** Said when it is new; what a gate still misses, and how long a grace still lasts, every time: the numbers change. */
  private reason(reason: WordedReason): void {
    const { code, message } = reason;
    const isNew = code !== this.saidLast;
    this.saidLast = code;
    const grace = graceOf(reason);
    if (grace !== null && (!isNew || ON_THE_LINE.has(code))) this.line(`          ${grace}`);
    else if (GATE_REASONS.has(code) || (isNew && !ON_THE_LINE.has(code))) this.line(`          ${message}`);
  }

  private change(change: Change, notified: boolean): void {
    const what = change.kind === 'status' ? transition(change.params, change.at) : describeChange(change).headline;
    this.line(`${UNDER_LOOK}${this.paint(BOLD, `✉  ${change.kind}: ${what}`)}${notified ? '' : ' (waits to be told)'}`);
  }

  private situation(result: CheckResult): string {
    if (result.outcome !== 'OK') return `${this.paint(RED, result.outcome)}  ${result.problem ?? ''}`;
    const lag = result.lagSeconds === null ? '' : `lag ${result.lagSeconds} s`;
    const eta =
      result.eta === null
        ? ''
        : `about ${formatDuration((Date.parse(result.eta) - Date.parse(result.observedAt)) / 1000)} to go`;
    return [
      this.paint(STATUS_COLOURS[result.status ?? ''] ?? YELLOW, (result.status ?? '').padEnd(8)),
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

  private paint(code: number, text: string): string {
    return this.colour && text !== '' ? `\u001b[${code}m${text}\u001b[0m` : text;
  }
}

const BOLD = 1;
const DIM = 2;
const RED = 31;
const GREEN = 32;
const YELLOW = 33;
const CYAN = 36;
const STATUS_COLOURS: Record<string, number> = {
  UNCONFIGURED: DIM,
  INIT: DIM,
  RUNNING: CYAN,
  FINISHED: GREEN,
  FAILED: RED,
  SUSPEND: YELLOW,
};
const UNDER_LOOK = ' '.repeat('2026-11-23 02:00:00  '.length);
const WELL: ReadonlySet<string> = new Set(['waiting', 'running', 'finished']);
const GATE_REASONS = new Set(['LagTooHigh', 'NotHeldYet', 'NotDrained', 'CheckpointNotMoving', 'LookBeforeFence']);
/** What the line itself, or the result after it, already says. */
const ON_THE_LINE = new Set([
  'NotStarted',
  'NotFinished',
  'Finished',
  'OmsUnreachable',
  'OmsRejectedCredentials',
  'OmsProjectNotFound',
]);

/** What OMS itself says of a failure; a migration that is well says nothing worth a row. */
function omsWords({ outcome, status, said, problem }: Snapshot): readonly string[] {
  if (outcome === 'OK' && WELL.has(classOf(status ?? ''))) return [];
  const { code, message, reason, failedStep, failedStepCode, failedStepMessage, proposal, advice } = said;
  const step = failedStep === undefined ? undefined : [`step ${failedStep} failed`, failedStepCode, failedStepMessage];
  // The problem of a look that failed holds most of them already.
  const isNew = (words: string | undefined) => words !== undefined && words !== '' && !problem?.includes(words);
  const news = [message, reason, ...(step ?? [])].filter(isNew);
  const rows = (heading: string, words: readonly (string | undefined)[]) => {
    const notified = [...new Set(words.filter(isNew))].join(' ');
    return notified === '' ? [] : [`${heading.padEnd(12)} ${notified}`];
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
