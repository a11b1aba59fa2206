/**
 * How full the execution's own history gets while a cutover waits for people: Step Functions ends an execution at 25,000 events, without a
 * word to any Catch. What comes after the fence has to find room, so a cutover that has waited too long is given up before it.
 */

import type { CutoverReply, CutoverSettings, CutoverState } from '../../contract/cutover';
import { refuse } from './decisions';
import type { CutoverRecord } from './record';
import type { CutoverPorts } from './records';
import { end, waitOn } from './replies';

const LIMIT = 25_000;
/** For your own steps, for retries, and for all that happens once. */
const KEPT_FREE = 5_000;
/** Events of one round, as lib/ defines it: of the look for an answer, of readiness with a verification, of everything from one question to the next. */
export const ROUND_EVENTS = { answer: 9, verification: 29, question: 64 } as const;
/** A round while writes are stopped takes 45 s of looks (look.ts). */
const FENCED_ROUND = { seconds: 45, events: 11 };

/** How many events may have been used by the time at which writes are stopped. */
export function roomBeforeFence({
  drainTimeoutSeconds,
  switchover,
  switchoverTimeoutSeconds,
}: CutoverSettings): number {
  const fenced = switchover === 'none' ? 2 * drainTimeoutSeconds : drainTimeoutSeconds + switchoverTimeoutSeconds;
  return LIMIT - KEPT_FREE - FENCED_ROUND.events * Math.ceil(fenced / FENCED_ROUND.seconds);
}

/** Has the machine come back in a while, or ends it where its history has no room for that. */
export async function comeBack(
  state: CutoverState,
  record: CutoverRecord,
  pause: { readonly seconds: number; readonly events: number },
  ports: CutoverPorts,
): Promise<CutoverReply> {
  const historyEvents = (state.historyEvents ?? 0) + pause.events;
  if (historyEvents <= roomBeforeFence(record.settings)) return waitOn({ ...state, historyEvents }, pause.seconds);
  const message =
    'it has waited so long that the history of its execution, 25,000 events at most, has no room left for the cutover itself; start a new one';
  return end(state, await refuse(record, 'FAILED', { code: 'DeadlineExceeded', message }, ports));
}
