/** The real time, and ids for checks. */
import { randomUUID } from 'node:crypto';
import { LONGEST_TIMER_MS } from '../contract/values/duration';
import { Interrupted } from '../core/model/errors';
import type { Clock } from '../core/ports';

export const systemClock: Clock = {
  now: () => Date.now(),

  /** By the monotonic clock: setting the wall clock changes nothing. */
  async sleep(ms, signal) {
    const endsAt = performance.now() + ms;
    for (;;) {
      const left = Math.ceil(endsAt - performance.now());
      if (signal?.aborted) throw new Interrupted();
      if (!(left > 0)) return;
      await timer(Math.min(left, LONGEST_TIMER_MS), signal);
    }
  },
};

function timer(ms: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    const end = () => {
      signal?.removeEventListener('abort', interrupt);
      resolve();
    };
    const timeout = setTimeout(end, ms);
    const interrupt = () => {
      clearTimeout(timeout);
      reject(new Interrupted());
    };
    signal?.addEventListener('abort', interrupt, { once: true });
  });
}

/** 60 random bits: short enough to read out, and practically unique. */
export function newCheckId(): string {
  return randomUUID().replaceAll('-', '').slice(0, 15);
}
