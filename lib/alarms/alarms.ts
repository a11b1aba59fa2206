/** What wakes somebody up, on one page: each alarm with its threshold, what missing data means to it, and its section of docs/runbook.md. A cutover's own stands in cutover/end-rule.ts. */
import { Duration } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import type * as lambda from 'aws-cdk-lib/aws-lambda';
import type * as sqs from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { LAG_THRESHOLD_SECONDS } from '../../lambda/contract/defaults';
import { type AlarmPlace, type AlarmRule, alarmOf, lettersIn } from './alarm-rule';
import { LAG_IMPORTANCES, type LagImportance, type MonitorMetrics } from './metrics';

const { BREACHING, IGNORE, NOT_BREACHING } = cloudwatch.TreatMissingData;

/** Percent of the looks of an interval from which nothing was learned. */
export const FAILED_CHECKS_PERCENT = 50;
/** Intervals of the schedule in a row: one bad look, or one that came late, wakes nobody. */
const INTERVALS = 3;
/** Of the metrics that AWS itself keeps. */
const AWS_PERIOD = Duration.minutes(5);

export interface MonitorAlarmsProps extends AlarmPlace {
  readonly metrics: MonitorMetrics;
  readonly checkFunction: lambda.IFunction;
  readonly failures: sqs.IQueue;
  readonly scheduleDeadLetters: sqs.IQueue;
}

export class MonitorAlarms extends Construct {
  readonly all: readonly cloudwatch.Alarm[];

  constructor(scope: Construct, id: string, props: MonitorAlarmsProps) {
    super(scope, id);
    this.all = rules(props).map((rule) => alarmOf(this, rule, props));
  }
}

function rules(props: MonitorAlarmsProps): readonly AlarmRule[] {
  const { metrics, checkFunction } = props;
  return [
    {
      section: 'checks-failing',
      says: `At least ${FAILED_CHECKS_PERCENT} % of the looks at OMS have learned nothing, ${INTERVALS} intervals in a row.`,
      first: 'First see whether the OMS console answers on its port, and takes the account that stands in the secret.',
      metric: new cloudwatch.MathExpression({
        expression: '100 * failed / polls',
        usingMetrics: { failed: metrics.of('failedChecks', 'Sum'), polls: metrics.of('checks', 'Sum') },
        label: 'failed looks, percent',
        period: metrics.of('checks', 'Sum').period,
      }),
      threshold: FAILED_CHECKS_PERCENT,
      outOf: [INTERVALS, INTERVALS],
      // No look at all is the next alarm's.
      missing: NOT_BREACHING,
    },
    {
      section: 'checks-silent',
      says: `The schedule has looked at no project for ${INTERVALS} intervals: nobody watches.`,
      first: 'First see whether the schedule is enabled, and whether its queue of dead letters says why it fails.',
      metric: metrics.of('scheduledChecks', 'Sum'),
      threshold: 1,
      comparison: cloudwatch.ComparisonOperator.LESS_THAN_THRESHOLD,
      outOf: [INTERVALS, INTERVALS],
      // Silence is exactly what it listens for.
      missing: BREACHING,
    },
    {
      section: 'stalled',
      says: 'A project says RUNNING, and no percent and no checkpoint of it moves.',
      first: 'First see in the OMS console what its step is doing; an e-mail named the project.',
      metric: metrics.of('stalled', 'Maximum'),
      threshold: 1,
      // Nobody looked: as far as anybody knows, it is as it was.
      missing: IGNORE,
    },
    ...LAG_IMPORTANCES.map((importance) => lagRule(metrics, importance)),
    {
      section: 'notifications-stuck',
      says: `Changes have not been told for ${INTERVALS} intervals: SNS does not take them.`,
      first: 'First see in the OMS console how the projects are: e-mails may be missing.',
      metric: metrics.of('changesPending', 'Maximum'),
      threshold: 1,
      outOf: [INTERVALS, INTERVALS],
      missing: IGNORE,
    },
    {
      section: 'dead-letters',
      says: 'The check function failed on an event again and again, and the event was put aside.',
      first:
        'First read the message in the queue: it says what failed, and whether a cutover that has ended is waiting in it.',
      metric: lettersIn(props.failures),
      threshold: 1,
      // SQS stops counting for a queue that nobody uses.
      missing: NOT_BREACHING,
    },
    {
      section: 'rounds-not-handed-over',
      says: 'The schedule could not hand a round to the check function, and put it aside.',
      first: 'First read the message in the queue: it says why.',
      metric: lettersIn(props.scheduleDeadLetters),
      threshold: 1,
      missing: NOT_BREACHING,
    },
    {
      section: 'function-errors',
      says: 'The check function fails again and again, on its own account.',
      first: 'First search its log for CheckFailed, InvalidInput and "Task timed out".',
      metric: checkFunction.metricErrors({ period: AWS_PERIOD }),
      threshold: 1,
      outOf: [2, 3],
      // Lambda counts only where something runs.
      missing: NOT_BREACHING,
    },
    {
      section: 'function-throttles',
      says: 'Lambda refuses to run the check function again and again.',
      first: 'First see which function uses up the concurrency of the account.',
      metric: checkFunction.metricThrottles({ period: AWS_PERIOD }),
      threshold: 1,
      outOf: [2, 3],
      missing: NOT_BREACHING,
    },
  ];
}

function lagRule(metrics: MonitorMetrics, importance: LagImportance): AlarmRule {
  const seconds = LAG_THRESHOLD_SECONDS[importance];
  return {
    section: `lag-of-${importance.toLowerCase()}-importance`,
    says: `The target of a project of importance ${importance} has been more than ${seconds} s behind for ${INTERVALS} intervals.`,
    first:
      'First put off any cutover of it; then see on the dashboard whether the lag grows, stays, or comes and goes.',
    metric: metrics.lagOf(importance),
    threshold: seconds,
    comparison: cloudwatch.ComparisonOperator.GREATER_THAN_THRESHOLD,
    outOf: [INTERVALS, INTERVALS],
    // No project of this importance is in incremental synchronisation, or OMS does not answer, which is another alarm's.
    missing: NOT_BREACHING,
  };
}
