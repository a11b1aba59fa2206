/** Ready also means that OMS's own full verification found no difference, where there is one. */

import { iso } from '../duration';
import { refuse } from './decisions';
import { comeBack, ROUND_EVENTS } from './history';
import type { CutoverRecord } from './record';
import { type CutoverPorts, changeOpen } from './records';
import { end } from './replies';
import type { CutoverReply, CutoverState } from './state';
import { withEntry, withNotice } from './transitions';

const SHORTEST_PAUSE_SECONDS = 60;
const LONGEST_PAUSE_SECONDS = 3_600;
/** Differences that nobody has mended for so long are not being mended. */
const LONGEST_MS = 14 * 86_400_000;

/** What to do where it is not clean; null where it is, or where there is nothing to ask. */
export async function verificationDue(
  state: CutoverState,
  record: CutoverRecord,
  ports: CutoverPorts,
): Promise<CutoverReply | null> {
  if (!record.settings.verification || ports.verifier === undefined) return null;
  const found = await ports.verifier.verification(state.projectId);
  if (found.state === 'NOT_THERE') return null;
  const now = ports.clock.now();
  const clean = found.state === 'CLEAN';
  const entry = {
    gate: 'VERIFICATION',
    verdict: clean ? 'MET' : 'NOT_YET',
    value: found.message,
    threshold: 'full verification found no difference',
    checkId: '',
    at: iso(now),
  } as const;
  const after = await changeOpen(state, ports, (old) => {
    const last = old.gates.findLast(({ gate }) => gate === 'VERIFICATION');
    const noted = last?.value === entry.value ? old : withEntry(old, entry);
    if (noted === old || found.state !== 'DIFFERENT') return noted;
    return withNotice(noted, {
      id: 'different',
      headline: 'cutover waits: verification found differences',
      body: found.message,
      advice:
        'look at the differences in the OMS console, correct them there, and verify again; the cutover goes on by itself.',
      importance: 'HIGH',
    });
  });
  if (clean) return null;
  const since = Date.parse(after.gates.find(({ gate }) => gate === 'VERIFICATION')?.at ?? entry.at);
  if (now - since > LONGEST_MS) {
    const why = { code: 'DeadlineExceeded', message: `${found.message}; for 14 days now` };
    return end(state, await refuse(record, 'FAILED', why, ports));
  }
  const pause = Math.ceil((now - since) / 10_000);
  const seconds = Math.min(LONGEST_PAUSE_SECONDS, Math.max(SHORTEST_PAUSE_SECONDS, pause));
  return await comeBack(state, record, { seconds, events: ROUND_EVENTS.verification }, ports);
}
