/** What happened, in a few words: the subject, and the first line of the mail. */

import { RESUMABLE_SECONDS } from '../../contract/defaults';
import type { FailedOutcome } from '../../contract/oms';
import type { Change, ChangeKind } from '../model/change';
import { formatDuration } from '../model/duration';
import { classOf, phaseOf } from '../model/status';

/** An OMS that cannot be reached, one that answers nonsense and one that says no are mended in different places. */
const NO_ANSWER: Record<FailedOutcome, string> = {
  OmsUnreachable: 'OMS unreachable',
  OmsBadReply: 'OMS gives no valid answer',
  OmsRefused: 'OMS refuses to answer',
  OmsProjectNotFound: 'OMS knows no such project',
  OmsRejectedCredentials: 'OMS refuses the credentials',
};

const HEADLINES: Record<Exclude<ChangeKind, 'status'>, (change: Change) => string> = {
  found: (change) => `found ${change.status ?? 'in an unknown state'}`,
  unreachable: (change) => `${NO_ANSWER[change.outcome ?? 'OmsUnreachable']}${sinceWhen(change)}`,
  answering: () => 'OMS answers again',
  'credentials-refused': () => 'OMS refuses the credentials',
  'credentials-accepted': () => 'OMS accepts the credentials again',
  vanished: () => 'VANISHED: OMS knows it no longer',
  back: () => 'back: OMS knows it again',
  stalled: () => 'STALLED while RUNNING',
  moving: () => 'moving again',
  lagging: (change) => `LAGGING ${change.lagSeconds ?? '?'} s`,
  'caught-up': (change) => `caught up, lag ${change.lagSeconds ?? '?'} s`,
  expiring: (change) =>
    `${change.status ?? 'stopped'}${sinceWhen(change)}, ${mayBeOver(change) ? 'OMS may not be able to resume it' : 'resume it soon'}`,
  'may-never-finish': () => 'may never reach FINISHED',
  'goal-met': (change) => `is ${change.detail?.split(':')[0] ?? 'ready'}`,
  'rollback-path-lost': () => 'WAY BACK LOST: the source no longer follows the target',
  'rollback-path-restored': () => 'way back open again',
  cutover: (change) => change.notice?.headline ?? 'cutover',
  summary: (change) => change.notice?.headline ?? 'several changes while muted',
  test: () => 'test: this is how you will be told',
};

export function headline(change: Change): string {
  if (change.kind !== 'status') return HEADLINES[change.kind](change);
  const lasted = change.since === undefined ? '' : ` ${formatDuration((change.at - change.since) / 1000)}`;
  return `${change.to} (was ${change.from}${lasted})`;
}

/** `, FULL_MIGRATION 63 %`: the step, with its percentage where it has one and is not over. */
export function place(change: Change): string {
  // A cutover's headline says it all, and its subject must not be cut.
  if (change.step === null || change.kind === 'cutover') return '';
  const copying =
    phaseOf(change.step) === 'full' && classOf(change.status ?? '') !== 'finished' && change.fullProgress !== null;
  return `, ${change.step}${copying ? ` ${change.fullProgress} %` : ''}`;
}

function sinceWhen(change: Change): string {
  return change.since === undefined ? '' : ` for ${formatDuration((change.at - change.since) / 1000)}`;
}

function mayBeOver({ since, at }: Change): boolean {
  return since !== undefined && at - since >= RESUMABLE_SECONDS * 1000;
}
