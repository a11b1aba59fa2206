/** A simulated OMS console on a virtual clock: it answers a number of requests a second, in order of arrival, or turns away what is more. */
import type { FailedOutcome } from '../../lambda/contract/oms';
import type { Observation } from '../../lambda/core/model/progress';
import type { Clock, Oms } from '../../lambda/core/ports';
import { ok } from '../../test/support/values/observations';

const LATENCY_MS = 100;
const REQUEST_TIMEOUT_MS = 10_000;

export interface ConsoleOptions {
  /** Requests a second. */
  readonly rate: number;
  /** What happens to more of them: they wait in line, as in a thread pool, or get 503 at once. */
  readonly excess: 'WAITS' | 'TURNED_AWAY';
  /** Retries of a 503 by the client. */
  readonly retries: number;
}

export class SimulatedConsole implements Oms {
  /** What it does to every request now; null: it answers. */
  state: 'DOWN' | 'REJECTS' | null = null;
  requests = 0;
  polls = 0;
  answered = 0;
  mostAtOnce = 0;
  /** Requests by the second in which they arrived. */
  readonly arrivals = new Map<number, number>();
  /** Longest time between two answers for one project, milliseconds. */
  longestGapMs = 0;
  private readonly clock: Clock;
  private readonly options: ConsoleOptions;
  private readonly lastAnswer = new Map<string, number>();
  private underWay = 0;
  private freeAt = 0;

  constructor(clock: Clock, options: ConsoleOptions) {
    this.clock = clock;
    this.options = options;
  }

  get mostInOneSecond(): number {
    let most = 0;
    for (const count of this.arrivals.values()) most = Math.max(most, count);
    return most;
  }

  async poll(project: string): Promise<Observation> {
    this.polls += 1;
    const requestedAt = this.clock.now();
    for (let tries = 0; ; tries += 1) {
      const problem = await this.request();
      if (problem === null) break;
      if (problem !== '503' || tries >= this.options.retries) return this.failed(requestedAt, problem);
      await this.clock.sleep(150 * 2 ** tries);
    }
    const now = this.clock.now();
    this.answered += 1;
    this.longestGapMs = Math.max(this.longestGapMs, now - (this.lastAnswer.get(project) ?? now));
    this.lastAnswer.set(project, now);
    return ok(now, { status: 'FINISHED', fullMigrationProgress: 100 }, { requestedAt });
  }

  /** Null where it is answered. */
  private async request(): Promise<string | null> {
    this.requests += 1;
    const now = this.clock.now();
    const second = Math.floor(now / 1000);
    this.arrivals.set(second, (this.arrivals.get(second) ?? 0) + 1);
    this.underWay += 1;
    this.mostAtOnce = Math.max(this.mostAtOnce, this.underWay);
    try {
      if (this.state === 'DOWN') {
        await this.clock.sleep(REQUEST_TIMEOUT_MS);
        return 'no answer within 10 s';
      }
      const each = 1000 / this.options.rate;
      const startsAt = Math.max(now, this.freeAt);
      if (this.options.excess === 'TURNED_AWAY' && startsAt - now > 1000) {
        await this.clock.sleep(1);
        return '503';
      }
      this.freeAt = startsAt + each;
      const endsAt = Math.max(startsAt + each, now + LATENCY_MS);
      await this.clock.sleep(Math.min(endsAt, now + REQUEST_TIMEOUT_MS) - now);
      // The console also completes requests that the client has abandoned.
      if (endsAt > now + REQUEST_TIMEOUT_MS) return 'no answer within 10 s';
      return this.state === 'REJECTS' ? '401' : null;
    } finally {
      this.underWay -= 1;
    }
  }

  private failed(requestedAt: number, problem: string): Observation {
    const outcome: FailedOutcome = problem === '401' ? 'OmsRejectedCredentials' : 'OmsUnreachable';
    const base = { requestedAt, answeredAt: this.clock.now(), clockSkewMs: null, api: null, anomalies: [], said: {} };
    return { ...base, outcome, problem, ...(problem === '503' ? { retryAfterMs: 0 } : {}) };
  }
}
