/** What a topic needs before an alarm reaches it. Without it CloudWatch fails to publish, and the only trace is in the alarm's own history. */
import { Annotations, Stack } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import type * as sns from 'aws-cdk-lib/aws-sns';

const SID = 'AlarmsOfThisAccount';

/**
 * CloudWatch publishes as a service: the topic's policy must name it, and so must the policy of the topic's key. The AWS-managed key of SNS
 * cannot be told so, which is why a topic of alarms has either a key of one's own or none.
 */
export function letAlarmsPublish(topic: sns.ITopic): void {
  const alarms = new iam.ServicePrincipal('cloudwatch.amazonaws.com');
  const ours = { StringEquals: { 'aws:SourceAccount': Stack.of(topic).account } };
  const statement = (actions: string[], resource: string) =>
    new iam.PolicyStatement({ sid: SID, principals: [alarms], actions, resources: [resource], conditions: ours });
  const onTopic = topic.addToResourcePolicy(statement(['sns:Publish'], topic.topicArn));
  const onKey = topic.masterKey?.addToResourcePolicy(statement(['kms:Decrypt', 'kms:GenerateDataKey'], '*'));
  if (onTopic.statementAdded && onKey?.statementAdded !== false) return;
  const what = onTopic.statementAdded ? "topic's key" : 'topic, and of its key where it has one,';
  Annotations.of(topic).addWarningV2(
    'oms-cutover:alarmsCannotBeAllowed',
    `The policy of this ${what} cannot be changed from here. Let cloudwatch.amazonaws.com publish to it, or alarms are lost: see "A key of your own" in docs/migration-monitor.md.`,
  );
}
