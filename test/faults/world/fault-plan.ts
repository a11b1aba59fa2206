/** Selects the requests with faults: by a script in a scenario, at random in a soak. */

import type { Random } from '../../../local/random';
import { FAULTS, type Fault, type Operation } from './fault';
import type { ProxiedCall } from './proxied-call';

export interface FaultPlan {
  /** Null: no fault. */
  next(call: ProxiedCall): Fault | null;
}

/** The next `times` requests of one operation. */
export class Script implements FaultPlan {
  private left: number;
  private readonly operation: Operation;
  private readonly fault: Fault;

  constructor(operation: Operation, fault: Fault, times = 1) {
    this.operation = operation;
    this.fault = fault;
    this.left = times;
  }

  next({ operation }: ProxiedCall): Fault | null {
    if (operation !== this.operation || this.left === 0) return null;
    this.left -= 1;
    return this.fault;
  }
}

/** Every request with the same probability; one generator per project, so that a seed is reproducible. */
export class Chance implements FaultPlan {
  private readonly rate: number;
  private readonly random: Random;

  constructor(rate: number, random: Random) {
    this.rate = rate;
    this.random = random;
  }

  next(): Fault | null {
    return this.random.chance(this.rate) ? this.random.pick(FAULTS) : null;
  }
}
