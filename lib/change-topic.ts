/** Where changes are told: whoever wants to hear of them subscribes here. */
import { Stack, Validations } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import type * as kms from 'aws-cdk-lib/aws-kms';
import * as sns from 'aws-cdk-lib/aws-sns';
import * as subscriptions from 'aws-cdk-lib/aws-sns-subscriptions';
import type { Construct } from 'constructs';

export interface ChangeTopicProps {
  readonly notifyEmails: readonly string[];
  readonly encryptionKey: kms.IKey | undefined;
}

export class ChangeTopic extends sns.Topic {
  constructor(scope: Construct, id: string, props: ChangeTopicProps) {
    super(scope, id, {
      enforceSSL: true,
      ...(props.encryptionKey === undefined ? {} : { masterKey: props.encryptionKey }),
    });
    for (const address of props.notifyEmails) this.addSubscription(new subscriptions.EmailSubscription(address));
    this.letAlarmsPublish(props.encryptionKey);
    if (props.encryptionKey === undefined) {
      Validations.of(this).acknowledge({
        id: 'AwsSolutions-SNS2',
        reason:
          'SNS encrypts its disks anyhow. The AWS-managed key would lock out CloudWatch alarms, which cannot be allowed to use it; ' +
          'whoever wants a key of their own gives encryptionKey, and alarms are allowed to use that one.',
      });
    }
  }

  /** CloudWatch publishes as a service: the topic must name it, and so must the key, or alarms are lost without a word. */
  private letAlarmsPublish(key: kms.IKey | undefined): void {
    const alarms = new iam.ServicePrincipal('cloudwatch.amazonaws.com');
    const ours = { StringEquals: { 'aws:SourceAccount': Stack.of(this).account } };
    this.addToResourcePolicy(
      new iam.PolicyStatement({
        sid: 'AlarmsOfThisAccount',
        principals: [alarms],
        actions: ['sns:Publish'],
        resources: [this.topicArn],
        conditions: ours,
      }),
    );
    key?.addToResourcePolicy(
      new iam.PolicyStatement({
        sid: 'AlarmsOfThisAccount',
        principals: [alarms],
        actions: ['kms:Decrypt', 'kms:GenerateDataKey'],
        resources: ['*'],
        conditions: ours,
      }),
    );
  }
}
