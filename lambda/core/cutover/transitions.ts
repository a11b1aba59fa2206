/** The transitions of a cutover's record: pure functions from a record and an event to the next record. Each may be repeated. */
import type { CheckResult } from '../../contract/check-result';
import type {
  Caught,
  CutoverOutcome,
  CutoverSettings,
  GateName,
  ResumeReason,
  StepName,
} from '../../contract/requests/cutover';
import { formatDuration, iso } from '../../contract/values/duration';
import { cut } from '../../contract/values/text';
import { OmsCutoverError } from '../model/errors';
import { recordOf } from '../model/fields';
import type { RunNotice } from '../notifications/notice';
import { closingNotice, manualAction } from './notices';
import {
  type ApprovalRequest,
  type CutoverRecord,
  currentRequest,
  type Decision,
  type Ending,
  type Fence,
  type GateEntry,
  type Phase,
  phaseIndex,
  type StepEntry,
} from './record';

/** Void approvals repeat gates: the oldest entries are dropped beyond this many. */
const MAX_GATES = 60;
/** The watchdog tries resumeWrites again and again. */
const MAX_STEPS = 60;
/** Characters of a gate's observation; the snapshot has all of it. */
const MAX_VALUE = 600;

export function newRecord(project: string, run: string, settings: CutoverSettings, now: number): CutoverRecord {
  return {
    project,
    run,
    version: 1,
    settings,
    startedAt: iso(now),
    phase: 'READY',
    gates: [],
    steps: [],
    question: 1,
    asked: [],
    fence: null,
    stoppingAt: null,
    writableAt: null,
    ending: null,
    notices: [],
  };
}

export function withGate(record: CutoverRecord, gate: GateName, seen: CheckResult): CutoverRecord {
  const entry: GateEntry = {
    gate,
    verdict: seen.verdict,
    value: cut(seen.reason.message, MAX_VALUE),
    threshold: threshold(record, gate),
    checkId: seen.checkId,
    at: seen.observedAt,
  };
  return withEntry(record, entry);
}

export function withEntry(record: CutoverRecord, entry: GateEntry): CutoverRecord {
  const last = record.gates.at(-1);
  if (
    entry.checkId !== '' &&
    last?.gate === entry.gate &&
    last.checkId === entry.checkId &&
    last.verdict === entry.verdict
  )
    return record;
  return { ...record, gates: [...record.gates, entry].slice(-MAX_GATES) };
}

function threshold({ settings, fence }: CutoverRecord, gate: GateName): string {
  switch (gate) {
    case 'READY':
    case 'READY_AGAIN':
      return `lag ${formatDuration(settings.maxLagSeconds)} or less for ${formatDuration(settings.holdSeconds)}`;
    case 'DRAINED':
    case 'DRAINED_AGAIN':
      return `forward checkpoint past ${fence?.writesStoppedAt ?? 'the fence'} by more than ${formatDuration(fence?.marginSeconds ?? settings.marginSeconds)}`;
    case 'SWITCHED':
      return 'a reverse checkpoint that moves, or FINISHED where reverse synchronization is off';
    case 'VERIFICATION':
      return 'full verification found no difference';
  }
}

/** Also returns the request, which a repeated call finds in the record. */
export function withApprovalRequest(
  record: CutoverRecord,
  checkId: string,
  now: number,
): { readonly record: CutoverRecord; readonly request: ApprovalRequest } {
  const existing = currentRequest(record);
  if (existing !== undefined) return { record, request: existing };
  const request: ApprovalRequest = {
    question: record.question,
    askedAt: iso(now),
    expiresAt: iso(now + (record.settings.approvalSeconds ?? 0) * 1000),
    checkId,
    decision: null,
    by: null,
    decidedAt: null,
    note: null,
    voidBecause: null,
  };
  return { record: { ...record, phase: 'APPROVAL', asked: [...record.asked, request] }, request };
}

export function withDecision(record: CutoverRecord, decision: Decision): CutoverRecord {
  return withRequestChanged(record, decision.question, {
    decision: decision.decision,
    by: decision.by,
    decidedAt: decision.at,
    note: decision.note ?? null,
  });
}

/** The current approval is void; the next request has the next number. */
export function withVoidApproval(record: CutoverRecord, error: Caught): CutoverRecord {
  const changed = withRequestChanged(record, record.question, { voidBecause: describeError(error) });
  return { ...changed, phase: 'READY', question: record.question + 1 };
}

function withRequestChanged(record: CutoverRecord, question: number, change: Partial<ApprovalRequest>): CutoverRecord {
  return {
    ...record,
    asked: record.asked.map((request) => (request.question === question ? { ...request, ...change } : request)),
  };
}

/** The steps that repair leave the phase as it was: it says how far the cutover came. */
const PHASE_OF_STEP: Partial<Record<StepName, Phase>> = {
  stopWrites: 'STOP_WRITES',
  switchover: 'SWITCHOVER',
  verify: 'VERIFY',
  switchTraffic: 'SWITCH_TRAFFIC',
};

/** Recorded before the step runs, so that the record of an execution that died says what may have been done. */
export function withStepBegun(record: CutoverRecord, step: StepName, now: number): CutoverRecord {
  const last = record.steps.at(-1);
  if (last?.step === step && last.endedAt === null) return record;
  const ended = withStepsEnded(record, now, null);
  const rehearsed = record.settings.rehearse ? { rehearsed: true as const } : {};
  return {
    ...ended,
    phase: furthest(record.phase, PHASE_OF_STEP[step] ?? record.phase),
    steps: [...ended.steps, { step, startedAt: iso(now), endedAt: null, problem: null, ...rehearsed }],
    ...(step === 'stopWrites' && record.stoppingAt === null ? { stoppingAt: iso(now) } : {}),
  };
}

/** From now on the cutover does not continue. Repeated by the same execution, or by another one that tries again. */
export function withResume(record: CutoverRecord, execution: string, why: ResumeReason, now: number): CutoverRecord {
  if (record.resume?.execution === execution) return record;
  const attempts = (record.resume?.attempts ?? 0) + 1;
  const ended = withStepsEnded(record, now, null);
  const step: StepEntry = { step: 'resumeWrites', startedAt: iso(now), endedAt: null, problem: null };
  // The phase stays as it was: it says how far the cutover came.
  return {
    ...ended,
    steps: [...ended.steps, step].slice(-MAX_STEPS),
    resume: { execution, at: iso(now), why, attempts },
  };
}

/** @throws OmsCutoverError CutoverOver where the step was not begun, or another execution has run it. */
export function withClaim(record: CutoverRecord, step: StepName, execution: string): CutoverRecord {
  const last = record.steps.at(-1);
  if (last?.step !== step || last.endedAt !== null)
    throw new OmsCutoverError('CutoverOver', `cutover ${record.run} is not at its step ${step}`);
  if (last.claimedBy === execution) return record;
  if (last.claimedBy !== undefined)
    throw new OmsCutoverError('CutoverOver', `the step ${step} of cutover ${record.run} was run by ${last.claimedBy}`);
  return { ...record, steps: [...record.steps.slice(0, -1), { ...last, claimedBy: execution }] };
}

export function withFence(record: CutoverRecord, fence: Fence, now: number): CutoverRecord {
  return { ...withStepsEnded(record, now, null), phase: furthest(record.phase, 'DRAIN'), fence: record.fence ?? fence };
}

function withStepsEnded(record: CutoverRecord, now: number, problem: string | null): CutoverRecord {
  if (record.steps.every(({ endedAt }) => endedAt !== null)) return record;
  return {
    ...record,
    steps: record.steps.map((step) => (step.endedAt === null ? { ...step, endedAt: iso(now), problem } : step)),
  };
}

function furthest(one: Phase, other: Phase): Phase {
  return phaseIndex(one) >= phaseIndex(other) ? one : other;
}

/** The state machine reports these only where stopWrites has not begun. */
const NOTHING_STOPPED: readonly CutoverOutcome[] = ['FAILED', 'REJECTED', 'CANCELLED', 'ABORTED', 'REFUSED'];

export interface Closing {
  readonly outcome: CutoverOutcome;
  readonly code: string;
  readonly message: string;
  readonly failedAt: string;
  readonly repairFailed: boolean;
}

/** The first ending counts: a closed record stays as it is. */
export function withEnding(record: CutoverRecord, closing: Closing, now: number): CutoverRecord {
  if (record.ending !== null) return record;
  const { outcome, code } = closing;
  const message = cut(closing.message, MAX_MESSAGE);
  const ending: Ending = {
    outcome,
    code,
    message,
    byHand: manualAction(record, outcome, closing.failedAt, closing.repairFailed),
    at: iso(now),
  };
  const good = outcome === 'SWITCHED' || outcome === 'ROLLED_BACK' || outcome === 'REHEARSED';
  const writable = outcome === 'SWITCHED' || outcome === 'ROLLED_BACK';
  const ended: CutoverRecord = {
    ...withStepsEnded(record, now, good ? null : message),
    ...(NOTHING_STOPPED.includes(outcome) ? { stoppingAt: null } : {}),
    writableAt: writable && record.stoppingAt !== null ? iso(now) : null,
    ending,
  };
  const notice = closingNotice(ended);
  // The phase stays as it was: it says how far the cutover came.
  return notice === null ? ended : withNotice(ended, notice);
}

export function withNotice(record: CutoverRecord, notice: RunNotice): CutoverRecord {
  return record.notices.some(({ id }) => id === notice.id)
    ? record
    : { ...record, notices: [...record.notices, notice] };
}

/** Characters of an error: a cause has up to 32 KB, and a record has many. The execution keeps all of it. */
const MAX_ERROR = 2_000;
/** Characters of the end's message: a failure, the failure of its repair, and what is said around them. */
const MAX_MESSAGE = 5_000;

/** `States.Timeout: the task took …`, as far as there is a name and a cause. */
export function describeError(error: Caught | undefined): string {
  const child = childOf(error);
  if (child !== null) return describeError(child);
  const name = error?.Error ?? 'an error without a name';
  const text = error?.Cause === undefined || error.Cause === '' ? name : `${name}: ${causeOf(error.Cause)}`;
  return cut(text, MAX_ERROR);
}

/** The error of the execution that ran a step: the one that Step Functions reports describes that execution. Null for any other error. */
function childOf(error: Caught | undefined): Caught | null {
  const description = jsonOf(error?.Cause);
  if (typeof description?.ExecutionArn !== 'string') return null;
  const { Error: name = description.Status, Cause: cause } = description;
  return {
    Error: String(name),
    ...(typeof cause === 'string' ? { Cause: cause } : {}),
  };
}

/** The cause of a failed Lambda function is JSON, with the message in `errorMessage`. */
function causeOf(cause: string): string {
  const message = jsonOf(cause)?.errorMessage;
  return typeof message === 'string' ? message : cause;
}

function jsonOf(text: string | undefined): Record<string, unknown> | null {
  try {
    return recordOf(JSON.parse(text ?? ''));
  } catch {
    return null;
  }
}
