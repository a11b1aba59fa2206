/**
 * Resuming writes, for every request: whether this run's writes have to be resumed, and what is recorded of it. Idempotent by the run.
 * Order of effects: the record says that writes are being resumed, which keeps the pipeline from taking another step; resumeWrites; the record
 * is closed. A crash in between leaves an open record, with which the watchdog starts again.
 */
import type { CutoverBookkeeping, CutoverReply, CutoverState, ResumeReason } from '../../contract/requests/cutover';
import { CheckFailed } from '../model/errors';
import { deliverPending } from '../notifications/notice';
import { closingOfEnd } from './closing';
import { type CutoverRecord, guardedUntil, isBeforeSwitchover, type RunOwner } from './record';
import { type CutoverPorts, updateRecord } from './record-update';
import { replyEnd, replyGo } from './reply';
import { type ResumeRequest, readResumeRequest } from './resume-request';
import { type Closing, describeError, withEnding, withResume } from './transitions';

type Command<A extends CutoverBookkeeping['action']> = Extract<CutoverBookkeeping, { action: A }>;

/** Executions of the resume machine that leave the record open, before an operator is needed. */
const MAX_ATTEMPTS = 3;

/** What has to be done for a request. */
type Plan =
  | { readonly do: 'resume'; readonly why: ResumeReason }
  | { readonly do: 'close'; readonly closing: Closing }
  /** `problem`: why the request is refused; null where there is nothing to do. */
  | { readonly do: 'nothing'; readonly problem: string | null };

const NOTHING: Plan = { do: 'nothing', problem: null };
const refused = (problem: string): Plan => ({ do: 'nothing', problem });

/** @throws InvalidInput for an input that names no run, CheckFailed where a notification could not be sent yet. */
export async function beginResume(
  { request: input, execution }: Command<'beginResume'>,
  ports: CutoverPorts,
): Promise<CutoverReply> {
  const request = readResumeRequest(input);
  const run = runOf(request);
  const owner = await ports.cutovers.readRunOwner(run);
  const project = projectOf(request) ?? owner?.project;
  const state = stateOf(request, run, project, owner);
  if (project === undefined || (request.by === 'end' && isOfAnotherPipeline(owner, request.end.execution)))
    return replyEnd(state, DONE);
  const isCurrent = (await ports.cutovers.readCurrentCutover(project))?.run === run;
  let plan: Plan = NOTHING;
  const record = await updateRecord(project, run, ports, (old) => {
    const now = ports.clock.now();
    plan = planOf(request, old, { isCurrent, now, execution });
    if (plan.do === 'close') return withEnding(old, plan.closing, now);
    return plan.do === 'resume' && request.by !== 'guard' ? withResume(old, execution, plan.why, now) : old;
  });
  if (record === null) return replyEnd(state, unknownRun(request, project, run));
  return await replyTo(plan, { ...state, ...fenceOf(record) }, record, ports);
}

async function replyTo(plan: Plan, state: CutoverState, record: CutoverRecord, ports: CutoverPorts) {
  if (plan.do === 'resume') return { ...replyGo(state), why: plan.why };
  if (!(await deliverPending(record.project, `${ports.newId()}/notify`, ports)))
    throw new CheckFailed(`the notification that cutover ${record.run} ended could not be sent yet`);
  if (plan.do === 'nothing' && plan.problem !== null)
    return replyEnd(state, { code: 'CutoverNotResumable', message: plan.problem });
  const { ending } = record;
  return replyEnd(state, ending?.outcome === 'NEEDS_OPERATOR' ? ending : DONE);
}

/** Nothing is left to do. */
const DONE = { code: '', message: '' };

function unknownRun({ by }: ResumeRequest, project: string, run: string) {
  // The end of an execution that never began a run.
  if (by === 'end') return DONE;
  return { code: 'CutoverUnknown', message: `no record of cutover ${run} of project ${project} is stored` };
}

function planOf(
  request: ResumeRequest,
  record: CutoverRecord,
  { isCurrent, now, execution }: { readonly isCurrent: boolean; readonly now: number; readonly execution: string },
): Plan {
  const { ending } = record;
  switch (request.by) {
    case 'pipeline': {
      const why = { problem: `${request.failed.at} failed: ${describeError(request.error)}`, at: request.failed.at };
      if (ending !== null)
        return ending.outcome === 'SWITCHED' || ending.outcome === 'REHEARSED' ? refused(over(record)) : NOTHING;
      return isBeforeSwitchover(record) ? { do: 'resume', why } : { do: 'close', closing: needsOperator(why) };
    }
    case 'end': {
      if (ending !== null) return NOTHING;
      const closing = closingOfEnd(record, request.end);
      if (closing.outcome !== 'NEEDS_OPERATOR' || !isBeforeSwitchover(record)) return { do: 'close', closing };
      const why = { problem: closing.message, at: closing.failedAt };
      const { resume } = record;
      // The same execution asks again where the answer was lost.
      if (resume === undefined || resume.execution === execution || resume.attempts < MAX_ATTEMPTS)
        return { do: 'resume', why };
      return { do: 'close', closing: needsOperator(why, `${MAX_ATTEMPTS} executions of it ended without a result`) };
    }
    case 'guard': {
      const until = guardedUntil(record);
      if (!isCurrent || until === null || now > until || record.resume === undefined) return NOTHING;
      return { do: 'resume', why: record.resume.why };
    }
    case 'person': {
      const problem = notForAPerson(record, isCurrent);
      return problem === null ? { do: 'resume', why: { problem: 'resumed by a person', at: '' } } : refused(problem);
    }
  }
}

/** Why a person's request is refused: resumed now, writes could be accepted by both databases, or not drained in another cutover. */
function notForAPerson(record: CutoverRecord, isCurrent: boolean): string | null {
  if (!isCurrent) return `another cutover of ${record.project} began after ${record.run}`;
  if (record.settings.rehearse) return `${record.run} is a rehearsal: it does not stop writes`;
  if (record.stoppingAt === null) return `cutover ${record.run} has not stopped writes; to cancel it, use reject`;
  if (!isBeforeSwitchover(record) || record.ending?.outcome === 'SWITCHED')
    return `cutover ${record.run} is at ${record.phase}: the target may have received writes. Act as its e-mail or the command status says`;
  return null;
}

function over({ run, ending }: CutoverRecord): string {
  return `cutover ${run} ended at ${ending?.at} with ${ending?.outcome}`;
}

/** After resumeWrites, which succeeded or failed. */
export async function endResume(
  { state, why, repairError }: Command<'endResume'>,
  ports: CutoverPorts,
): Promise<CutoverReply> {
  const closing = repairError === undefined ? resumed(why) : needsOperator(why, describeError(repairError));
  const record = await updateRecord(state.projectId, state.run, ports, (old) => {
    const isSame = old.ending === null || old.ending.outcome === closing.outcome;
    // A person, or the watchdog, resumed writes after the first attempt had failed, or the other way round: the last one counts.
    return withEnding(isSame ? old : { ...old, ending: null }, closing, ports.clock.now());
  });
  await deliverPending(state.projectId, `${ports.newId()}/notify`, ports);
  const { code, message } = record?.ending ?? closing;
  return replyEnd(state, { code, message });
}

function resumed({ problem, at }: ResumeReason): Closing {
  const message = `${problem}; the source takes writes again`;
  return { outcome: 'ROLLED_BACK', code: 'CutoverRolledBack', message, failedAt: at, repairFailed: false };
}

/** @param repairProblem why resumeWrites failed; undefined where it was not run. */
function needsOperator({ problem, at }: ResumeReason, repairProblem?: string): Closing {
  const message = repairProblem === undefined ? problem : `${problem}; then resumeWrites failed too: ${repairProblem}`;
  const repairFailed = repairProblem !== undefined;
  return { outcome: 'NEEDS_OPERATOR', code: 'CutoverNeedsOperator', message, failedAt: at, repairFailed };
}

function runOf(request: ResumeRequest): string {
  if (request.by === 'pipeline') return request.cutover.run;
  return request.by === 'end' ? request.end.run : request.run;
}

function projectOf(request: ResumeRequest): string | undefined {
  if (request.by === 'pipeline') return request.cutover.projectId;
  return request.by === 'end' ? undefined : request.project;
}

/** An execution of another pipeline may have the same name. */
function isOfAnotherPipeline(owner: RunOwner | undefined, execution: string | undefined): boolean {
  if (owner === undefined) return true;
  return owner.execution !== undefined && execution !== undefined && owner.execution !== execution;
}

/** The input of resumeWrites. */
function stateOf(
  request: ResumeRequest,
  run: string,
  project: string | undefined,
  owner: RunOwner | undefined,
): CutoverState {
  if (request.by === 'pipeline') return request.cutover;
  const execution = owner?.execution === undefined ? {} : { execution: owner.execution };
  return { projectId: project ?? '', run, ...execution, rehearse: false, input: owner?.input ?? {} };
}

function fenceOf({ fence }: CutoverRecord): Partial<CutoverState> {
  return fence === null ? {} : { writesStoppedAt: fence.writesStoppedAt, marginSeconds: fence.marginSeconds };
}
