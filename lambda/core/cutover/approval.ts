/** Waits for the answer to the question whether to cut over. */

import type { CutoverReply, CutoverState } from '../../contract/cutover';
import { OmsCutoverError } from '../model/errors';
import { decide, refuse } from './decisions';
import { comeBack, ROUND_EVENTS } from './execution-history';
import type { CutoverRecord } from './record';
import { type CutoverPorts, changeOpen } from './records';
import { end, go } from './replies';
import { withDecision } from './transitions';

const LONGEST_PAUSE_SECONDS = 300;

/** Looks more rarely the longer nobody answers. */
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
    const seconds = Math.max(1, Math.min(LONGEST_PAUSE_SECONDS, Math.max(5, pause), left));
    return await comeBack(state, record, { seconds, events: ROUND_EVENTS.answer }, ports);
  }
  await changeOpen(state, ports, (old) => withDecision(old, decision));
  if (decision.decision === 'APPROVED') return go(state);
  const message =
    decision.decision === 'EXPIRED'
      ? `nobody approved by ${asked.expiresAt}, which counts as a rejection`
      : `${decision.by} rejected it at ${decision.at}${decision.note === undefined ? '' : `: ${decision.note}`}`;
  return end(state, await refuse(record, 'REJECTED', { code: 'CutoverRejected', message }, ports));
}
