/** The role of the pipeline's machine: it runs legs and invokes the one function; your steps add what they need. */
import { ArnFormat, Stack, Token, Validations } from 'aws-cdk-lib';
import type * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import type { Construct } from 'constructs';
import { MachineRole } from '../wait/machine-role';

export class CutoverRole extends MachineRole {
  constructor(scope: Construct, id: string, leg: sfn.IStateMachine) {
    super(scope, id);
    const stack = Stack.of(this);
    const name = stack.splitArn(leg.stateMachineArn, ArnFormat.COLON_RESOURCE_NAME).resourceName;
    // As cdk-nag writes the resource in its finding.
    const said = (value: string, pseudo: string) => (Token.isUnresolved(value) ? `<AWS::${pseudo}>` : value);
    const { partition, region, account } = stack;
    const place = `arn:${said(partition, 'Partition')}:states:${said(region, 'Region')}:${said(account, 'AccountId')}`;
    Validations.of(this).acknowledge({
      id: `AwsSolutions-IAM5[Resource::${place}:execution:${JSON.stringify(stack.resolve(name))}*]`,
      reason: 'The names of executions are made when they start; these are those of the pipeline’s own leg.',
    });
  }
}
