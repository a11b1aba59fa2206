/** A migration is ready only when OMS's own full verification found no difference, where the project has one. */

import type { CutoverReply, CutoverState, GateResult } from '../../contract/requests/cutover';
import { iso } from '../../contract/values/duration';
import { verificationNotice } from './notices';
import type { CutoverRecord } from './record';
import { type CutoverPorts, endBeforeStop, updateOpenRecord } from './record-update';
import { ROUND_EVENTS, replyEnd, replyWait } from './reply';
import { withEntry, withNotice } from './transitions';

const SHORTEST_PAUSE_SECONDS = 60;
const LONGEST_PAUSE_SECONDS = 3_600;
/** How long differences may stay uncorrected. */
const LONGEST_DAYS = 14;

/** Fails closed. */
const UNREPORTED = { state: 'UNKNOWN', message: 'the check reported no verification' } as const;

interface VerificationProblem {
  readonly message: string;
  readonly record: CutoverRecord;
}

/** Why the verification was not clean when the gate was met, also recorded as a gate; null where it was clean, or where there is none. */
export async function verificationProblem(
  state: CutoverState,
  record: CutoverRecord,
  { verification = UNREPORTED }: GateResult,
  ports: CutoverPorts,
): Promise<VerificationProblem | null> {
  if (!record.settings.verification || verification.state === 'NOT_THERE') return null;
  const { state: found, message } = verification;
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

/** A wait until the verification is clean. */
export async function waitForVerification(
  state: CutoverState,
  { message, record }: VerificationProblem,
  ports: CutoverPorts,
): Promise<CutoverReply> {
  const now = ports.clock.now();
  const first = record.gates.find(({ gate }) => gate === 'VERIFICATION');
  const since = first === undefined ? now : Date.parse(first.at);
  if (now - since > LONGEST_DAYS * 86_400_000) {
    const reason = { code: 'DeadlineExceeded', message: `${message}, for ${LONGEST_DAYS} days` };
    return replyEnd(state, await endBeforeStop(record, 'FAILED', reason, ports));
  }
  const seconds = Math.min(LONGEST_PAUSE_SECONDS, Math.max(SHORTEST_PAUSE_SECONDS, Math.ceil((now - since) / 10_000)));
  return await replyWait(state, record, { seconds, events: ROUND_EVENTS.verification }, ports);
}
