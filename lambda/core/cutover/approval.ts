/**
 * The approval of a cutover: requested by e-mail, answered on the command line, void where the migration is no longer ready.
 * Each answer is an item of its own that is written once, so approving, rejecting, expiring and starting exclude each other.
 */

import type { CheckResult } from '../../contract/check-result';
import type { Caught, CutoverReply, CutoverState } from '../../contract/requests/cutover';
import { iso } from '../../contract/values/duration';
import { drainForecastText } from '../judge/drain-forecast';
import { InvalidInput, OmsCutoverError } from '../model/errors';
import { deliverPending } from '../notifications/notice';
import { approvalNotice, voidNotice } from './notices';
import {
  type CutoverRecord,
  type CutoverStore,
  currentRequest,
  type Decision,
  type DecisionType,
  type EndReason,
  phaseIndex,
} from './record';
import { type CutoverPorts, endBeforeStop, existingRecord, updateOpenRecord } from './record-update';
import { ROUND_EVENTS, replyAgain, replyEnd, replyGo, replyWait } from './reply';
import { describeError, withApprovalRequest, withDecision, withNotice, withVoidApproval } from './transitions';

/** More void approvals than this end the cutover. */
const MAX_REQUESTS = 10;
const FIRST_PAUSE_SECONDS = 5;
const LONGEST_PAUSE_SECONDS = 300;

export interface AnswerRequest {
  readonly project: string;
  readonly run: string;
  readonly approve: boolean;
  /** Who answers, as precisely as it is known. */
  readonly by: string;
  readonly note?: string;
  /** Unix milliseconds. */
  readonly now: number;
}

/**
 * Approves the current request, rejects it, or cancels a cutover that has not sent one yet.
 * @throws InvalidInput where that is not possible: no such run, no request, too late, answered already.
 */
export async function answerCutover(request: AnswerRequest, cutovers: CutoverStore): Promise<Decision> {
  const { project, run, approve, by, note, now } = request;
  const record = await cutovers.readCutover(project, run);
  if (record === undefined) throw new InvalidInput([`no record of cutover ${run} of project ${project} is stored`]);
  const problem = tooLate(record) ?? (approve ? notRequested(record, now) : null);
  if (problem !== null) throw new InvalidInput([problem]);
  const decision: Decision = {
    run,
    question: record.question,
    decision: approve ? 'APPROVED' : 'REJECTED',
    by,
    at: iso(now),
    ...(note === undefined ? {} : { note }),
  };
  if ((await cutovers.putDecision(project, decision)) === 'stored') return decision;
  const first = await cutovers.readDecision(project, run, record.question);
  // The same answer again: a repeated command, or a write whose response was lost.
  if (first?.by === by && first.decision === decision.decision) return first;
  throw new InvalidInput([
    `too late: ${first?.by ?? 'someone else'} already answered ${first?.decision ?? 'differently'} at ${first?.at ?? 'an unknown time'}`,
  ]);
}

function tooLate({ run, ending, phase }: CutoverRecord): string | null {
  if (ending !== null) return `too late: cutover ${run} ended at ${ending.at} (${ending.outcome})`;
  if (phaseIndex(phase) < phaseIndex('STOP_WRITES')) return null;
  return `too late: cutover ${run} is at ${phase}, and writes are stopped already; to abort it, stop its execution`;
}

function notRequested(record: CutoverRecord, now: number): string | null {
  const request = currentRequest(record);
  if (request === undefined) {
    return record.settings.approvalSeconds === null
      ? `cutover ${record.run} requires no approval`
      : `cutover ${record.run} has not requested an approval yet: it is at ${record.phase}; answer when its e-mail arrives`;
  }
  return now < Date.parse(request.expiresAt) ? null : `too late: the request expired at ${request.expiresAt}`;
}

export async function requestApproval(
  state: CutoverState,
  result: CheckResult,
  ports: CutoverPorts,
): Promise<CutoverReply> {
  const forecast = await drainForecastText(state.projectId, ports);
  const record = await updateOpenRecord(state, ports, (old) => {
    const { record: next, request } = withApprovalRequest(old, result.checkId, ports.clock.now());
    if (next === old) return old;
    return withNotice(next, approvalNotice(next, request, result, { forecast, where: whereToAnswer(ports) }));
  });
  return await replyWait(state, record, { seconds: FIRST_PAUSE_SECONDS, events: ROUND_EVENTS.question }, ports);
}

/** As the flags of the command line. */
function whereToAnswer({ pipeline, tableName }: CutoverPorts): string {
  if (pipeline !== undefined) return ` --url ${pipeline.answersUrl}`;
  return tableName === undefined ? '' : ` --table ${tableName}`;
}

/** Polls for the answer, less often the longer it takes. */
export async function checkApproval(state: CutoverState, ports: CutoverPorts): Promise<CutoverReply> {
  // No check may run meanwhile, so a request that could not be sent is sent from here.
  await deliverPending(state.projectId, `${ports.newId()}/notify`, ports);
  const record = await existingRecord(state, ports);
  const request = currentRequest(record);
  if (request === undefined) throw new OmsCutoverError('CutoverUnknown', 'no approval was requested');
  const now = ports.clock.now();
  const expired = now >= Date.parse(request.expiresAt);
  const decision = expired
    ? await decide(record, 'EXPIRED', 'nobody', ports)
    : await ports.cutovers.readDecision(record.project, record.run, record.question);
  if (decision === undefined) {
    const pause = Math.ceil((now - Date.parse(request.askedAt)) / 10_000);
    const left = Math.ceil((Date.parse(request.expiresAt) - now) / 1000);
    const seconds = Math.max(1, Math.min(LONGEST_PAUSE_SECONDS, Math.max(FIRST_PAUSE_SECONDS, pause), left));
    return await replyWait(state, record, { seconds, events: ROUND_EVENTS.answer }, ports);
  }
  await updateOpenRecord(state, ports, (old) => withDecision(old, decision));
  if (decision.decision === 'APPROVED') return replyGo(state);
  const message =
    decision.decision === 'EXPIRED'
      ? `not approved by ${request.expiresAt}, which counts as a rejection`
      : `rejected by ${decision.by} at ${decision.at}${decision.note === undefined ? '' : `: ${decision.note}`}`;
  return replyEnd(state, await endBeforeStop(record, 'REJECTED', { code: 'CutoverRejected', message }, ports));
}

/** The evidence behind the approval no longer holds: back to where it is gathered. */
export async function voidApproval(state: CutoverState, error: Caught, ports: CutoverPorts): Promise<CutoverReply> {
  const record = await updateOpenRecord(state, ports, (old) => {
    const request = currentRequest(old);
    if (request === undefined) return old;
    const next = withVoidApproval(old, error);
    return withNotice(next, voidNotice(next, { ...request, voidBecause: describeError(error) }));
  });
  if (record.question <= MAX_REQUESTS) return replyAgain(state);
  const message = `${MAX_REQUESTS} approvals became void: the migration does not stay ready`;
  return replyEnd(state, await endBeforeStop(record, 'REJECTED', { code: 'CutoverRejected', message }, ports));
}

/** Why a cutover was cancelled before it requested an approval; null where it was not. */
export async function readCancellation(
  { project, run, question }: CutoverRecord,
  cutovers: Pick<CutoverStore, 'readDecision'>,
): Promise<EndReason | null> {
  const decision = await cutovers.readDecision(project, run, question);
  return decision?.decision === 'REJECTED' ? cancellation(decision) : null;
}

/** Ends a cutover that was cancelled; null where it was not. */
export async function endIfCancelled(record: CutoverRecord, ports: CutoverPorts): Promise<EndReason | null> {
  const reason = await readCancellation(record, ports.cutovers);
  return reason === null ? null : await endBeforeStop(record, 'CANCELLED', reason, ports);
}

/** Decides between a cancellation and the stop of writes: the one that writes the item first counts. */
export async function lastChanceToCancel(record: CutoverRecord, ports: CutoverPorts): Promise<EndReason | null> {
  const decision = await decide(record, 'STARTED', 'the pipeline', ports);
  if (decision.decision === 'REJECTED') return await endBeforeStop(record, 'CANCELLED', cancellation(decision), ports);
  const needed: DecisionType = record.settings.approvalSeconds === null ? 'STARTED' : 'APPROVED';
  if (decision.decision === needed) return null;
  throw new OmsCutoverError('CutoverNotApproved', `the decision is ${decision.decision}, ${needed} is required`);
}

async function decide(
  record: CutoverRecord,
  decision: DecisionType,
  by: string,
  ports: CutoverPorts,
): Promise<Decision> {
  const { project, run, question } = record;
  const ours: Decision = { run, question, decision, by, at: iso(ports.clock.now()) };
  if ((await ports.cutovers.putDecision(project, ours)) === 'stored') return ours;
  return (await ports.cutovers.readDecision(project, run, question)) ?? ours;
}

/** The name under which a poll reports it, and the execution ends. */
export const CANCELLED = 'CutoverCancelled';

function cancellation({ by, at, note }: Decision): EndReason {
  return { code: CANCELLED, message: `cancelled by ${by} at ${at}${note === undefined ? '' : `: ${note}`}` };
}
