/**
 * A clock that jumps: weeks of waiting take only as long as the work between the waits.
 *
 * Time stands still while any participant is awake, and jumps to the next sleeper's time when all are asleep. Code that does real input and
 * output between two sleeps (a socket, a file) must run in `participate`, or time would jump meanwhile. Code that only computes need not:
 * promises settle before the clock checks its sleepers.
 */
import { AsyncLocalStorage } from 'node:async_hooks';
import { Interrupted } from '../lambda/core/model/errors';
import type { Clock } from '../lambda/core/ports';

interface Sleeper {
  readonly dueAt: number;
  /** Of two that are due at the same time, the first to sleep wakes first. */
  readonly order: number;
  readonly wake: () => void;
}

interface Participant {
  readonly clock: VirtualClock;
  readonly parent: Participant | undefined;
  /** Its current sleeps and running child participants; above 0 it is not awake. */
  idleReasons: number;
}

/** The current participant. One storage for all clocks: each storage slows every promise of the process down. */
const running = new AsyncLocalStorage<Participant>();

export class VirtualClock implements Clock {
  private current: number;
  private readonly sleepers = new Set<Sleeper>();
  private readonly participants = new Set<Participant>();
  private slept = 0;
  private polling = false;

  constructor(startsAt: number = Date.UTC(2026, 0, 5)) {
    this.current = startsAt;
  }

  now(): number {
    return this.current;
  }

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    if (signal?.aborted) return Promise.reject(new Interrupted());
    if (!Number.isFinite(ms)) return Promise.reject(new RangeError(`cannot sleep ${ms} ms`));
    const participant = this.self();
    return new Promise((resolve, reject) => {
      const rise = () => {
        this.sleepers.delete(sleeper);
        signal?.removeEventListener('abort', interrupt);
        if (participant) participant.idleReasons -= 1;
      };
      const sleeper: Sleeper = {
        // Whole milliseconds, as on a real clock.
        dueAt: this.current + Math.max(0, Math.ceil(ms)),
        order: this.slept++,
        wake: () => {
          rise();
          resolve();
        },
      };
      const interrupt = () => {
        rise();
        reject(new Interrupted());
      };
      signal?.addEventListener('abort', interrupt, { once: true });
      if (participant) participant.idleReasons += 1;
      this.sleepers.add(sleeper);
      this.pollSoon();
    });
  }

  /**
   * Runs work that does real input and output: time stands still until it sleeps on this clock or ends. Nested work is awaited by the outer
   * one, so only the inner one counts while it runs. Beside a sleep, work must run nothing but nested participants.
   */
  async participate<T>(work: () => Promise<T>): Promise<T> {
    const participant: Participant = { clock: this, parent: this.self(), idleReasons: 0 };
    this.participants.add(participant);
    if (participant.parent) participant.parent.idleReasons += 1;
    try {
      return await running.run(participant, work);
    } finally {
      this.participants.delete(participant);
      if (participant.parent) participant.parent.idleReasons -= 1;
      this.pollSoon();
    }
  }

  private self(): Participant | undefined {
    const participant = running.getStore();
    return participant?.clock === this ? participant : undefined;
  }

  /** In the next turn of the event loop, when promises have settled. */
  private pollSoon(): void {
    if (this.polling || this.sleepers.size === 0) return;
    this.polling = true;
    setImmediate(() => {
      this.polling = false;
      if (!this.anyoneAwake()) this.wakeEarliest();
      else return;
      this.pollSoon();
    });
  }

  private anyoneAwake(): boolean {
    for (const participant of this.participants) if (participant.idleReasons === 0) return true;
    return false;
  }

  private wakeEarliest(): void {
    let earliest: Sleeper | undefined;
    for (const sleeper of this.sleepers) {
      if (
        !earliest ||
        sleeper.dueAt < earliest.dueAt ||
        (sleeper.dueAt === earliest.dueAt && sleeper.order < earliest.order)
      ) {
        earliest = sleeper;
      }
    }
    if (!earliest) return;
    this.current = Math.max(this.current, earliest.dueAt);
    earliest.wake();
  }
}
