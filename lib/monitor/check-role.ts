/** All permissions of the check function. */
import { Validations } from 'aws-cdk-lib';
import type * as dynamodb from 'aws-cdk-lib/aws-dynamodb';
import type * as events from 'aws-cdk-lib/aws-events';
import * as iam from 'aws-cdk-lib/aws-iam';
import type * as kms from 'aws-cdk-lib/aws-kms';
import type * as logs from 'aws-cdk-lib/aws-logs';
import type * as secretsmanager from 'aws-cdk-lib/aws-secretsmanager';
import type * as sns from 'aws-cdk-lib/aws-sns';
import type * as sqs from 'aws-cdk-lib/aws-sqs';
import type { Construct } from 'constructs';

export interface CheckRoleProps {
  readonly table: dynamodb.Table;
  readonly topic: sns.ITopic;
  readonly chatTopic: sns.ITopic | undefined;
  readonly eventBus: events.IEventBus | undefined;
  readonly credentials: secretsmanager.ISecret;
  readonly failures: sqs.IQueue;
  readonly logGroup: logs.ILogGroup;
  readonly inVpc: boolean;
  readonly encryptionKey: kms.IKey | undefined;
}

export class CheckRole extends iam.Role {
  constructor(scope: Construct, id: string, props: CheckRoleProps) {
    super(scope, id, { assumedBy: new iam.ServicePrincipal('lambda.amazonaws.com') });
    this.allow(['dynamodb:GetItem', 'dynamodb:PutItem', 'dynamodb:Query'], props.table.tableArn);
    this.allow(['sns:ListSubscriptionsByTopic', 'sns:Publish'], props.topic.topicArn);
    if (props.chatTopic !== undefined) this.allow(['sns:Publish'], props.chatTopic.topicArn);
    if (props.eventBus !== undefined) this.allow(['events:PutEvents'], props.eventBus.eventBusArn);
    this.allow(['secretsmanager:GetSecretValue'], arnOf(props.credentials));
    // Lambda sends failed events with the role of the function.
    this.allow(['sqs:SendMessage'], props.failures.queueArn);
    this.allow(['logs:CreateLogStream', 'logs:PutLogEvents'], props.logGroup.logGroupArn);
    this.allow(['xray:PutTraceSegments', 'xray:PutTelemetryRecords'], '*');
    if (props.inVpc) {
      this.allow(
        [
          'ec2:AssignPrivateIpAddresses',
          'ec2:CreateNetworkInterface',
          'ec2:DeleteNetworkInterface',
          'ec2:DescribeNetworkInterfaces',
          'ec2:DescribeSubnets',
          'ec2:UnassignPrivateIpAddresses',
        ],
        '*',
      );
    }
    props.credentials.encryptionKey?.grantDecrypt(this);
    props.encryptionKey?.grantEncryptDecrypt(this);
    props.chatTopic?.masterKey?.grant(this, 'kms:Decrypt', 'kms:GenerateDataKey');
    this.acknowledge(props);
  }

  private allow(actions: string[], resource: string): void {
    this.addToPolicy(new iam.PolicyStatement({ actions, resources: [resource] }));
  }

  private acknowledge(props: CheckRoleProps): void {
    Validations.of(this).acknowledge({
      id: 'AwsSolutions-IAM5[Resource::*]',
      reason:
        'X-Ray actions, and those on the network interfaces that Lambda creates in a VPC, do not support resource-level permissions.',
    });
    if (props.encryptionKey === undefined) return;
    for (const action of ['kms:GenerateDataKey*', 'kms:ReEncrypt*']) {
      Validations.of(this).acknowledge({
        id: `AwsSolutions-IAM5[Action::${action}]`,
        reason: 'The variants of one operation on the customer-managed key; DynamoDB chooses among them.',
      });
    }
  }
}

/** The six-character suffix that Secrets Manager appends is unknown for a secret that is referenced by name. */
function arnOf(secret: secretsmanager.ISecret): string {
  return secret.secretFullArn ?? `${secret.secretArn}-??????`;
}
