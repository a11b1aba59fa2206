/** EventBridge, locally: invokes the targets of rules that match the end of an execution. */

import type { StackRule } from '../cloudformation/template';
import type { ExecutionResult } from '../step-functions/execution';

export class ExecutionRules {
  private readonly rules: readonly StackRule[];
  private readonly invoke: (targetArn: string, event: unknown) => Promise<unknown>;

  constructor(rules: readonly StackRule[], invoke: (targetArn: string, event: unknown) => Promise<unknown>) {
    this.rules = rules;
    this.invoke = invoke;
  }

  /** Resolves when every target has been invoked. Throws what a target throws; AWS would retry for a day. */
  async ended(execution: ExecutionResult): Promise<void> {
    const event = endOf(execution);
    for (const { pattern, targetArns } of this.rules) {
      if (!matches(pattern, event)) continue;
      for (const arn of targetArns) await this.invoke(arn, event);
    }
  }
}

/** The event that Step Functions sends. */
export function endOf(execution: ExecutionResult): Record<string, unknown> {
  const { arn, machineArn, status, error, cause, startedAt, stoppedAt } = execution;
  return {
    source: 'aws.states',
    'detail-type': 'Step Functions Execution Status Change',
    detail: {
      executionArn: arn,
      stateMachineArn: machineArn,
      name: arn.slice(arn.lastIndexOf(':') + 1),
      status,
      startDate: startedAt,
      stopDate: stoppedAt,
      ...(error === undefined ? {} : { error }),
      ...(cause === undefined ? {} : { cause }),
    },
  };
}

/** Supports lists of exact values, which is all that our rules use. Other content filters match nothing. */
function matches(pattern: unknown, event: unknown): boolean {
  if (typeof pattern !== 'object' || pattern === null || typeof event !== 'object' || event === null) return false;
  return Object.entries(pattern).every(([name, wanted]) => {
    const value = (event as Record<string, unknown>)[name];
    return Array.isArray(wanted) ? wanted.includes(value) : matches(wanted, value);
  });
}
