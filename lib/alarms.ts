/** What wakes somebody up, on one page: each alarm with its threshold, what missing data means to it, and its section of docs/runbook.md. */
import { Duration } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import type * as lambda from 'aws-cdk-lib/aws-lambda';
import type * as sns from 'aws-cdk-lib/aws-sns';
import type * as sqs from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import type { LagImportance, MonitorMetrics } from './monitor-metrics';

const { BREACHING, IGNORE, NOT_BREACHING } = cloudwatch.TreatMissingData;

/** OMS's own thresholds, in seconds. As lambda/core/settings.ts has them; a test holds the two together. */
export const LAG_THRESHOLD_SECONDS: Readonly<Record<LagImportance, number>> = { HIGH: 30, MEDIUM: 300, LOW: 900 };
/** Percent of the looks of an interval from which nothing was learned. */
export const FAILED_CHECKS_PERCENT = 50;
/** Intervals of the schedule in a row: one bad look, or one that came late, wakes nobody. */
const INTERVALS = 3;
/** Of the metrics that AWS itself keeps. */
const AWS_PERIOD = Duration.minutes(5);

export interface MonitorAlarmsProps {
  readonly monitorName: string;
  readonly metrics: MonitorMetrics;
  readonly checkFunction: lambda.IFunction;
  readonly deadLetterQueues: readonly sqs.IQueue[];
  /** Who hears of them. Let alarms publish to it (alarm-permission.ts). */
  readonly topic: sns.ITopic;
  /** The runbook's address, without an anchor; undefined where it has none but its place in the package. */
  readonly runbookUrl: string | undefined;
}

interface AlarmRule {
  /** The heading of its section in the runbook, in lower case with hyphens; also the end of its name. */
  readonly section: string;
  /** One sentence for whoever gets the e-mail. */
  readonly says: string;
  /** One more, beginning with "First": for whoever has nothing else at hand. */
  readonly first: string;
  readonly metric: cloudwatch.IMetric;
  readonly threshold: number;
  readonly comparison?: cloudwatch.ComparisonOperator;
  /** Of how many values so many have to be past the threshold. */
  readonly outOf?: readonly [number, number];
  /** What it means that nothing was measured: a decision for each alarm. */
  readonly missing: cloudwatch.TreatMissingData;
}

export class MonitorAlarms extends Construct {
  readonly all: readonly cloudwatch.Alarm[];

  constructor(scope: Construct, id: string, props: MonitorAlarmsProps) {
    super(scope, id);
    const action = new SnsAction(props.topic);
    this.all = rules(props).map((rule) => {
      const [due, values] = rule.outOf ?? [1, 1];
      const alarm = new cloudwatch.Alarm(this, idOf(rule.section), {
        alarmName: `${props.monitorName}-${rule.section}`,
        alarmDescription: `${rule.says} ${rule.first} What to do: ${sectionAt(props.runbookUrl, rule.section)}`,
        metric: rule.metric,
        threshold: rule.threshold,
        comparisonOperator: rule.comparison ?? cloudwatch.ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
        datapointsToAlarm: due,
        evaluationPeriods: values,
        treatMissingData: rule.missing,
      });
      alarm.addAlarmAction(action);
      // Its end is news too, and saves somebody the way to the console.
      alarm.addOkAction(action);
      return alarm;
    });
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
        expression: '100 * failed / looks',
        usingMetrics: { failed: metrics.of('failedChecks', 'Sum'), looks: metrics.of('checks', 'Sum') },
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
    ...(Object.keys(LAG_THRESHOLD_SECONDS) as LagImportance[]).map((importance) => lagRule(metrics, importance)),
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
      says: 'A round of the schedule could not be run at all, and its event was put aside.',
      first: 'First read the message in the queue: it says what failed.',
      metric: new cloudwatch.MathExpression({
        expression: props.deadLetterQueues.map((_, i) => `queue${i}`).join(' + '),
        usingMetrics: Object.fromEntries(
          props.deadLetterQueues.map((queue, i) => [
            `queue${i}`,
            queue.metricApproximateNumberOfMessagesVisible({ period: AWS_PERIOD, statistic: 'Maximum' }),
          ]),
        ),
        label: 'dead letters',
        period: AWS_PERIOD,
      }),
      threshold: 1,
      // SQS stops counting for a queue that nobody uses.
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

/** An anchor at the address, or in the file that comes with the package: at night there may be nothing to click on, and still something to open. */
function sectionAt(runbookUrl: string | undefined, section: string): string {
  return runbookUrl === undefined
    ? `docs/runbook.md#${section} in the npm package oms-cutover`
    : `${runbookUrl}#${section}`;
}

/** `checks-failing` as `ChecksFailing`. */
function idOf(section: string): string {
  return section.replace(/(?:^|-)(\w)/g, (_, letter: string) => letter.toUpperCase());
}
