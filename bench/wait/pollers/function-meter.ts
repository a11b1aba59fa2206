/** Simulates Lambda: counts invocations and billed time, sleep included, after the delay of the state machine. */
import type { Clock } from '../../../lambda/core/ports';
import type { Latencies } from './latencies';

/** States that a round of either poller enters: wait, task, choice. */
const TRANSITIONS_A_ROUND = 3;

export class FunctionMeter {
  invocations = 0;
  billedMs = 0;
  private readonly clock: Clock;
  private readonly latencies: Latencies;

  constructor(clock: Clock, latencies: Latencies) {
    this.clock = clock;
    this.latencies = latencies;
  }

  async run<T>(work: (beganAt: number) => Promise<T>): Promise<T> {
    const { clock, latencies } = this;
    await clock.sleep(TRANSITIONS_A_ROUND * latencies.transitionMs);
    const beganAt = clock.now();
    this.invocations += 1;
    try {
      const result = await work(beganAt);
      await clock.sleep(latencies.computeMs);
      return result;
    } finally {
      this.billedMs += Math.ceil(clock.now() - beganAt);
    }
  }
}
