/** What a cutover tells people: what it did, what they decide, and what they have to do by hand. */
import type { CheckResult } from '../../contract/check-result';
import type { CutoverOutcome } from '../../contract/cutover';
import { formatDuration } from '../model/duration';
import { percent } from '../model/progress';
import { receiptText } from './receipt';
import type { Asked, CutoverRecord, Notice } from './record';

/** Where a failure was caught, as the definition names it: a step of the user's, or a gate. */
export type FailedAt = string;

/** Exactly which step to do by hand; null where nothing is left to do. */
export function byHand(
  record: CutoverRecord,
  outcome: CutoverOutcome,
  failedAt: FailedAt,
  repairFailed: boolean,
): string | null {
  if (outcome !== 'NEEDS_OPERATOR') return null;
  const { phase, settings } = record;
  if (phase === 'STOP_WRITES' || phase === 'DRAIN') {
    return 'Writes to the source are, or may be, stopped, and nothing was switched. Do by hand what your step resumeWrites does, now; then see that the source takes writes.';
  }
  const repaired = repairFailed ? `Your step rollback failed too. ` : '';
  const switchedInOms =
    settings.switchover === 'none'
      ? 'OMS was not switched over: the source is still in force, and to go back is to do by hand what your step resumeWrites does, provided that nobody has written to the target.'
      : 'OMS may have been switched over (see the project in its console): then the target is in force, and the source must not take writes again before OMS is switched back there.';
  const done = settings.switchover === 'none' ? 'The target has every write up to the fence.' : '';
  const forward =
    failedAt === 'switchTraffic' || phase === 'SWITCH_TRAFFIC'
      ? 'To go forward, see how far your step switchTraffic came and do the rest of it by hand.'
      : `To go forward, mend what failed (${failedAt}), then do by hand what your ${settings.verify && phase === 'SWITCHOVER' ? 'steps verify and switchTraffic do' : 'step switchTraffic does'}.`;
  return [`${repaired}Writes are stopped.`, done, forward, switchedInOms].filter((part) => part !== '').join(' ');
}

/** The last e-mail: with the whole receipt. */
export function closingNotice(record: CutoverRecord): Notice | null {
  const { ending } = record;
  if (ending === null || ending.outcome === 'REFUSED') return null;
  return {
    id: `over-${ending.outcome.toLowerCase().replaceAll('_', '-')}`,
    headline: HEADLINES[ending.outcome],
    body: receiptText(record),
    advice: ending.byHand ?? ADVICE[ending.outcome],
    importance: ending.outcome === 'NEEDS_OPERATOR' ? 'HIGH' : 'MEDIUM',
  };
}

const HEADLINES: Record<CutoverOutcome, string> = {
  SWITCHED: 'cutover SWITCHED',
  ROLLED_BACK: 'cutover ROLLED BACK',
  NEEDS_OPERATOR: 'cutover NEEDS AN OPERATOR',
  FAILED: 'cutover failed before writes were stopped',
  REJECTED: 'cutover rejected',
  CANCELLED: 'cutover cancelled',
  ABORTED: 'cutover stopped before it stopped writes',
  REFUSED: 'cutover refused',
  REHEARSED: 'cutover rehearsed',
};

const ADVICE: Record<CutoverOutcome, string> = {
  SWITCHED: 'see that the applications work on the target; keep the source until you are sure.',
  ROLLED_BACK: 'the source is in force and takes writes again; mend the cause, then start the cutover anew.',
  NEEDS_OPERATOR: 'see above.',
  FAILED: 'nothing was stopped or switched; mend the cause, then start the cutover anew.',
  REJECTED: 'nothing was stopped or switched; start the cutover anew when it is wanted.',
  CANCELLED: 'nothing was stopped or switched; start the cutover anew when it is wanted.',
  ABORTED: 'nothing was stopped or switched; start the cutover anew when it is wanted.',
  REFUSED: 'wait for the other cutover.',
  REHEARSED: 'nothing was stopped or switched; the receipt says what would have been done.',
};

/** What stands in no record. */
export interface Evidence {
  /** How long the drain would take. */
  readonly forecast: string;
  readonly tableName: string | undefined;
}

/** Asks a person, with everything they need to decide. */
export function approvalNotice(record: CutoverRecord, asked: Asked, seen: CheckResult, more: Evidence): Notice {
  const { project, run } = record;
  const command = (verb: string) =>
    `oms-cutover ${verb} --project ${project} --run ${run}${more.tableName === undefined ? '' : ` --table ${more.tableName}`}`;
  return {
    id: `ask-${asked.question}`,
    headline: `cutover waits for approval${record.settings.rehearse ? ' (rehearsal)' : ''}`,
    body: [
      ...(record.settings.rehearse ? ['A rehearsal: none of your steps will be run, and writes go on.', ''] : []),
      `Lag        ${seen.lagSeconds ?? 'unknown'} s, allowed ${record.settings.maxLagSeconds} s`,
      `Held       ${seen.reason.message}`,
      `Progress   structure ${percent(seen.structProgress)}, full copy ${percent(seen.fullProgress)}, step ${seen.step ?? 'unknown'}`,
      `Snapshot   ${seen.checkId}, seen ${seen.observedAt}`,
      `Drain      ${more.forecast}`,
      '',
      'Signed in as an AWS identity that may read and write that table:',
      `  ${command('approve')}`,
      `  ${command('reject')}`,
    ].join('\n'),
    advice: `approve or reject until ${asked.expiresAt}; after that it is rejected. Until then writes go on.`,
    importance: 'HIGH',
  };
}

export function voidNotice(record: CutoverRecord, asked: Asked): Notice {
  return {
    id: `void-${asked.question}`,
    headline: 'cutover approval is void',
    body: `${asked.by ?? 'Somebody'} approved at ${asked.decidedAt ?? '?'}, but the evidence no longer held: ${asked.voidBecause ?? ''}`,
    advice: `nothing; the cutover ${record.run} waits until the migration is ready again, and then asks anew.`,
    importance: 'MEDIUM',
  };
}

/** OMS's own forward switchover has no call in the community edition: a person does it, while writes are stopped. */
export function switchoverNotice(record: CutoverRecord, limitSeconds: number): Notice {
  return {
    id: 'switchover',
    headline: 'cutover: switch over in the OMS console NOW',
    body: [
      'Writes are stopped, and every write up to the fence has arrived. In the OMS console:',
      `  1. open the project ${record.project}, step "Forward switchover" (APP_SWITCH), and start the forward switchover;`,
      '  2. confirm each of its checks: source writes stopped, incremental synchronisation caught up;',
      '  3. have it start reverse incremental synchronisation, where the project has it, and leave the page when that step is running.',
    ].join('\n'),
    advice: `do it now: writes are stopped until it is done. The cutover goes on by itself when the reverse checkpoint moves, or, where reverse synchronisation is off, when the project is FINISHED; it waits for ${formatDuration(limitSeconds)}.`,
    importance: 'HIGH',
  };
}
