/** Ready also means that OMS's own full verification found no difference, where there is one. */

import type { CutoverReply, CutoverState } from '../../contract/cutover';
import { iso } from '../model/duration';
import { refuse } from './decisions';
import { comeBack, ROUND_EVENTS } from './execution-history';
import type { CutoverRecord } from './record';
import { type CutoverPorts, changeOpen } from './records';
import { end } from './replies';
import { withEntry, withNotice } from './transitions';

const SHORTEST_PAUSE_SECONDS = 60;
const LONGEST_PAUSE_SECONDS = 3_600;
/** Differences that nobody has mended for so long are not being mended. */
const LONGEST_MS = 14 * 86_400_000;

/** What OMS's verification says against going on, written into the receipt; null where it is clean, or where there is nothing to ask. */
export async function notClean(
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
  const after = await changeOpen(state, ports, (old) => {
    const last = old.gates.findLast(({ gate }) => gate === 'VERIFICATION');
    const noted = last?.value === message ? old : withEntry(old, entry);
    if (noted === old || found !== 'DIFFERENT') return noted;
    return withNotice(noted, {
      // Another number of them is news too.
      id: `different-${noted.gates.filter(({ gate }) => gate === 'VERIFICATION').length}`,
      headline: 'cutover waits: verification found differences',
      body: message,
      advice:
        'look at the differences in the OMS console, correct them there, and verify again; the cutover goes on by itself.',
      importance: 'HIGH',
    });
  });
  return found === 'CLEAN' ? null : { message, record: after };
}

/** Has READY come back until it is clean; null where it is. */
export async function verificationDue(
  state: CutoverState,
  record: CutoverRecord,
  ports: CutoverPorts,
): Promise<CutoverReply | null> {
  const unclean = await notClean(state, record, ports);
  if (unclean === null) return null;
  const now = ports.clock.now();
  const first = unclean.record.gates.find(({ gate }) => gate === 'VERIFICATION');
  const since = first === undefined ? now : Date.parse(first.at);
  if (now - since > LONGEST_MS) {
    const why = { code: 'DeadlineExceeded', message: `${unclean.message}; for 14 days now` };
    return end(state, await refuse(record, 'FAILED', why, ports));
  }
  const seconds = Math.min(LONGEST_PAUSE_SECONDS, Math.max(SHORTEST_PAUSE_SECONDS, Math.ceil((now - since) / 10_000)));
  return await comeBack(state, record, { seconds, events: ROUND_EVENTS.verification }, ports);
}
