/** Checks in an invocation, which is ended at its time-out whatever it does. */
import type { CheckPorts } from './check';

export interface InvocationPorts extends CheckPorts {
  /** Milliseconds one look at OMS may take. */
  readonly pollMs: number;
}

/** What a check may need beside its look, and its invocation after it: the store, and who is told. */
const STORE_MS = 20_000;

/** Milliseconds a check takes at the most: no further one is begun with less left. */
export function longestCheckMs({ pollMs }: InvocationPorts): number {
  return pollMs + STORE_MS;
}
