/** Answers polls from a trace, after the latency of a request. */

import type { Observation } from '../../../lambda/core/model/progress';
import type { Clock, Oms } from '../../../lambda/core/ports';
import { pollThatSaw } from '../../../test/support/values/poll-of-state';
import type { Trace } from './trace';

export class TraceOms implements Oms {
  requests = 0;
  private readonly trace: Trace;
  private readonly clock: Clock;
  private readonly latencyMs: number;

  constructor(trace: Trace, clock: Clock, latencyMs: number) {
    this.trace = trace;
    this.clock = clock;
    this.latencyMs = latencyMs;
  }

  /** OMS reads the trace half way through the request. */
  async poll(): Promise<Observation> {
    this.requests += 1;
    const requestedAt = this.clock.now();
    await this.clock.sleep(this.latencyMs);
    const answeredAt = this.clock.now();
    return pollThatSaw(this.trace.stateAt((requestedAt + answeredAt) / 2), requestedAt, answeredAt);
  }
}
