/** How a cutover's record changes: pure, a record and what happened in; the next record out. Each may be repeated without harm. */
import type { CheckResult } from '../../contract/check-result';
import type { Caught, CutoverOutcome, CutoverSettings, GateName, StepName } from '../../contract/cutover';
import { cut } from '../../contract/text';
import { iso } from '../model/duration';
import type { Asked, CutoverRecord, Decision, Ending, Fence, GateEntry, Notice, Phase } from './record';
import { phaseIndex } from './record';
import { byHand, closingNotice } from './words';

/** A cutover whose approvals go void again and again has these at most; the oldest gates are dropped first. */
const MAX_GATES = 60;
/** Of what a gate saw: the snapshot has the whole. */
const MAX_VALUE = 600;

export function begun(project: string, run: string, settings: CutoverSettings, now: number): CutoverRecord {
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
      return `lag ${settings.maxLagSeconds} s or less for ${settings.holdSeconds} s`;
    case 'DRAINED':
    case 'DRAINED_AGAIN':
      return `forward checkpoint past ${fence?.writesStoppedAt ?? 'the fence'} by more than ${fence?.marginSeconds ?? settings.marginSeconds} s`;
    case 'SWITCHED':
      return 'a reverse checkpoint that moves, or FINISHED where reverse synchronisation is off';
    case 'VERIFICATION':
      return 'full verification found no difference';
  }
}

export function ask(record: CutoverRecord, checkId: string, now: number): { record: CutoverRecord; asked: Asked } {
  const there = record.asked.find(({ question }) => question === record.question);
  const asked = there ?? {
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
  return { record: there ? record : { ...record, phase: 'APPROVAL', asked: [...record.asked, asked] }, asked };
}

export function withDecision(record: CutoverRecord, decision: Decision): CutoverRecord {
  return changeAsked(record, decision.question, {
    decision: decision.decision,
    by: decision.by,
    decidedAt: decision.at,
    note: decision.note ?? null,
  });
}

/** The approval of the present question counts no more; the next one is asked anew. */
export function voided(record: CutoverRecord, error: Caught): CutoverRecord {
  const changed = changeAsked(record, record.question, { voidBecause: wordsOf(error) });
  return { ...changed, phase: 'READY', question: record.question + 1 };
}

function changeAsked(record: CutoverRecord, question: number, change: Partial<Asked>): CutoverRecord {
  return { ...record, asked: record.asked.map((one) => (one.question === question ? { ...one, ...change } : one)) };
}

const PHASE_OF_STEP: Record<StepName, Phase> = {
  stopWrites: 'STOP_WRITES',
  resumeWrites: 'DRAIN',
  switchover: 'SWITCHOVER',
  verify: 'VERIFY',
  switchTraffic: 'SWITCH_TRAFFIC',
  rollback: 'SWITCH_TRAFFIC',
};

/** Written down before it is done: whoever finds the record later knows what may have happened. */
export function stepBegun(record: CutoverRecord, step: StepName, now: number): CutoverRecord {
  const last = record.steps.at(-1);
  if (last?.step === step && last.endedAt === null) return record;
  const ended = stepsEnded(record, now, null);
  const rehearsed = record.settings.rehearse ? { rehearsed: true as const } : {};
  return {
    ...ended,
    phase: furthest(record.phase, PHASE_OF_STEP[step]),
    steps: [...ended.steps, { step, startedAt: iso(now), endedAt: null, problem: null, ...rehearsed }],
    ...(step === 'stopWrites' && record.stoppingAt === null ? { stoppingAt: iso(now) } : {}),
  };
}

export function fenced(record: CutoverRecord, fence: Fence, now: number): CutoverRecord {
  return { ...stepsEnded(record, now, null), phase: furthest(record.phase, 'DRAIN'), fence: record.fence ?? fence };
}

export function stepsEnded(record: CutoverRecord, now: number, problem: string | null): CutoverRecord {
  if (record.steps.every(({ endedAt }) => endedAt !== null)) return record;
  return {
    ...record,
    steps: record.steps.map((one) => (one.endedAt === null ? { ...one, endedAt: iso(now), problem } : one)),
  };
}

function furthest(one: Phase, other: Phase): Phase {
  return phaseIndex(one) >= phaseIndex(other) ? one : other;
}

const NOTHING_STOPPED: readonly CutoverOutcome[] = ['FAILED', 'REJECTED', 'CANCELLED', 'ABORTED', 'REFUSED'];

export interface Closing {
  readonly outcome: CutoverOutcome;
  readonly code: string;
  readonly message: string;
  readonly failedAt: string;
  readonly repairFailed: boolean;
}

/** A record that is closed stays as it is: the first ending counts. */
export function closed(record: CutoverRecord, closing: Closing, now: number): CutoverRecord {
  if (record.ending !== null) return record;
  const { outcome, code } = closing;
  const message = cut(closing.message, MAX_MESSAGE);
  const ending: Ending = {
    outcome,
    code,
    message,
    byHand: byHand(record, outcome, closing.failedAt, closing.repairFailed),
    at: iso(now),
  };
  const good = outcome === 'SWITCHED' || outcome === 'ROLLED_BACK' || outcome === 'REHEARSED';
  const writable = outcome === 'SWITCHED' || outcome === 'ROLLED_BACK';
  const over: CutoverRecord = {
    ...stepsEnded(record, now, good ? null : message),
    // The definition comes to these only where the step that stops writes has not begun.
    ...(NOTHING_STOPPED.includes(outcome) ? { stoppingAt: null } : {}),
    writableAt: writable && record.stoppingAt !== null ? iso(now) : null,
    ending,
  };
  const notice = closingNotice(over);
  // The phase stays what it was at the end: it says how far the run came.
  return notice === null ? over : withNotice(over, notice);
}

export function withNotice(record: CutoverRecord, notice: Notice): CutoverRecord {
  return record.notices.some(({ id }) => id === notice.id)
    ? record
    : { ...record, notices: [...record.notices, notice] };
}

/** A cause may have 32 KB, and a record has many: the execution itself keeps it whole. */
const MAX_WORDS = 2_000;
/** Of a failure and of that of its repair, with what is said around them. */
const MAX_MESSAGE = 5_000;

/** `States.Timeout: the task took …`, whatever of it there is. */
export function wordsOf(error: Caught | undefined): string {
  const name = error?.Error ?? 'an error without a name';
  const words = error?.Cause === undefined || error.Cause === '' ? name : `${name}: ${causeOf(error.Cause)}`;
  return cut(words, MAX_WORDS);
}

/** A function's error comes as JSON with its words in `errorMessage`. */
function causeOf(cause: string): string {
  try {
    const { errorMessage } = JSON.parse(cause) as { errorMessage?: unknown };
    return typeof errorMessage === 'string' ? errorMessage : cause;
  } catch {
    return cause;
  }
}
