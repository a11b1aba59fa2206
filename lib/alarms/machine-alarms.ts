/** Alarms on a state machine itself, from the metrics that Step Functions publishes: they do not depend on our functions. */
import type { Duration } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import type * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import type { AlarmRule } from './alarm';

/** How an execution ends without success. */
export type BadEnd = 'failed' | 'aborted' | 'timed-out';
export const BAD_ENDS: readonly BadEnd[] = ['failed', 'aborted', 'timed-out'];

export interface MachineAlarmsOptions {
  readonly machine: sfn.IStateMachine;
  /** Prefix of the names: `wait` gives `wait-failed`, `wait-aborted`, … */
  readonly subject: string;
  /** The ends that are an event. */
  readonly ends: readonly BadEnd[];
  /** Of one of these ends. */
  readonly impact: string;
  readonly firstAction: string;
  /** Of the metrics: within it an end is noticed. */
  readonly period: Duration;
  /** What a throttle delays. */
  readonly delayed: string;
}

/** One section of the runbook for all ends, and one for throttles. */
export function machineRules(options: MachineAlarmsOptions): readonly AlarmRule[] {
  const { machine, subject, ends, impact, firstAction, period, delayed } = options;
  const metrics: Record<BadEnd, cloudwatch.IMetric> = {
    failed: machine.metricFailed({ period }),
    aborted: machine.metricAborted({ period }),
    'timed-out': machine.metricTimedOut({ period }),
  };
  // Without executions Step Functions publishes nothing, and nothing has ended badly.
  const missing = cloudwatch.TreatMissingData.NOT_BREACHING;
  return [
    // One alarm for each: a sum is missing where one of its metrics is.
    ...ends.map((end) => ({
      section: `${subject}-failed`,
      suffix: `${subject}-${end}`,
      impact,
      firstAction,
      metric: metrics[end],
      threshold: 1,
      missing,
    })),
    {
      section: 'executions-throttled',
      suffix: `${subject}-throttled`,
      impact: `Step Functions throttles the state transitions of this account. ${delayed}`,
      firstAction: 'check in Service Quotas which state machine uses the quota for state transitions.',
      metric: machine.metricThrottled({ period }),
      threshold: 1,
      missing,
    },
  ];
}
