/** An alarm, its e-mail, and the permission to send it. */
import { Annotations, Duration, Stack } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import * as iam from 'aws-cdk-lib/aws-iam';
import type * as sns from 'aws-cdk-lib/aws-sns';
import type * as sqs from 'aws-cdk-lib/aws-sqs';
import type { Construct } from 'constructs';

/** What the alarms of one construct share. */
export interface AlarmPlace {
  /** Prefix of the alarm names. */
  readonly name: string;
  /** CloudWatch must be allowed to publish to it: see allowAlarms. */
  readonly topic: sns.ITopic;
  /** URL of the runbook, without a fragment. Undefined: alarms name the file in the package. */
  readonly runbookUrl: string | undefined;
}

export interface AlarmRule {
  /** Anchor of its section in the runbook. */
  readonly section: string;
  /**
   * Suffix of the alarm name.
   * @default - `section`
   */
  readonly suffix?: string;
  /** What happened and what it affects, in one or two sentences. */
  readonly impact: string;
  /** The first action, as one imperative sentence: the e-mail is read at night, with nothing else at hand. */
  readonly firstAction: string;
  readonly metric: cloudwatch.IMetric;
  readonly threshold: number;
  /** @default GREATER_THAN_OR_EQUAL_TO_THRESHOLD */
  readonly comparison?: cloudwatch.ComparisonOperator;
  /**
   * M out of N: breaching data points, and evaluation periods.
   * @default [1, 1]
   */
  readonly outOf?: readonly [number, number];
  /**
   * Notify also when the data stops, of a metric whose missing data is MISSING. A new alarm has no data yet, which is no change.
   * @default false
   */
  readonly silence?: boolean;
  /** Decided for each alarm. */
  readonly missing: cloudwatch.TreatMissingData;
}

export function alarmOf(scope: Construct, rule: AlarmRule, { name, topic, runbookUrl }: AlarmPlace): cloudwatch.Alarm {
  const [datapointsToAlarm, evaluationPeriods] = rule.outOf ?? [1, 1];
  const suffix = rule.suffix ?? rule.section;
  const alarm = new cloudwatch.Alarm(scope, idOf(suffix), {
    alarmName: `${name}-${suffix}`,
    alarmDescription: `${rule.impact} First action: ${rule.firstAction} Runbook: ${sectionAt(runbookUrl, rule.section)}`,
    metric: rule.metric,
    threshold: rule.threshold,
    comparisonOperator: rule.comparison ?? cloudwatch.ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
    datapointsToAlarm,
    evaluationPeriods,
    treatMissingData: rule.missing,
  });
  const action = new SnsAction(topic);
  alarm.addAlarmAction(action);
  if (rule.silence === true) alarm.addInsufficientDataAction(action);
  return alarm;
}

/** One queue at a time: SQS publishes no metrics for an inactive queue, and a sum with a missing operand is missing. */
export function messagesIn(queue: sqs.IQueue): cloudwatch.Metric {
  return queue.metricApproximateNumberOfMessagesVisible({ period: Duration.minutes(5), statistic: 'Maximum' });
}

const SID = 'AlarmsOfThisAccount';

/**
 * Lets CloudWatch alarms of this account publish to a topic: the policies of the topic and of its KMS key must name the service. Without
 * that the only trace of a lost alarm is in the alarm's own history. The AWS-managed key of SNS cannot be changed, so an alarm topic has a
 * customer-managed key or none.
 */
export function allowAlarms(topic: sns.ITopic): void {
  const cloudWatch = new iam.ServicePrincipal('cloudwatch.amazonaws.com');
  const thisAccount = { StringEquals: { 'aws:SourceAccount': Stack.of(topic).account } };
  const statement = (actions: string[], resource: string) =>
    new iam.PolicyStatement({
      sid: SID,
      principals: [cloudWatch],
      actions,
      resources: [resource],
      conditions: thisAccount,
    });
  const onTopic = topic.addToResourcePolicy(statement(['sns:Publish'], topic.topicArn));
  const onKey = topic.masterKey?.addToResourcePolicy(statement(['kms:Decrypt', 'kms:GenerateDataKey'], '*'));
  if (onTopic.statementAdded && onKey?.statementAdded !== false) return;
  const what = onTopic.statementAdded ? 'the KMS key of this topic' : 'this topic, and of its KMS key if it has one,';
  Annotations.of(topic).addWarningV2(
    'oms-cutover:alarmsCannotBeAllowed',
    `The policy of ${what} cannot be changed by this app, so alarm notifications may be lost. Allow cloudwatch.amazonaws.com to publish: see "Customer-managed key" in docs/migration-monitor.md.`,
  );
}

function sectionAt(runbookUrl: string | undefined, section: string): string {
  return runbookUrl === undefined
    ? `docs/runbook.md#${section} in the npm package oms-cutover`
    : `${runbookUrl}#${section}`;
}

/** `polls-failing` as `PollsFailing`. */
function idOf(section: string): string {
  return section.replace(/(?:^|-)(\w)/g, (_, letter: string) => letter.toUpperCase());
}
