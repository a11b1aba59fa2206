/** A migration is ready only when OMS's own full verification found no difference, where the project has one. */

import type { CutoverReply, CutoverState } from '../../contract/cutover';
import { iso } from '../../contract/duration';
import { verificationNotice } from './notices';
import type { CutoverRecord } from './record';
import { type CutoverPorts, endBeforeStop, updateOpenRecord } from './record-update';
import { ROUND_EVENTS, replyEnd, replyWait } from './reply';
import { withEntry, withNotice } from './transitions';

const SHORTEST_PAUSE_SECONDS = 60;
const LONGEST_PAUSE_SECONDS = 3_600;
/** How long differences may stay uncorrected. */
const LONGEST_DAYS = 14;

/** Why the verification is not clean, also recorded as a gate; null where it is clean, or where there is none. */
export async function verificationProblem(
  state: CutoverState,
  record: CutoverRecord,
  ports: CutoverPorts,
): Promise<{ readonly message: string; readonly record: CutoverRecord } | null> {
  if (!record.settings.verification || ports.verifier === undefined) return null;
  const api = (await ports.store.readState(state.projectId))?.api ?? null;
  const { state: found, message } = await ports.verifier.verification(state.projectId, api);
  if (found === 'NOT_THERE') return null;
  const entry = {
    gate: 'VERIFICATION',
    verdict: found === 'CLEAN' ? 'MET' : 'NOT_YET',
    value: message,
    threshold: 'full verification found no difference',
    checkId: '',
    at: iso(ports.clock.now()),
  } as const;
  const next = await updateOpenRecord(state, ports, (old) => {
    const last = old.gates.findLast(({ gate }) => gate === 'VERIFICATION');
    if (last?.value === message) return old;
    const noted = withEntry(old, entry);
    return found === 'DIFFERENT' ? withNotice(noted, verificationNotice(noted, message)) : noted;
  });
  return found === 'CLEAN' ? null : { message, record: next };
}

/** A wait until the verification is clean; null where it is. */
export async function waitForVerification(
  state: CutoverState,
  record: CutoverRecord,
  ports: CutoverPorts,
): Promise<CutoverReply | null> {
  const problem = await verificationProblem(state, record, ports);
  if (problem === null) return null;
  const now = ports.clock.now();
  const first = problem.record.gates.find(({ gate }) => gate === 'VERIFICATION');
  const since = first === undefined ? now : Date.parse(first.at);
  if (now - since > LONGEST_DAYS * 86_400_000) {
    const reason = { code: 'DeadlineExceeded', message: `${problem.message}, for ${LONGEST_DAYS} days` };
    return replyEnd(state, await endBeforeStop(record, 'FAILED', reason, ports));
  }
  const seconds = Math.min(LONGEST_PAUSE_SECONDS, Math.max(SHORTEST_PAUSE_SECONDS, Math.ceil((now - since) / 10_000)));
  return await replyWait(state, record, { seconds, events: ROUND_EVENTS.verification }, ports);
}
