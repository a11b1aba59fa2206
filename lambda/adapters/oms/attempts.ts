/** Tries a request again where a moment may help, and never past the deadline. */
import type { Deadline } from './http/deadline';
import type { Exchange, OmsHttp, OmsRequest, Reply } from './http/transport';

/** The first try and two more: enough for a dropped connection or a restarting proxy; an outage is for the next check to see. */
const MAX_ATTEMPTS = 3;
const FIRST_PAUSE_MS = 150;
/** Under this a further try could not end in time. */
const MIN_LEFT_MS = 100;

export interface Trying {
  readonly http: OmsHttp;
  readonly deadline: Deadline;
  /** 0 up to 1: spreads the tries of many checks that failed at the same moment. */
  readonly random: () => number;
}

/** The last exchange. A complete reply is repeated only on 408, 429 and 5xx; one that rejects us or makes no sense never. */
export async function exchange(request: OmsRequest, authorization: string, trying: Trying): Promise<Exchange> {
  const { http, deadline, random } = trying;
  for (let attempt = 1; ; attempt++) {
    const result = await http.send(request, authorization, deadline);
    deadline.throwIfInterrupted();
    if (attempt >= MAX_ATTEMPTS || !isTransient(result)) return result;
    const backoff = FIRST_PAUSE_MS * 2 ** (attempt - 1) * (0.5 + random());
    const pauseMs = Math.max(backoff, askedPauseMs(result));
    // Also where OMS asks for a longer pause than there is: its answer stands.
    if (pauseMs + MIN_LEFT_MS > deadline.remainingMs()) return result;
    await deadline.sleep(pauseMs);
    deadline.throwIfInterrupted();
  }
}

function isTransient(result: Exchange): boolean {
  if (result.kind === 'broken') return result.transient;
  const { status } = result;
  // 501 and 505 say that it will never be done.
  return status === 408 || status === 429 || (status >= 500 && status !== 501 && status !== 505);
}

/** What Retry-After asks for, seconds or a date by the server's own clock; 0 without one. */
function askedPauseMs(result: Exchange): number {
  if (result.kind === 'broken' || result.retryAfter === null) return 0;
  if (/^\d{1,9}$/.test(result.retryAfter.trim())) return Number(result.retryAfter) * 1000;
  const at = Date.parse(result.retryAfter);
  return Number.isNaN(at) ? 0 : Math.max(0, at - serverNow(result));
}

function serverNow(reply: Reply): number {
  const date = reply.date === null ? Number.NaN : Date.parse(reply.date);
  return Number.isNaN(date) ? reply.headersAt : date;
}
