/** Which requests are spoiled: by a script for a scenario, by chance for a soak. */

import type { Random } from '../../../local/random';
import { FAULTS, type Fault, type Operation } from './fault';
import type { ProxiedCall } from './proxied-call';

export interface FaultPlan {
  /** Null: this one goes through. */
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

/** Each request with the same probability, whatever it is about; drawn by the project, so that a seed repeats itself. */
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
