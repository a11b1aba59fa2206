/** What the check function and the cutover functions have in common: where they store, whom they notify, and the permissions for both. */
import { type Duration, Validations } from 'aws-cdk-lib';
import type * as dynamodb from 'aws-cdk-lib/aws-dynamodb';
import type * as events from 'aws-cdk-lib/aws-events';
import * as iam from 'aws-cdk-lib/aws-iam';
import type * as kms from 'aws-cdk-lib/aws-kms';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import type * as logs from 'aws-cdk-lib/aws-logs';
import type * as sns from 'aws-cdk-lib/aws-sns';
import type * as sqs from 'aws-cdk-lib/aws-sqs';
import type { Construct } from 'constructs';
import { ENV } from '../../lambda/contract/environment';
import { CHECK_TIMEOUT } from '../wait/leg';

export interface SharedResources {
  readonly table: dynamodb.Table;
  readonly topic: sns.ITopic;
  readonly chatTopic: sns.ITopic | undefined;
  readonly eventBus: events.IEventBus | undefined;
  readonly encryptionKey: kms.IKey | undefined;
  readonly retention: Duration;
  /** Dimension of the metrics, and field of the log lines. */
  readonly monitorName: string;
  readonly dashboardName: string;
  /** X-Ray. */
  readonly tracing: boolean;
}

export function sharedEnvironment(shared: SharedResources): Record<string, string> {
  return {
    [ENV.tableName]: shared.table.tableName,
    [ENV.topicArn]: shared.topic.topicArn,
    ...(shared.chatTopic === undefined ? {} : { [ENV.chatTopicArn]: shared.chatTopic.topicArn }),
    ...(shared.eventBus === undefined ? {} : { [ENV.eventBusName]: shared.eventBus.eventBusArn }),
    [ENV.retentionDays]: String(shared.retention.toDays()),
    [ENV.functionTimeoutSeconds]: String(CHECK_TIMEOUT.toSeconds()),
    [ENV.monitorName]: shared.monitorName,
    [ENV.dashboardName]: shared.dashboardName,
  };
}

export function tracingOf({ tracing }: SharedResources): lambda.Tracing {
  return tracing ? lambda.Tracing.ACTIVE : lambda.Tracing.DISABLED;
}

export interface FunctionRoleProps
  extends Pick<SharedResources, 'table' | 'topic' | 'chatTopic' | 'eventBus' | 'encryptionKey' | 'tracing'> {
  /** Of failed events. Absent: the function is invoked only by those that wait for its answer. */
  readonly failures?: sqs.IQueue;
  readonly logGroup: logs.ILogGroup;
}

export class FunctionRole extends iam.Role {
  constructor(scope: Construct, id: string, props: FunctionRoleProps) {
    super(scope, id, { assumedBy: new iam.ServicePrincipal('lambda.amazonaws.com') });
    this.allow(['dynamodb:GetItem', 'dynamodb:PutItem', 'dynamodb:Query'], props.table.tableArn);
    this.allow(['sns:Publish'], props.topic.topicArn);
    if (props.chatTopic !== undefined) this.allow(['sns:Publish'], props.chatTopic.topicArn);
    if (props.eventBus !== undefined) this.allow(['events:PutEvents'], props.eventBus.eventBusArn);
    // Lambda sends failed events with the role of the function.
    if (props.failures !== undefined) this.allow(['sqs:SendMessage'], props.failures.queueArn);
    this.allow(['logs:CreateLogStream', 'logs:PutLogEvents'], props.logGroup.logGroupArn);
    if (props.tracing) this.allow(['xray:PutTraceSegments', 'xray:PutTelemetryRecords'], '*');
    props.encryptionKey?.grantEncryptDecrypt(this);
    props.chatTopic?.masterKey?.grant(this, 'kms:Decrypt', 'kms:GenerateDataKey');
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

  protected allow(actions: string[], resource: string): void {
    this.addToPolicy(new iam.PolicyStatement({ actions, resources: [resource] }));
  }
}
