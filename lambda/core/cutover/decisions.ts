/** Who decided what: the approval is an item that is written once, by whoever comes first, and read here. */

import { iso } from '../model/duration';
import { OmsCutoverError } from '../model/errors';
import type { CutoverRecord, Decision, DecisionWord } from './record';
import { type CutoverPorts, changeRecord } from './records';
import type { End } from './replies';
import { closed } from './transitions';

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

export async function decide(
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
  outcome: 'REJECTED' | 'CANCELLED' | 'FAILED',
  why: End,
  ports: CutoverPorts,
): Promise<End> {
  const closing = { outcome, ...why, failedAt: '', repairFailed: false };
  await changeRecord(record.project, record.run, ports, (old) => closed(old, closing, ports.clock.now()));
  return why;
}
