/** The wait as a state machine of its own, for whoever has no pipeline to put it into: `{ "projectId": "p_…", "goal": { … } }` in, the result out. */
import { ArnFormat, Stack, Validations } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
import { type MachineLogProps, MachineLogs } from './machine-logs';
import { MachineRole } from './machine-role';
import { WaitLoop } from './wait-loop';

export interface WaitMachineProps extends MachineLogProps {
  readonly leg: sfn.IStateMachine;
}

export class WaitMachine extends Construct {
  readonly machine: sfn.StateMachine;

  constructor(scope: Construct, id: string, props: WaitMachineProps) {
    super(scope, id);
    const logs = new MachineLogs(this, 'Logs', props);
    const role = new MachineRole(this, 'Role');
    letRunLegs(role, props.leg);
    // The whole input is the request: the handler checks it, and names all that is wrong with it.
    const loop = new WaitLoop(this, 'Loop', {
      leg: props.leg,
      request: sfn.JsonPath.objectAt('$'),
      timeoutFrom: undefined,
      namePrefix: '',
      resultPath: undefined,
    });
    this.machine = new sfn.StateMachine(this, 'Machine', {
      comment:
        'Waits until an OMS migration project has reached a goal. Input: {"projectId": "p_…", "goal": {"type": "FINISHED"}}.',
      definitionBody: sfn.DefinitionBody.fromChainable(loop.start),
      role: role.withoutPolicyUpdates(),
      tracingEnabled: true,
      logs: { destination: logs, level: sfn.LogLevel.ALL, includeExecutionData: true },
    });
  }
}

/** Starting a leg, following it and stopping it. By hand, because the task's own policy would cover every machine whose name begins like the leg's. */
function letRunLegs(role: iam.Role, leg: sfn.IStateMachine): void {
  const stack = Stack.of(role);
  const legName = stack.splitArn(leg.stateMachineArn, ArnFormat.COLON_RESOURCE_NAME).resourceName;
  const executions = stack.formatArn({
    service: 'states',
    resource: 'execution',
    resourceName: `${legName}:*`,
    arnFormat: ArnFormat.COLON_RESOURCE_NAME,
  });
  // The rule by which Step Functions hears that an execution ended.
  const rule = stack.formatArn({
    service: 'events',
    resource: 'rule',
    resourceName: 'StepFunctionsGetEventsForStepFunctionsExecutionRule',
  });
  role.addToPolicy(new iam.PolicyStatement({ actions: ['states:StartExecution'], resources: [leg.stateMachineArn] }));
  role.addToPolicy(
    new iam.PolicyStatement({ actions: ['states:DescribeExecution', 'states:StopExecution'], resources: [executions] }),
  );
  role.addToPolicy(
    new iam.PolicyStatement({
      actions: ['events:DescribeRule', 'events:PutRule', 'events:PutTargets'],
      resources: [rule],
    }),
  );
  Validations.of(role).acknowledge({
    id: `AwsSolutions-IAM5[Resource::${inWords(stack.resolve(executions))}]`,
    reason: 'The names of executions are made when they start; these are those of one state machine.',
  });
}

/** An ARN with references in it, written as cdk-nag writes it in a finding's name. */
function inWords(arn: unknown): string {
  if (typeof arn === 'string') return arn;
  const { 'Fn::Join': join, 'Fn::GetAtt': attribute, Ref: ref } = arn as Record<string, unknown>;
  if (Array.isArray(join)) return (join[1] as unknown[]).map(inWords).join(String(join[0]));
  if (Array.isArray(attribute)) return `<${attribute.join('.')}>`;
  return ref === undefined ? JSON.stringify(arn) : `<${ref}>`;
}
