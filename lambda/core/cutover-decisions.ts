/** Who decided what: the approval is an item that is written once, by whoever comes first, and read here. */
import type { CutoverRecord, Decision, DecisionWord } from './cutover-record';
import { type CutoverPorts, changeOpen, changeRecord } from './cutover-records';
import { type End, end, go, waitOn } from './cutover-replies';
import type { CutoverReply, CutoverState } from './cutover-state';
import { closed, withDecision } from './cutover-transitions';
import { iso } from './duration';
import { OmsCutoverError } from './errors';

const LONGEST_PAUSE_SECONDS = 300;

/** Looks more rarely the longer nobody answers: a week of waiting stays far below the limit of an execution's history. */
export async function approvalDecided(
  state: CutoverState,
  record: CutoverRecord,
  ports: CutoverPorts,
): Promise<CutoverReply> {
  const asked = record.asked.find(({ question }) => question === record.question);
  if (asked === undefined) throw new OmsCutoverError('CutoverUnknown', 'nobody was asked for an approval');
  const now = ports.clock.now();
  const over = now >= Date.parse(asked.expiresAt);
  const decision = over
    ? await decide(record, 'EXPIRED', 'nobody', ports)
    : await ports.cutovers.readDecision(record.project, record.run, record.question);
  if (decision === undefined) {
    const pause = Math.ceil((now - Date.parse(asked.askedAt)) / 10_000);
    const left = Math.ceil((Date.parse(asked.expiresAt) - now) / 1000);
    return waitOn(state, Math.max(1, Math.min(LONGEST_PAUSE_SECONDS, Math.max(5, pause), left)));
  }
  await changeOpen(state, ports, (old) => withDecision(old, decision));
  if (decision.decision === 'APPROVED') return go(state);
  const message =
    decision.decision === 'EXPIRED'
      ? `nobody approved by ${asked.expiresAt}, which counts as a rejection`
      : `${decision.by} rejected it at ${decision.at}${decision.note === undefined ? '' : `: ${decision.note}`}`;
  return end(state, await refuse(record, 'REJECTED', { code: 'CutoverRejected', message }, ports));
}

/** Closes a cutover that somebody cancelled before it asked anybody, and says why; null where nobody has. */
export async function wasCancelled(record: CutoverRecord, ports: CutoverPorts): Promise<End | null> {
  const decision = await ports.cutovers.readDecision(record.project, record.run, record.question);
  return decision?.decision === 'REJECTED' ? await cancel(record, decision, ports) : null;
}

/** The one moment that decides between cancelling and stopping writes: whoever writes the item first. */
export async function lastMomentToCancel(record: CutoverRecord, ports: CutoverPorts): Promise<End | null> {
  const decision = await decide(record, 'STARTED', 'the pipeline', ports);
  if (decision.decision === 'REJECTED') return await cancel(record, decision, ports);
  const needed: DecisionWord = record.settings.approvalSeconds === null ? 'STARTED' : 'APPROVED';
  if (decision.decision === needed) return null;
  throw new OmsCutoverError('CutoverNotApproved', `the decision is ${decision.decision}, needs ${needed}`);
}

async function decide(
  record: CutoverRecord,
  decision: DecisionWord,
  by: string,
  ports: CutoverPorts,
): Promise<Decision> {
  const { project, run, question } = record;
  const ours: Decision = { run, question, decision, by, at: iso(ports.clock.now()) };
  if ((await ports.cutovers.putDecision(project, ours)) === 'stored') return ours;
  return (await ports.cutovers.readDecision(project, run, question)) ?? ours;
}

async function cancel(record: CutoverRecord, { by, at, note }: Decision, ports: CutoverPorts): Promise<End> {
  const message = `${by} cancelled it at ${at}${note === undefined ? '' : `: ${note}`}`;
  return await refuse(record, 'CANCELLED', { code: 'CutoverCancelled', message }, ports);
}

/** Closes a cutover that has touched nothing yet. */
export async function refuse(
  record: CutoverRecord,
  outcome: 'REJECTED' | 'CANCELLED',
  why: End,
  ports: CutoverPorts,
): Promise<End> {
  const closing = { outcome, ...why, failedAt: '', repairFailed: false };
  await changeRecord(record.project, record.run, ports, (old) => closed(old, closing, ports.clock.now()));
  return why;
}
