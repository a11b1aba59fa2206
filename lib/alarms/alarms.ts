/**
 * The monitor's alarms: threshold, missing data and e-mail of each. The section of the same name in docs/runbook.md has the rest. A cutover
 * pipeline's own alarm is in lib/cutover/end-events.ts.
 */
import { Duration } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import type * as lambda from 'aws-cdk-lib/aws-lambda';
import type * as sqs from 'aws-cdk-lib/aws-sqs';
import type * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
import { LAG_THRESHOLD_SECONDS } from '../../lambda/contract/defaults';
import { formatDuration } from '../../lambda/contract/values/duration';
import { type AlarmPlace, type AlarmRule, alarmOf, messagesIn } from './alarm';
import { BAD_ENDS, machineRules } from './machine-alarms';
import { LAG_IMPORTANCES, type LagImportance, type MonitorMetrics } from './metrics';
import { OkNotices } from './ok-notices';

const { IGNORE, MISSING, NOT_BREACHING } = cloudwatch.TreatMissingData;

/** Percent of the polls in one interval. */
export const FAILED_POLLS_PERCENT = 50;
/** Consecutive schedule intervals: a single failed or late poll raises no alarm. */
const INTERVALS = 3;
/** Of the metrics that AWS publishes. */
const AWS_PERIOD = Duration.minutes(5);

export interface MonitorAlarmsProps extends AlarmPlace {
  readonly metrics: MonitorMetrics;
  readonly checkFunction: lambda.IFunction;
  readonly failures: sqs.IQueue;
  readonly scheduleDeadLetters: sqs.IQueue;
  readonly waitMachine: sfn.IStateMachine;
  readonly leg: sfn.IStateMachine;
}

export class MonitorAlarms extends Construct {
  readonly all: readonly cloudwatch.Alarm[];

  constructor(scope: Construct, id: string, props: MonitorAlarmsProps) {
    super(scope, id);
    this.all = rules(props).map((rule) => alarmOf(this, rule, props));
    new OkNotices(this, 'Ok', props);
  }
}

function rules(props: MonitorAlarmsProps): readonly AlarmRule[] {
  const { metrics, checkFunction } = props;
  return [
    {
      section: 'polls-failing',
      impact: `At least ${FAILED_POLLS_PERCENT} % of the polls of OMS failed in ${INTERVALS} consecutive intervals. Changes of the migrations may go unnoticed, and waits fail when their outage grace ends.`,
      firstAction:
        'check that the OMS console answers on its port and accepts the user name and password in the secret.',
      metric: new cloudwatch.MathExpression({
        expression: '100 * failed / polls',
        usingMetrics: { failed: metrics.of('failedChecks', 'Sum'), polls: metrics.of('checks', 'Sum') },
        label: 'failed polls, percent',
        period: metrics.of('checks', 'Sum').period,
      }),
      threshold: FAILED_POLLS_PERCENT,
      outOf: [INTERVALS, INTERVALS],
      // No poll at all is covered by the next alarm.
      missing: NOT_BREACHING,
    },
    {
      section: 'no-scheduled-polls',
      impact: `The schedule has polled no project for ${INTERVALS} intervals. Projects without a running wait are not monitored.`,
      firstAction: 'check that the schedule is enabled, and read the messages in its dead-letter queue.',
      metric: metrics.of('scheduledChecks', 'Sum'),
      threshold: 1,
      comparison: cloudwatch.ComparisonOperator.LESS_THAN_THRESHOLD,
      outOf: [INTERVALS, INTERVALS],
      // Missing data is what this alarm detects, but not before the first poll: BREACHING would raise it in every first deployment.
      missing: MISSING,
      silence: true,
    },
    {
      section: 'project-stalled',
      impact:
        'A project is RUNNING but neither its progress nor its checkpoint advances. The migration is delayed until it advances again.',
      firstAction: 'find the project in the "stalled" notification, and check its current step in the OMS console.',
      metric: metrics.of('stalled', 'Maximum'),
      threshold: 1,
      // Without a poll the last state is kept.
      missing: IGNORE,
    },
    ...LAG_IMPORTANCES.map((importance) => lagRule(metrics, importance)),
    {
      section: 'notifications-delayed',
      impact: `Changes could not be published to SNS for ${INTERVALS} intervals. E-mails are missing; they are sent once SNS accepts them.`,
      firstAction: 'check the status of the projects in the OMS console.',
      metric: metrics.of('changesPending', 'Maximum'),
      threshold: 1,
      outOf: [INTERVALS, INTERVALS],
      missing: IGNORE,
    },
    {
      section: 'failed-events',
      impact: 'The check function failed three times on a scheduled poll. Some projects were not polled.',
      firstAction: 'read the message in the queue: it holds the event and the error.',
      metric: messagesIn(props.failures),
      threshold: 1,
      // SQS publishes no metrics for an inactive queue.
      missing: NOT_BREACHING,
    },
    {
      section: 'schedule-delivery-failed',
      impact: 'EventBridge Scheduler could not invoke the check function. Some projects were not polled.',
      firstAction: 'read the message in the dead-letter queue of the schedule: it holds the error.',
      metric: messagesIn(props.scheduleDeadLetters),
      threshold: 1,
      missing: NOT_BREACHING,
    },
    {
      section: 'function-errors',
      impact:
        'Invocations of the check function fail (failures of OMS or of a migration do not count). Polls and waits are delayed.',
      firstAction: 'search the function\'s log for CheckFailed, InvalidInput and "Task timed out".',
      metric: checkFunction.metricErrors({ period: AWS_PERIOD }),
      threshold: 1,
      outOf: [2, 3],
      // Lambda publishes no data without invocations.
      missing: NOT_BREACHING,
    },
    {
      section: 'function-throttles',
      impact: 'Lambda throttles the check function. Polls and waits are delayed.',
      firstAction: 'check which function uses the concurrency of the account.',
      metric: checkFunction.metricThrottles({ period: AWS_PERIOD }),
      threshold: 1,
      outOf: [2, 3],
      missing: NOT_BREACHING,
    },
    ...machineRules({
      machine: props.waitMachine,
      subject: 'wait',
      ends: BAD_ENDS,
      impact: 'An execution of the wait machine ended without its goal. Whatever it held back does not continue.',
      firstAction: 'read the error and the cause of the execution in Step Functions.',
      period: AWS_PERIOD,
      delayed: 'Waits are delayed.',
    }),
    ...legRules(props.leg),
  ];
}

/** A leg is aborted together with the execution that started it, which has alarms of its own. */
export function legRules(leg: sfn.IStateMachine): readonly AlarmRule[] {
  return machineRules({
    machine: leg,
    subject: 'leg',
    ends: ['failed', 'timed-out'],
    impact: 'A leg of a wait failed, which a leg never does by itself. The wait that started it fails.',
    firstAction: 'read the error of the execution in Step Functions: its definition, its role or its data is at fault.',
    period: AWS_PERIOD,
    delayed: 'Waits are delayed.',
  });
}

function lagRule(metrics: MonitorMetrics, importance: LagImportance): AlarmRule {
  const seconds = LAG_THRESHOLD_SECONDS[importance];
  return {
    section: `lag-importance-${importance.toLowerCase()}`,
    impact: `The target of a project of importance ${importance} has lagged more than ${formatDuration(seconds)} behind its source for ${INTERVALS} intervals. The project is not ready for a cutover.`,
    firstAction:
      'find the project on the dashboard, postpone its cutover, and check whether the lag grows, stays or fluctuates.',
    metric: metrics.lagOf(importance),
    threshold: seconds,
    comparison: cloudwatch.ComparisonOperator.GREATER_THAN_THRESHOLD,
    outOf: [INTERVALS, INTERVALS],
    // No project of this importance is in incremental synchronization, or OMS does not answer, which has its own alarm.
    missing: NOT_BREACHING,
  };
}
