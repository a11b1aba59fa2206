/** The notifications of a cutover, in words: what it needs from an operator, and how it ended. */
import type { CheckResult } from '../../contract/check-result';
import type { CutoverOutcome, StepName } from '../../contract/requests/cutover';
import { iso, utc } from '../../contract/values/duration';
import { percent } from '../model/progress';
import type { RunNotice } from '../notifications/notice';
import { receiptText } from './receipt';
import { type ApprovalRequest, type CutoverRecord, isBeforeSwitchover } from './record';

/**
 * What an operator has to do, one sentence or choice on a line; null where nothing is left to do.
 * @param failedAt where the state machine caught the failure: a step of the user's, or a gate.
 */
export function manualAction(
  record: CutoverRecord,
  outcome: CutoverOutcome,
  failedAt: string,
  repairFailed: boolean,
): string | null {
  if (outcome !== 'NEEDS_OPERATOR') return null;
  const { phase, settings } = record;
  if (isBeforeSwitchover(record))
    return [
      'Writes to the source are stopped, or may be. Traffic was not switched.',
      'Do manually now what your step resumeWrites does, then check that the source accepts writes.',
    ].join('\n');
  const missing =
    settings.verify && phase === 'SWITCHOVER'
      ? 'your steps verify and switchTraffic do'
      : 'your step switchTraffic does';
  const fix =
    settings.switchover === 'operator' && phase === 'SWITCHOVER'
      ? 'complete the forward switchover in the OMS console'
      : `fix what failed (${failedAt})`;
  const forward =
    failedAt === 'switchTraffic' || phase === 'SWITCH_TRAFFIC'
      ? 'check how much your step switchTraffic has done, and do the rest manually.'
      : `${fix}, then do manually what ${missing}.`;
  const [drained, back] =
    settings.switchover === 'none'
      ? [
          'When the drain was checked, the target had every write up to the fence. OMS was not switched over.',
          'do manually what your step resumeWrites does, but only if nothing was written to the target.',
        ]
      : [
          'OMS may have been switched over: check the project in the OMS console.',
          'if OMS was switched over, switch it back first; until then the source must not accept writes. Then do manually what your step resumeWrites does.',
        ];
  return [
    'Writes to the source are stopped.',
    ...(repairFailed ? ['Your step rollback failed too.'] : []),
    drained,
    `To go forward: ${forward}`,
    `To go back: ${back}`,
  ].join('\n');
}

/** The last notification of a cutover, with its receipt. A cutover that never began has none. */
export function closingNotice(record: CutoverRecord): RunNotice | null {
  const { ending } = record;
  if (ending === null || ending.outcome === 'REFUSED') return null;
  const { headline, advice } = CLOSING[ending.outcome];
  return {
    id: `over-${ending.outcome.toLowerCase().replaceAll('_', '-')}`,
    headline:
      ending.outcome === 'NEEDS_OPERATOR'
        ? `${headline}: writes ${isBeforeSwitchover(record) ? 'may be' : 'are'} stopped`
        : headline,
    // What has to be done manually is the advice, which comes before the receipt.
    body: receiptText({ ...record, ending: { ...ending, byHand: null } }),
    advice: ending.byHand ?? advice,
    importance: ending.outcome === 'NEEDS_OPERATOR' ? 'HIGH' : 'MEDIUM',
  };
}

const START_AGAIN = 'nothing was stopped or switched. Start the cutover again when you are ready.';

const CLOSING: Record<Exclude<CutoverOutcome, 'REFUSED'>, { readonly headline: string; readonly advice: string }> = {
  SWITCHED: {
    headline: 'cutover SWITCHED, traffic is on the target',
    advice: 'check that the applications work on the target. Keep the source until you are sure.',
  },
  ROLLED_BACK: {
    headline: 'cutover ROLLED BACK, the source takes writes again',
    advice: 'traffic is on the source. Fix the cause, then start the cutover again.',
  },
  NEEDS_OPERATOR: {
    headline: 'cutover FAILED, MANUAL ACTION REQUIRED',
    advice: 'see the receipt.',
  },
  FAILED: {
    headline: 'cutover failed before writes were stopped',
    advice: 'nothing was stopped or switched. Fix the cause, then start the cutover again.',
  },
  REJECTED: { headline: 'cutover rejected', advice: START_AGAIN },
  CANCELLED: { headline: 'cutover cancelled', advice: START_AGAIN },
  ABORTED: { headline: 'cutover aborted before writes were stopped', advice: START_AGAIN },
  REHEARSED: {
    headline: 'cutover rehearsal complete',
    advice: 'nothing was stopped or switched. The receipt shows what a cutover would have done.',
  },
};

/** What the record does not have. */
export interface ApprovalContext {
  /** How long the drain would take. */
  readonly forecast: string;
  /** The flags that say where to answer, with a space before each. */
  readonly where: string;
}

export function approvalNotice(
  record: CutoverRecord,
  request: ApprovalRequest,
  result: CheckResult,
  { forecast, where }: ApprovalContext,
): RunNotice {
  const { project, run, settings } = record;
  const until = `${utc(request.expiresAt).slice(0, 16)} UTC`;
  const command = (verb: string) => `  oms-cutover ${verb} --project ${project} --run ${shellWord(run)}${where}`;
  return {
    id: `ask-${request.question}`,
    headline: `cutover ${settings.rehearse ? 'rehearsal ' : ''}waits for approval until ${until}`,
    body: [
      ...(settings.rehearse ? ['This is a rehearsal: none of your steps runs, and writes are not stopped.', ''] : []),
      `Ready      ${result.reason.message}`,
      `Progress   structure ${percent(result.structProgress)}, full copy ${percent(result.fullProgress)}, step ${result.step ?? 'unknown'}`,
      `Drain      ${forecast}`,
      `Snapshot   ${result.checkId}, ${utc(result.observedAt)}`,
      '',
      'Run one of these with an AWS identity that may approve cutovers of this pipeline:',
      command('approve'),
      command('reject'),
      '',
      'After an approval the cutover checks again that the migration is ready, and then stops writes.',
    ].join('\n'),
    advice: `run one of the two commands below by ${until}; without an answer the cutover is rejected. The source takes writes meanwhile.`,
    importance: 'HIGH',
  };
}

export function voidNotice(record: CutoverRecord, { by, decidedAt, voidBecause }: ApprovalRequest): RunNotice {
  return {
    id: `void-${record.question - 1}`,
    headline: 'cutover approval is void',
    body: `${by ?? 'An operator'} approved${decidedAt === null ? '' : ` at ${utc(decidedAt)}`}, but the migration is no longer ready: ${voidBecause ?? 'unknown cause'}`,
    advice: `no action needed; cutover ${record.run} waits until the migration is ready and then requests approval again.`,
    importance: 'MEDIUM',
  };
}

export function verificationNotice(record: CutoverRecord, differences: string): RunNotice {
  return {
    // Another number of differences is another notification.
    id: `different-${record.gates.filter(({ gate }) => gate === 'VERIFICATION').length}`,
    headline: 'cutover waits: verification found differences',
    body: differences,
    advice:
      'correct the differences in the OMS console and verify again there; the cutover then continues by itself. The source takes writes meanwhile.',
    importance: 'HIGH',
  };
}

/** A step of a cutover that has ended: its execution was redriven, or did not notice that it had ended. */
export function refusedStepNotice({ run, ending }: CutoverRecord, step: StepName): RunNotice {
  return {
    id: `refused-${step}`,
    headline: `cutover acted after its end: ${step} was refused`,
    body: `Cutover ${run} ended at ${utc(ending?.at ?? '')} with ${ending?.outcome}. Its execution then reached the step ${step}, which was not run.`,
    advice: 'find out who redrove the execution of this cutover, and start a new cutover instead. Nothing was changed.',
    importance: 'HIGH',
  };
}

/** The community edition of OMS has no call for its forward switchover: an operator starts it in the console, while writes are stopped. */
export function switchoverNotice({ project, settings }: CutoverRecord, now: number): RunNotice {
  const deadline = `${utc(iso(now + settings.switchoverTimeoutSeconds * 1000)).slice(11, 16)} UTC`;
  const otherwise = settings.rollback
    ? 'your step rollback runs'
    : 'the cutover fails, and writes stay stopped until you act manually';
  return {
    id: 'switchover',
    headline: `cutover: writes stopped, switch over in the OMS console by ${deadline}`,
    body: [
      'Writes to the source are stopped, and the target has every write up to the fence. In the OMS console:',
      `  1. Open project ${project}, step "Forward switchover" (APP_SWITCH), and start the forward switchover.`,
      '  2. Confirm each check: source writes are stopped, incremental synchronization has caught up.',
      '  3. If the project has reverse incremental synchronization, start it and wait until that step is running.',
      `If this is not done by ${deadline}, ${otherwise}.`,
    ].join('\n'),
    advice:
      'switch over now, as described below; writes stay stopped until it is done. The cutover continues by itself when the reverse checkpoint moves, or, without reverse synchronization, when the project is FINISHED.',
    importance: 'HIGH',
  };
}

/** Names of executions may have characters that a shell interprets. */
function shellWord(text: string): string {
  return /^[\w.@+=-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}
