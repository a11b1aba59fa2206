/** Where changes are told: whoever wants to hear of them subscribes here. */
import { Validations } from 'aws-cdk-lib';
import type * as kms from 'aws-cdk-lib/aws-kms';
import * as sns from 'aws-cdk-lib/aws-sns';
import * as subscriptions from 'aws-cdk-lib/aws-sns-subscriptions';
import type { Construct } from 'constructs';
import { letAlarmsPublish } from '../alarms/alarm-permission';

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
    letAlarmsPublish(this);
    if (props.encryptionKey === undefined) {
      Validations.of(this).acknowledge({
        id: 'AwsSolutions-SNS2',
        reason:
          'SNS encrypts its disks anyhow. The AWS-managed key would lock out CloudWatch alarms, which cannot be allowed to use it; ' +
          'whoever wants a key of their own gives encryptionKey, and alarms are allowed to use that one.',
      });
    }
  }
}
