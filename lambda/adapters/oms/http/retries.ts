/** What is tried again, and after which pause. */

import { isLasting } from './connection-errors';
import type { Deadline } from './deadline';
import type { RetryBudget } from './retry-budget';

/** Two retries: enough for a dropped connection or a restarting proxy. An outage is for the next check to see. */
const RETRIES = 2;
const FIRST_PAUSE_MS = 150;
/** A retry needs at least this long. */
const SHORTEST_TRY_MS = 100;
/** 501 and 505 are the same a moment later. */
const TRANSIENT_STATUSES = [
  408,
  429,
  ...Array.from({ length: 100 }, (_, index) => 500 + index).filter((status) => status !== 501 && status !== 505),
];

export function isTransientStatus(status: number): boolean {
  return TRANSIENT_STATUSES.includes(status);
}

interface Answer {
  readonly status: number;
  /** What OMS asks for; 0 where it asks for nothing. */
  readonly askedPauseMs: number;
}

export interface RetryOptions {
  readonly deadline: Deadline;
  /** 0 up to 1. */
  readonly random: () => number;
  readonly budget: RetryBudget;
}

/** The outcome of the last attempt. A retry is made only where the budget and the time after its pause allow it: otherwise OMS's answer stands. */
export async function withRetries<T extends Answer>(
  attempt: () => Promise<T>,
  { deadline, random, budget }: RetryOptions,
): Promise<T> {
  let outcome = attempt();
  if (!(await isTransient(outcome))) return await outcome;
  // Loaded here, not above: with its module comes Node's own fetch, a good part of a cold start, and few polls need a retry.
  const { createFetch } = await import('ofetch');
  let tries = 0;
  let pauseMs = 0;
  const retriesLeft = (left: number | false | undefined, askedPauseMs: number) => {
    pauseMs = Math.max(FIRST_PAUSE_MS * 2 ** (tries - 1) * (0.5 + random()), askedPauseMs);
    if (!left || pauseMs + SHORTEST_TRY_MS > deadline.remainingMs()) return 0;
    return budget.spend() ? left : 0;
  };
  const repeating = createFetch({
    fetch: async () => {
      // ofetch begins with the attempt that has failed.
      if (tries > 0) outcome = attempt();
      tries++;
      return new Response(null, { status: (await outcome).status });
    },
  });
  await repeating('', {
    retry: RETRIES,
    retryStatusCodes: TRANSIENT_STATUSES,
    retryDelay: () => pauseMs,
    onRequestError: ({ error, options }) => {
      options.retry = isLasting(error) ? 0 : retriesLeft(options.retry, 0);
    },
    onResponseError: async ({ options }) => {
      options.retry = retriesLeft(options.retry, (await outcome).askedPauseMs);
    },
  }).catch(() => undefined);
  return await outcome;
}

async function isTransient(outcome: Promise<Answer>): Promise<boolean> {
  try {
    return isTransientStatus((await outcome).status);
  } catch (error) {
    return !isLasting(error);
  }
}
