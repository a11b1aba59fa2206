/** One wait, played to its end: what every poller leaves behind. */
import type { ExecutionResult } from '../../../local/step-functions/execution';
import type { Usage } from './bill';

export interface Play extends Usage {
  /** The execution that was started. */
  readonly end: ExecutionResult;
  /** It and its children, in the order they ended. */
  readonly executions: readonly ExecutionResult[];
  /** When whoever started it hears of the end, Unix milliseconds. */
  readonly completedAt: number;
  /** When somebody was told of FAILED, each time. */
  readonly toldFailures: readonly number[];
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
