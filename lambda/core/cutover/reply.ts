/**
 * The replies to the state machine: go on, wait, go back, end.
 * A wait is granted only while the execution's history has room for it. Step Functions ends an execution at 25,000 events without entering a
 * Catch, and everything after the fence has to fit, so a cutover that has waited too long is ended before writes are stopped.
 */

import type { CutoverReply, CutoverSettings, CutoverState } from '../../contract/requests/cutover';
import type { CutoverRecord, EndReason } from './record';
import { type CutoverPorts, endBeforeStop } from './record-update';

const HISTORY_LIMIT = 25_000;
/** For the user's own steps, for retries, and for everything that happens once. */
const RESERVED = 5_000;
/** Events of one round, as lib/ defines it: of a poll for the answer, of readiness with a verification, of everything from one approval request to the next. */
export const ROUND_EVENTS = { answer: 9, verification: 29, question: 64 } as const;
/** A round while writes are stopped polls for 45 s (gate.ts). */
const FENCED_ROUND = { seconds: 45, events: 11 };

export function replyGo(state: CutoverState): CutoverReply {
  return { cutover: state, next: 'GO', waitSeconds: 0, end: { error: '', cause: '' } };
}

/** Back to the wait until the migration is ready. */
export function replyAgain(state: CutoverState): CutoverReply {
  return { ...replyGo(state), next: 'AGAIN' };
}

export function replyEnd(state: CutoverState, { code, message }: EndReason): CutoverReply {
  return { ...replyGo(state), next: 'END', end: { error: code, cause: message } };
}

/** Waits and then repeats the same action; ends the cutover where the history has no room for that. */
export async function replyWait(
  state: CutoverState,
  record: CutoverRecord,
  pause: { readonly seconds: number; readonly events: number },
  ports: CutoverPorts,
): Promise<CutoverReply> {
  const historyEvents = (state.historyEvents ?? 0) + pause.events;
  if (historyEvents <= roomBeforeFence(record.settings))
    return { ...replyGo({ ...state, historyEvents }), next: 'WAIT', waitSeconds: pause.seconds };
  const message =
    'the cutover waited so long that the history of its execution (at most 25,000 events) has no room left for the cutover itself; start a new one';
  return replyEnd(state, await endBeforeStop(record, 'FAILED', { code: 'DeadlineExceeded', message }, ports));
}

/** How many events may have been used by the time at which writes are stopped. */
export function roomBeforeFence({
  drainTimeoutSeconds,
  switchover,
  switchoverTimeoutSeconds,
}: CutoverSettings): number {
  const fencedSeconds =
    switchover === 'none' ? 2 * drainTimeoutSeconds : drainTimeoutSeconds + switchoverTimeoutSeconds;
  return HISTORY_LIMIT - RESERVED - FENCED_ROUND.events * Math.ceil(fencedSeconds / FENCED_ROUND.seconds);
}
