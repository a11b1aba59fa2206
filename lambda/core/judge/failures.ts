/** What stands in the way of any goal: the migration's trouble and OMS's, each with the grace after which a wait fails on it. */
import type { Reason } from '../../contract/check-result';
import type { OmsWords } from '../../contract/oms';
import { formatDuration } from '../model/duration';
import type { Observation } from '../model/progress';
import type { ProjectState } from '../model/project-state';
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

export function trouble(question: Question, projectState: ProjectState, observation: Observation): Trouble | null {
  return observation.outcome === 'OK'
    ? ofTheMigration(question, projectState, observation.progress.status, observation.said)
    : ofOms(question, projectState, observation);
}

function ofTheMigration(
  { settings }: Question,
  projectState: ProjectState,
  status: string,
  said: OmsWords,
): Trouble | null {
  const words = omsSays(said);
  switch (classOf(status)) {
    case 'gone':
      return now('MigrationGone', `the project is ${status}: it is being taken down, which cannot be undone`);
    case 'failed':
      return graced(
        projectState,
        'failed',
        settings.failedGraceSeconds,
        'MigrationFailed',
        `the project is FAILED${words}`,
      );
    case 'suspended':
      return graced(
        projectState,
        'suspended',
        settings.suspendedGraceSeconds,
        'MigrationSuspended',
        `the project is suspended (SUSPEND)${words}`,
      );
    case 'unknown':
      return graced(
        projectState,
        'unknown',
        settings.unknownGraceSeconds,
        'UnknownStatus',
        `OMS says status ${status}, a word nobody here knows`,
      );
    default:
      return null;
  }
}

function ofOms(
  question: Question,
  projectState: ProjectState,
  observation: Observation & { problem: string },
): Trouble {
  const { settings, firstPoll } = question;
  if (hasVanished(projectState.progress, observation))
    return now('MigrationGone', `OMS knew this project and knows it no longer: ${observation.problem}`);
  if (observation.outcome === 'OmsProjectNotFound') return now('OmsProjectNotFound', observation.problem);
  const outage = graced(projectState, 'noAnswer', settings.outageGraceSeconds, 'OmsUnreachable', observation.problem);
  // A status seen before may fail the wait as soon as OMS answers again: somebody has to look then.
  const ofStatus = statusGracesEnd(projectState.series, settings).filter((at) => at > observation.answeredAt);
  const unreachable = { ...outage, failsAt: earliest([outage.failsAt, ...ofStatus]) };
  if (observation.outcome !== 'OmsRejectedCredentials') return unreachable;
  const grace = firstPoll ? 0 : settings.credentialsGraceSeconds;
  const rejected = graced(projectState, 'credentials', grace, 'OmsRejectedCredentials', observation.problem);
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
function graced(
  projectState: ProjectState,
  series: SeriesName,
  graceSeconds: number,
  code: string,
  what: string,
): Trouble {
  const seen = projectState.series[series];
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
