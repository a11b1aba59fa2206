/** What fails a wait for any goal: a condition of the migration or of OMS, each with its grace period. */
import type { Graced, Reason } from '../../contract/reason';
import type { ProjectState, SeriesName } from '../model/project-state';
import type { Assessment } from '../observe/assessment';
import { statusGracesEnd } from '../observe/series';
import type { Question } from './judge';

export interface Failure {
  readonly isDue: boolean;
  readonly reason: Reason;
  /** Unix milliseconds at which it fails the wait if every poll until then sees it too. */
  readonly dueAt: number | null;
}

export function failureOf(question: Question, assessment: Assessment, projectState: ProjectState): Failure | null {
  return assessment.outcome === 'OK'
    ? ofTheMigration(question, assessment, projectState)
    : ofOms(question, assessment, projectState);
}

function ofTheMigration(
  { settings }: Question,
  { progress: { status }, statusClass, said }: Assessment & { outcome: 'OK' },
  projectState: ProjectState,
): Failure | null {
  switch (statusClass) {
    case 'gone':
      return atOnce({ code: 'MigrationGone', params: { status, problem: null } });
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
  { settings, firstPoll }: Question,
  { outcome, problem, hasVanished, answeredAt }: Exclude<Assessment, { outcome: 'OK' }>,
  projectState: ProjectState,
): Failure {
  if (hasVanished) return atOnce({ code: 'MigrationGone', params: { status: null, problem } });
  if (outcome === 'OmsProjectNotFound') return atOnce({ code: 'OmsProjectNotFound', params: { problem } });
  const outage = graced(projectState, 'noAnswer', settings.outageGraceSeconds, (grace) => ({
    code: 'OmsUnreachable',
    params: { ...grace, problem },
  }));
  // A status seen before may fail the wait as soon as OMS answers again: the next poll must not come later.
  const ofStatus = statusGracesEnd(projectState.series, settings).filter((at) => at > answeredAt);
  const unreachable = { ...outage, dueAt: earliest([outage.dueAt, ...ofStatus]) };
  if (outcome !== 'OmsRejectedCredentials') return unreachable;
  const rejected = graced(projectState, 'credentials', firstPoll ? 0 : settings.credentialsGraceSeconds, (grace) => ({
    code: 'OmsRejectedCredentials',
    params: { ...grace, problem },
  }));
  if (unreachable.isDue && !rejected.isDue) return unreachable;
  // Whichever ends it first: the poll interval must not exceed it.
  return { ...rejected, dueAt: earliest([unreachable.dueAt, rejected.dueAt]) };
}

function earliest(moments: readonly (number | null)[]): number | null {
  const known = moments.filter((at) => at !== null);
  return known.length === 0 ? null : Math.min(...known);
}

function atOnce(reason: Reason): Failure {
  return { isDue: true, reason, dueAt: null };
}

/** Fails once the unbroken series of polls that saw the condition is as long as the grace period. */
function graced(
  { series }: ProjectState,
  name: SeriesName,
  graceSeconds: number,
  reasonFor: (grace: Graced) => Reason,
): Failure {
  const seen = series[name];
  const lastedSeconds = seen === undefined ? 0 : (seen.last - seen.since) / 1000;
  return {
    isDue: lastedSeconds >= graceSeconds,
    reason: reasonFor({ lastedSeconds, graceSeconds }),
    dueAt: seen === undefined ? null : seen.since + graceSeconds * 1000,
  };
}
