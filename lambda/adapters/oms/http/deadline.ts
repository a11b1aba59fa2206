/** One time limit over everything a poll does: credentials, connecting, headers, body, pauses, retries, the other family of calls. */
import { LONGEST_TIMER_MS } from '../../../contract/values/duration';
import { Interrupted } from '../../../core/model/errors';

export class Deadline {
  readonly timeoutMs: number;
  /** Aborts when the time is over or the caller gives up. */
  readonly signal: AbortSignal;
  private readonly caller: AbortSignal | undefined;
  private readonly endsAt: number;
  private readonly timer: NodeJS.Timeout;
  private readonly abort: () => void;

  /** Begins at once, on the real clock: a virtual one does not say how long a socket takes. Call `clear` in the end. */
  constructor(timeoutMs: number, caller?: AbortSignal) {
    this.timeoutMs = Math.min(timeoutMs, LONGEST_TIMER_MS);
    this.caller = caller;
    this.endsAt = performance.now() + this.timeoutMs;
    const controller = new AbortController();
    this.signal = controller.signal;
    this.abort = () => controller.abort();
    this.timer = setTimeout(this.abort, this.timeoutMs);
    // Not AbortSignal.any: a wait passes the same signal to every poll for days, and `any` would keep each of them in memory.
    caller?.addEventListener('abort', this.abort, { once: true });
    this.throwIfInterrupted();
  }

  /** Milliseconds left; 0 when over. */
  remainingMs(): number {
    return this.signal.aborted ? 0 : Math.max(0, this.endsAt - performance.now());
  }

  /** An interruption by the caller goes before every other outcome. */
  throwIfInterrupted(): void {
    if (this.caller?.aborted) {
      this.clear();
      throw new Interrupted();
    }
  }

  /** The promise's value, or undefined when the time is over first. The promise's own failure passes through. */
  async within<T>(promise: Promise<T>): Promise<T | undefined> {
    const over = this.aborted();
    try {
      return await Promise.race([promise, over.promise]);
    } finally {
      over.forget();
    }
  }

  /** Resolves after `ms`, or when the time is over. */
  async sleep(ms: number): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    await this.within(
      new Promise<void>((resolve) => {
        timer = setTimeout(resolve, ms);
      }),
    );
    clearTimeout(timer);
  }

  /** Releases the timer and the caller's signal. */
  clear(): void {
    clearTimeout(this.timer);
    this.caller?.removeEventListener('abort', this.abort);
  }

  private aborted(): { promise: Promise<undefined>; forget: () => void } {
    let subscription = () => {};
    const promise = new Promise<undefined>((resolve) => {
      subscription = () => resolve(undefined);
      if (this.signal.aborted) resolve(undefined);
      else this.signal.addEventListener('abort', subscription, { once: true });
    });
    return { promise, forget: () => this.signal.removeEventListener('abort', subscription) };
  }
}
