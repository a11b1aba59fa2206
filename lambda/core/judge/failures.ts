/** What stands in the way of any goal: the migration's trouble and OMS's, each with the grace after which a wait fails on it. */
import type { OmsWords } from '../../contract/oms';
import type { Graced, Reason } from '../../contract/reason';
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
  switch (classOf(status)) {
    case 'gone':
      return now({ code: 'MigrationGone', params: { status, problem: null } });
    case 'failed':
      return graced(projectState, 'failed', settings.failedGraceSeconds, (grace) => ({
        code: 'MigrationFailed',
        params: { ...grace, said },
      }));
    case 'suspended':
      return graced(projectState, 'suspended', settings.suspendedGraceSeconds, (grace) => ({
        code: 'MigrationSuspended',
        params: { ...grace, said },
      }));
    case 'unknown':
      return graced(projectState, 'unknown', settings.unknownGraceSeconds, (grace) => ({
        code: 'UnknownStatus',
        params: { ...grace, status },
      }));
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
  const { problem } = observation;
  if (hasVanished(projectState.progress, observation))
    return now({ code: 'MigrationGone', params: { status: null, problem } });
  if (observation.outcome === 'OmsProjectNotFound') return now({ code: 'OmsProjectNotFound', params: { problem } });
  const outage = graced(projectState, 'noAnswer', settings.outageGraceSeconds, (grace) => ({
    code: 'OmsUnreachable',
    params: { ...grace, problem },
  }));
  // A status seen before may fail the wait as soon as OMS answers again: the next poll must not come later.
  const ofStatus = statusGracesEnd(projectState.series, settings).filter((at) => at > observation.answeredAt);
  const unreachable = { ...outage, failsAt: earliest([outage.failsAt, ...ofStatus]) };
  if (observation.outcome !== 'OmsRejectedCredentials') return unreachable;
  const rejected = graced(projectState, 'credentials', firstPoll ? 0 : settings.credentialsGraceSeconds, (grace) => ({
    code: 'OmsRejectedCredentials',
    params: { ...grace, problem },
  }));
  if (unreachable.failed && !rejected.failed) return unreachable;
  // Whichever ends it first: the poll interval must not exceed it.
  return { ...rejected, failsAt: earliest([unreachable.failsAt, rejected.failsAt]) };
}

function earliest(moments: readonly (number | null)[]): number | null {
  const known = moments.filter((at) => at !== null);
  return known.length === 0 ? null : Math.min(...known);
}

function now(reason: Reason): Trouble {
  return { failed: true, reason, failsAt: null };
}

/** Fails once the unbroken series of polls that saw the condition is as long as the grace period. */
function graced(
  { series }: ProjectState,
  name: SeriesName,
  graceSeconds: number,
  reasonFor: (grace: Graced) => Reason,
): Trouble {
  const seen = series[name];
  const lastedSeconds = seen === undefined ? 0 : (seen.last - seen.since) / 1000;
  return {
    failed: lastedSeconds >= graceSeconds,
    reason: reasonFor({ lastedSeconds, graceSeconds }),
    failsAt: seen === undefined ? null : seen.since + graceSeconds * 1000,
  };
}
