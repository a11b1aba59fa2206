/** What an alarm is made of, and how it is said: whoever gets its e-mail may have nothing else at hand. */
import { Duration } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import type * as sns from 'aws-cdk-lib/aws-sns';
import type * as sqs from 'aws-cdk-lib/aws-sqs';
import type { Construct } from 'constructs';

/** Whose alarms they are, and who hears of them. */
export interface AlarmPlace {
  /** Begins the alarms' names. */
  readonly name: string;
  /** Let alarms publish to it (alarm-permission.ts). */
  readonly topic: sns.ITopic;
  /** The runbook's address, without an anchor; undefined where it has none but its place in the package. */
  readonly runbookUrl: string | undefined;
}

export interface AlarmRule {
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

export function alarmOf(scope: Construct, rule: AlarmRule, { name, topic, runbookUrl }: AlarmPlace): cloudwatch.Alarm {
  const [due, values] = rule.outOf ?? [1, 1];
  const alarm = new cloudwatch.Alarm(scope, idOf(rule.section), {
    alarmName: `${name}-${rule.section}`,
    alarmDescription: `${rule.says} ${rule.first} What to do: ${sectionAt(runbookUrl, rule.section)}`,
    metric: rule.metric,
    threshold: rule.threshold,
    comparisonOperator: rule.comparison ?? cloudwatch.ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
    datapointsToAlarm: due,
    evaluationPeriods: values,
    treatMissingData: rule.missing,
  });
  const action = new SnsAction(topic);
  alarm.addAlarmAction(action);
  // Its end is news too, and saves somebody the way to the console.
  alarm.addOkAction(action);
  return alarm;
}

/** Of one queue, never a sum: SQS stops counting for a queue that nobody uses, and a sum with a missing part is missing too. */
export function lettersIn(queue: sqs.IQueue): cloudwatch.Metric {
  return queue.metricApproximateNumberOfMessagesVisible({ period: Duration.minutes(5), statistic: 'Maximum' });
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
