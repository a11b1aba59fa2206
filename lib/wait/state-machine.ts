/** What our state machines have in common: a log group, and a role that may write logs and traces. */
import { type RemovalPolicy, Validations } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as logs from 'aws-cdk-lib/aws-logs';
import type { Construct } from 'constructs';

export interface MachineLogProps {
  readonly logRetention: logs.RetentionDays;
  readonly removalPolicy: RemovalPolicy;
}

export function machineLogs(scope: Construct, { logRetention, removalPolicy }: MachineLogProps): logs.LogGroup {
  return new logs.LogGroup(scope, 'Logs', { retention: logRetention, removalPolicy });
}

/** Each machine adds the permissions for its own tasks. */
export class MachineRole extends iam.Role {
  constructor(scope: Construct, id: string) {
    super(scope, id, { assumedBy: new iam.ServicePrincipal('states.amazonaws.com') });
    this.addToPolicy(
      new iam.PolicyStatement({
        actions: [
          'logs:CreateLogDelivery',
          'logs:DeleteLogDelivery',
          'logs:DescribeLogGroups',
          'logs:DescribeResourcePolicies',
          'logs:GetLogDelivery',
          'logs:ListLogDeliveries',
          'logs:PutResourcePolicy',
          'logs:UpdateLogDelivery',
        ],
        resources: ['*'],
      }),
    );
    this.addToPolicy(
      new iam.PolicyStatement({
        actions: [
          'xray:GetSamplingRules',
          'xray:GetSamplingTargets',
          'xray:PutTelemetryRecords',
          'xray:PutTraceSegments',
        ],
        resources: ['*'],
      }),
    );
    Validations.of(this).acknowledge({
      id: 'AwsSolutions-IAM5[Resource::*]',
      reason: 'The actions of log delivery and of X-Ray do not support resource-level permissions.',
    });
  }
}
