/** The ports of a check: scripted observations, a store in memory, a list of the notifications. */

import { DEFAULT_WAIT_SETTINGS } from '../../lambda/contract/defaults';
import { type CheckPorts, type CheckRequest, check, type InvocationPorts } from '../../lambda/core/check/check';
import type { Observation } from '../../lambda/core/model/progress';
import type { Notification } from '../../lambda/core/notifications/notification';
import type { Oms, Store } from '../../lambda/core/ports';
import { MemoryStore } from './stores/memory-store';
import { T0 } from './values/observations';

export class Harness {
  readonly notified: Notification[] = [];
  readonly logged: { event: string; fields: unknown }[] = [];
  readonly store: Store;
  now = T0;
  /** Set: what the notifier refuses with. */
  refusal: Error | null = null;
  private ids = 0;
  private readonly polls: Observation[];

  constructor(polls: readonly Observation[] = [], store: Store = new MemoryStore()) {
    this.polls = [...polls];
    this.store = store;
  }

  readonly oms: Oms = {
    poll: async () => {
      const observation = this.polls.shift();
      if (observation === undefined) throw new Error('the script has no more observations');
      this.now = Math.max(this.now, observation.answeredAt);
      return observation;
    },
  };

  ports(changed: Partial<InvocationPorts> = {}): InvocationPorts {
    return {
      oms: this.oms,
      store: this.store,
      notifier: {
        publish: async (notification) => {
          if (this.refusal !== null) throw this.refusal;
          this.notified.push(notification);
        },
      },
      clock: {
        now: () => this.now,
        sleep: async (ms) => {
          this.now += ms;
        },
      },
      log: {
        info: (event, fields) => this.logged.push({ event, fields }),
        warn: (event, fields) => this.logged.push({ event, fields }),
      },
      leaseMs: 210_000,
      pollMs: 10_000,
      newId: () => `check${++this.ids}`,
      ...changed,
    };
  }

  request(changed: Partial<CheckRequest> = {}): CheckRequest {
    return {
      project: 'p_x',
      looker: 'wait',
      waitId: 'wait-1',
      question: { goal: { type: 'FINISHED' }, settings: DEFAULT_WAIT_SETTINGS, firstPoll: false, deadlineAt: null },
      scheduleIntervalSeconds: null,
      ...changed,
    };
  }

  /** One check by the script. */
  check(ports: Partial<CheckPorts> = {}, request: Partial<CheckRequest> = {}) {
    return check(this.request(request), this.ports(ports));
  }

  get kinds(): string[] {
    return this.notified.map(({ attributes }) => attributes.change ?? '');
  }
}
