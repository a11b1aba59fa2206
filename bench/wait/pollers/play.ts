/** The result of one wait, for every poller. */
import type { ExecutionResult } from '../../../local/step-functions/execution';
import type { Usage } from './bill';

export interface Play extends Usage {
  /** The execution that was started. */
  readonly end: ExecutionResult;
  /** The execution and its children, in the order of their ends. */
  readonly executions: readonly ExecutionResult[];
  /** When the caller gets the result, Unix milliseconds. */
  readonly completedAt: number;
  /** Times of the notifications of FAILED. */
  readonly notifiedFailures: readonly number[];
  readonly omsRequests: number;
  /** Events of the largest execution. */
  readonly largestHistory: number;
}

/** Counts over all executions of a wait. */
export function countsOf(executions: readonly ExecutionResult[]): { transitions: number; largestHistory: number } {
  return {
    transitions: executions.reduce((sum, { transitions }) => sum + transitions, 0),
    largestHistory: Math.max(0, ...executions.map(({ historyEvents }) => historyEvents)),
  };
}
