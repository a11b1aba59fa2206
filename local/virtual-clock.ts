/**
 * A clock that jumps: weeks of waiting take as long as the work between the waits.
 *
 * Time stands still while anybody is awake and goes to the earliest due sleeper when all are asleep. Who does real input and output
 * between two sleeps (a socket, a file) must be known to the clock, or time would jump over it: that is `participate`. Code that only
 * computes between its sleeps need not: promises settle before the clock looks at its sleepers.
 */
import { AsyncLocalStorage } from 'node:async_hooks';
import { Interrupted } from '../lambda/core/model/errors';
import type { Clock } from '../lambda/core/ports';

interface Sleeper {
  readonly dueAt: number;
  /** Breaks ties: of two that are due together, the one that lay down first wakes first. */
  readonly order: number;
  readonly wake: () => void;
}

interface Participant {
  readonly clock: VirtualClock;
  readonly parent: Participant | undefined;
  /** Sleeps it is in, and participants it has started and not seen end: above 0 it is not awake. */
  idleReasons: number;
}

/** Who is running. One for all clocks: every storage that was ever used costs each promise of the process a little, for ever. */
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
        // Whole milliseconds, as a real clock gives them.
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
   * Runs work that does real input and output: time stands still until it sleeps (through this clock) or ends. Work started inside
   * other work is awaited by it, so while the inner one lasts only the inner one counts. One piece of work does one thing at a time:
   * side by side with a sleep it must run nothing but further participants.
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

  /** Promises settle before the next turn of the event loop: only then is it plain who is still asleep. */
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
