/** Step Functions' rules for Retry, so that the waits between attempts pass on our clock. */
import type { Catcher, Retrier } from './definition';

/** A failure as a state machine sees it. */
export class StateError extends Error {
  /** Read by the interpreter. Some errors cannot be retried or caught, and end the execution. */
  readonly isRetryable: boolean;
  readonly isCatchable: boolean;

  constructor(error: string, cause: string, options: { final?: boolean } = {}) {
    super(cause);
    this.name = error;
    this.isRetryable = !options.final;
    this.isCatchable = !options.final;
  }
}

export class Retries {
  private readonly retriers: readonly Retrier[];
  private readonly random: () => number;
  /** By retrier. */
  private readonly used = new Map<Retrier, number>();

  constructor(retriers: readonly Retrier[], random: () => number) {
    this.retriers = retriers;
    this.random = random;
  }

  /** Milliseconds before the next attempt; undefined where there is none. The first retrier that matches the error applies. */
  delayAfter(error: StateError): number | undefined {
    const retrier = error.isRetryable ? this.retriers.find((retrier) => isNamedBy(retrier, error)) : undefined;
    if (!retrier) return undefined;
    const used = this.used.get(retrier) ?? 0;
    if (used >= (retrier.MaxAttempts ?? 3)) return undefined;
    this.used.set(retrier, used + 1);
    const grown = (retrier.IntervalSeconds ?? 1) * (retrier.BackoffRate ?? 2) ** used;
    const seconds = Math.min(grown, retrier.MaxDelaySeconds ?? Number.POSITIVE_INFINITY);
    return 1_000 * (retrier.JitterStrategy === 'FULL' ? this.random() * seconds : seconds);
  }
}

/** Whether a retrier or a catcher is for this error. */
export function isNamedBy({ ErrorEquals }: Pick<Catcher, 'ErrorEquals'>, error: StateError): boolean {
  return ErrorEquals.some((name) => names(name, error));
}

function names(name: string, error: StateError): boolean {
  if (name === 'States.ALL') return true;
  if (name === 'States.TaskFailed') return error.name !== 'States.Timeout';
  return name === error.name;
}
