/** Resources that hold data: the state table, the topic of changes and the dead-letter queues. A customer-managed key, if given, encrypts all of them. */
import { Duration, RemovalPolicy, Validations } from 'aws-cdk-lib';
import * as dynamodb from 'aws-cdk-lib/aws-dynamodb';
import type * as kms from 'aws-cdk-lib/aws-kms';
import * as sns from 'aws-cdk-lib/aws-sns';
import * as subscriptions from 'aws-cdk-lib/aws-sns-subscriptions';
import * as sqs from 'aws-cdk-lib/aws-sqs';
import type { Construct } from 'constructs';
import { allowAlarms } from '../alarms/alarm';

export interface StateTableProps {
  readonly removalPolicy: RemovalPolicy;
  readonly encryptionKey: kms.IKey | undefined;
}

/** Project states, snapshots (which expire) and cutover receipts. */
export class StateTable extends dynamodb.Table {
  constructor(scope: Construct, id: string, { removalPolicy, encryptionKey }: StateTableProps) {
    const isProtected = removalPolicy !== RemovalPolicy.DESTROY;
    super(scope, id, {
      partitionKey: { name: 'pk', type: dynamodb.AttributeType.STRING },
      sortKey: { name: 'sk', type: dynamodb.AttributeType.STRING },
      // A few writes per minute for days, then none for weeks.
      billingMode: dynamodb.BillingMode.PAY_PER_REQUEST,
      pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
      timeToLiveAttribute: 'expiresAt',
      // Retained also when the first deployment fails: CloudFormation could not delete a protected table, and the rollback would fail too.
      removalPolicy: isProtected ? RemovalPolicy.RETAIN : removalPolicy,
      // RETAIN protects against a deletion of the stack, this against a deletion in the console.
      deletionProtection: isProtected,
      ...(encryptionKey === undefined
        ? { encryption: dynamodb.TableEncryption.AWS_MANAGED }
        : { encryption: dynamodb.TableEncryption.CUSTOMER_MANAGED, encryptionKey }),
    });
  }
}

export interface ChangeTopicProps {
  readonly notifyEmails: readonly string[];
  readonly encryptionKey: kms.IKey | undefined;
}

/** Changes are published to it; alarms of the account may be. */
export class ChangeTopic extends sns.Topic {
  constructor(scope: Construct, id: string, { notifyEmails, encryptionKey }: ChangeTopicProps) {
    super(scope, id, {
      enforceSSL: true,
      ...(encryptionKey === undefined ? {} : { masterKey: encryptionKey }),
    });
    for (const address of notifyEmails) this.addSubscription(new subscriptions.EmailSubscription(address));
    allowAlarms(this);
    if (encryptionKey === undefined) {
      Validations.of(this).acknowledge({
        id: 'AwsSolutions-SNS2',
        reason:
          'SNS encrypts its storage by default. The policy of the AWS-managed key cannot be changed to let CloudWatch alarms use it; ' +
          'the property encryptionKey takes a customer-managed key, which alarms are then allowed to use.',
      });
    }
  }
}

/** Events that could not be processed. Any message in it needs attention, and has an alarm. */
export class DeadLetterQueue extends sqs.Queue {
  constructor(scope: Construct, id: string, encryptionKey: kms.IKey | undefined) {
    super(scope, id, {
      enforceSSL: true,
      // The maximum of SQS.
      retentionPeriod: Duration.days(14),
      ...(encryptionKey === undefined
        ? { encryption: sqs.QueueEncryption.SQS_MANAGED }
        : { encryption: sqs.QueueEncryption.KMS, encryptionMasterKey: encryptionKey }),
    });
    Validations.of(this).acknowledge({
      id: 'AwsSolutions-SQS3',
      reason: 'This queue is itself a dead-letter queue: no consumer reads it that could fail in turn.',
    });
  }
}
