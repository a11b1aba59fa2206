/** What our state machines have in common: a log group, and a role that may write logs and traces. */
import { ArnFormat, Aws, Fn, type RemovalPolicy, Stack, Token, Validations } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as logs from 'aws-cdk-lib/aws-logs';
import type * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import type { Construct } from 'constructs';
import { deployedName } from '../alarms/deployed-name';

export interface MachineProps {
  readonly logRetention: logs.RetentionDays;
  readonly removalPolicy: RemovalPolicy;
  /** X-Ray. */
  readonly tracing: boolean;
}

/**
 * A log group that an AWS service writes to. The service adds a group outside of /aws/vendedlogs/ to one resource policy of the account, which may
 * have 5,120 characters: after about ten groups, of any stack, no state machine with logs can be created.
 *
 * The name ends with a part of the stack's id: a stack that is created again does not meet the retained group of the former one.
 */
export function vendedLogs(
  scope: Construct,
  service: 'states' | 'apigateway',
  { logRetention, removalPolicy }: Pick<MachineProps, 'logRetention' | 'removalPolicy'>,
): logs.LogGroup {
  const stackUuid = Fn.select(2, Fn.split('/', Aws.STACK_ID));
  return new logs.LogGroup(scope, 'Logs', {
    logGroupName: `/aws/vendedlogs/${service}/${deployedName(scope)}-${Fn.select(0, Fn.split('-', stackUuid))}`,
    retention: logRetention,
    removalPolicy,
  });
}

/** Each machine adds the permissions for its own tasks. */
export class MachineRole extends iam.Role {
  constructor(scope: Construct, id: string, tracing: boolean) {
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
    if (tracing) {
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
    }
    Validations.of(this).acknowledge({
      id: 'AwsSolutions-IAM5[Resource::*]',
      reason: 'The actions of log delivery and of X-Ray do not support resource-level permissions.',
    });
  }
}

/** The machine itself; without traces, with the finding of cdk-nag on that acknowledged. */
export function traced(machine: sfn.StateMachine, tracing: boolean): sfn.StateMachine {
  if (!tracing)
    Validations.of(machine).acknowledge({
      id: 'AwsSolutions-SF2',
      reason: 'Traces are turned off with the prop `tracing`, for a region or an account without X-Ray.',
    });
  return machine;
}

/** ARN of every execution of a machine. */
export function executionsOf(scope: Construct, { stateMachineArn }: sfn.IStateMachine): string {
  const stack = Stack.of(scope);
  const { resourceName } = stack.splitArn(stateMachineArn, ArnFormat.COLON_RESOURCE_NAME);
  return stack.formatArn({
    service: 'states',
    resource: 'execution',
    resourceName: `${resourceName}:*`,
    arnFormat: ArnFormat.COLON_RESOURCE_NAME,
  });
}

/**
 * Acknowledges a permission for the executions of a machine, which are named when they start.
 * @param names what follows the name of the machine: `*`, or `:*`.
 */
export function acknowledgeExecutions(role: iam.Role, machine: sfn.IStateMachine, names: string): void {
  const stack = Stack.of(role);
  const name = stack.splitArn(machine.stateMachineArn, ArnFormat.COLON_RESOURCE_NAME).resourceName;
  // The form that cdk-nag uses in the id of a finding.
  const shown = (value: string, pseudo: string) => (Token.isUnresolved(value) ? `<AWS::${pseudo}>` : value);
  const { partition, region, account } = stack;
  const prefix = `arn:${shown(partition, 'Partition')}:states:${shown(region, 'Region')}:${shown(account, 'AccountId')}`;
  Validations.of(role).acknowledge({
    id: `AwsSolutions-IAM5[Resource::${prefix}:execution:${JSON.stringify(stack.resolve(name))}${names}]`,
    reason: 'Executions are named when they start; the wildcard covers those of one state machine of the cutover.',
  });
}
