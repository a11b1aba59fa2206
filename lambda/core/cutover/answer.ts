/** A person's answer: approves the question that stands, or rejects it, or cancels a cutover that has not asked yet. The first answer counts. */

import { iso } from '../model/duration';
import { InvalidInput } from '../model/errors';
import type { CutoverRecord, CutoverStore, Decision } from './record';
import { phaseIndex } from './record';

export interface DecisionRequest {
  readonly project: string;
  readonly run: string;
  readonly approve: boolean;
  /** Who answers, as precisely as it is known. */
  readonly by: string;
  readonly note?: string;
  /** Unix milliseconds. */
  readonly now: number;
}

/** @throws InvalidInput that says why an answer is not possible: no such run, not asked, too late, somebody was first. */
export async function answerCutover(order: DecisionRequest, cutovers: CutoverStore): Promise<Decision> {
  const { project, run, approve, by, note, now } = order;
  const record = await cutovers.readCutover(project, run);
  if (record === undefined) throw new InvalidInput([`no cutover ${run} of project ${project} is stored`]);
  const problem = tooLate(record) ?? (approve ? notAsked(record, now) : null);
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
  // Our own, where its answer was lost or somebody gives it twice.
  if (first?.by === by && first.decision === decision.decision) return first;
  throw new InvalidInput([
    `too late: ${first?.by ?? 'somebody'} was first, with ${first?.decision ?? 'another answer'} at ${first?.at ?? 'an unknown time'}`,
  ]);
}

function tooLate({ run, ending, phase }: CutoverRecord): string | null {
  if (ending !== null) return `too late: the cutover ${run} is over since ${ending.at} (${ending.outcome})`;
  if (phaseIndex(phase) < phaseIndex('STOP_WRITES')) return null;
  return `too late: the cutover ${run} is at ${phase}, where writes are stopped already; to break it off, stop its execution`;
}

function notAsked(record: CutoverRecord, now: number): string | null {
  const asked = record.asked.find(({ question }) => question === record.question);
  if (asked === undefined) {
    return record.settings.approvalSeconds === null
      ? `the cutover ${record.run} asks nobody for an approval`
      : `the cutover ${record.run} has not asked yet: it is at ${record.phase}; answer when its e-mail comes`;
  }
  return now < Date.parse(asked.expiresAt) ? null : `too late: the question expired at ${asked.expiresAt}`;
}
