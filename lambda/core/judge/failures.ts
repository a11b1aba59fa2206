/** What stands in the way of any goal: the migration's trouble and OMS's, each with the grace after which a wait fails on it. */
import type { Reason } from '../../contract/check-result';
import type { OmsWords } from '../../contract/oms';
import { formatDuration } from '../model/duration';
import type { Look } from '../model/progress';
import type { Latest } from '../model/project-state';
import { classOf } from '../model/status';
import { type SeriesName, statusGracesEnd } from '../observe/series';
import { hasVanished } from '../observe/vanished';
import type { Question } from './judge';

export interface Trouble {
  readonly failed: boolean;
  readonly reason: Reason;
  /** Unix milliseconds at which it fails the wait if every look until then sees it too. */
  readonly failsAt: number | null;
}

export function trouble(question: Question, latest: Latest, look: Look): Trouble | null {
  return look.outcome === 'OK'
    ? ofTheMigration(question, latest, look.progress.status, look.said)
    : ofOms(question, latest, look);
}

function ofTheMigration({ settings }: Question, latest: Latest, status: string, said: OmsWords): Trouble | null {
  const words = omsSays(said);
  switch (classOf(status)) {
    case 'gone':
      return now('MigrationGone', `the project is ${status}: it is being taken down, which cannot be undone`);
    case 'failed':
      return graced(latest, 'failed', settings.failedGraceSeconds, 'MigrationFailed', `the project is FAILED${words}`);
    case 'suspended':
      return graced(
        latest,
        'suspended',
        settings.suspendedGraceSeconds,
        'MigrationSuspended',
        `the project is suspended (SUSPEND)${words}`,
      );
    case 'unknown':
      return graced(
        latest,
        'unknown',
        settings.unknownGraceSeconds,
        'UnknownStatus',
        `OMS says status ${status}, a word nobody here knows`,
      );
    default:
      return null;
  }
}

function ofOms(question: Question, latest: Latest, look: Look & { problem: string }): Trouble {
  const { settings, firstLook } = question;
  if (hasVanished(latest.progress, look))
    return now('MigrationGone', `OMS knew this project and knows it no longer: ${look.problem}`);
  if (look.outcome === 'OmsProjectNotFound') return now('OmsProjectNotFound', look.problem);
  const outage = graced(latest, 'noAnswer', settings.outageGraceSeconds, 'OmsUnreachable', look.problem);
  // A status seen before may fail the wait as soon as OMS answers again: somebody has to look then.
  const ofStatus = statusGracesEnd(latest.series, settings).filter((at) => at > look.answeredAt);
  const unreachable = { ...outage, failsAt: earliest([outage.failsAt, ...ofStatus]) };
  if (look.outcome !== 'OmsRejectedCredentials') return unreachable;
  const grace = firstLook ? 0 : settings.credentialsGraceSeconds;
  const rejected = graced(latest, 'credentials', grace, 'OmsRejectedCredentials', look.problem);
  if (unreachable.failed && !rejected.failed) return unreachable;
  // Whichever ends it first: the pace must not sleep past it.
  return { ...rejected, failsAt: earliest([unreachable.failsAt, rejected.failsAt]) };
}

function earliest(moments: readonly (number | null)[]): number | null {
  const known = moments.filter((at) => at !== null);
  return known.length === 0 ? null : Math.min(...known);
}

function now(code: string, message: string): Trouble {
  return { failed: true, reason: { code, message }, failsAt: null };
}

/** Fails once the unbroken series of looks that saw it is as long as the grace. */
function graced(latest: Latest, series: SeriesName, graceSeconds: number, code: string, what: string): Trouble {
  const seen = latest.series[series];
  const lasted = seen === undefined ? 0 : (seen.last - seen.since) / 1000;
  const failed = lasted >= graceSeconds;
  const since = `${what}; seen so for ${formatDuration(lasted)}`;
  const rest = failed ? `the grace is ${formatDuration(graceSeconds)}` : `fails after ${formatDuration(graceSeconds)}`;
  return {
    failed,
    reason: { code, message: `${since}, ${rest}` },
    failsAt: seen === undefined ? null : seen.since + graceSeconds * 1000,
  };
}

/** `; OMS says: message; reason; step; advice`, without what it left out and without their full stops; empty when OMS says nothing. */
function omsSays(said: OmsWords): string {
  const words = [withCode(said), said.reason, failedStepOf(said), said.proposal ?? said.advice].filter(
    (word) => word !== undefined,
  );
  return words.length === 0 ? '' : `; OMS says: ${words.map((word) => word.trimEnd().replace(/\.$/, '')).join('; ')}`;
}

/** What OMS says under the code by which its manual explains it. */
export function withCode({ code, message }: OmsWords): string | undefined {
  if (code === undefined || message?.includes(code)) return message;
  return message === undefined ? code : `${code}: ${message}`;
}

/** `step FULL_MIGRATION failed: target is full`; undefined where OMS names none. */
export function failedStepOf({ failedStep, failedStepMessage }: OmsWords): string | undefined {
  if (failedStep === undefined) return undefined;
  return `step ${failedStep} failed${failedStepMessage === undefined ? '' : `: ${failedStepMessage}`}`;
}
