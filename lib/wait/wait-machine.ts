/** The stand-alone wait machine. Input `{ "projectId": "p_…", "goal": { … } }`, output the result of the last check. */
import { ArnFormat, Stack, Validations } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
import { type MachineProps, MachineRole, traced, vendedLogs } from './state-machine';
import { WaitLoop } from './wait-loop';

export interface WaitMachineProps extends MachineProps {
  readonly leg: sfn.IStateMachine;
}

export class WaitMachine extends Construct {
  readonly machine: sfn.StateMachine;

  constructor(scope: Construct, id: string, props: WaitMachineProps) {
    super(scope, id);
    const logs = vendedLogs(this, 'states', props);
    const role = new MachineRole(this, 'Role', props.tracing);
    allowLegs(role, props.leg);
    // The whole input is the request: the handler validates it and reports every problem.
    const loop = new WaitLoop(this, 'Loop', {
      leg: props.leg,
      request: sfn.JsonPath.objectAt('$'),
      timeoutFrom: undefined,
      namePrefix: '',
      resultPath: undefined,
    });
    const machine = new sfn.StateMachine(this, 'Machine', {
      comment: 'Waits until an OMS project meets a goal. Input: {"projectId": "p_…", "goal": {"type": "FINISHED"}}.',
      definitionBody: sfn.DefinitionBody.fromChainable(loop.start),
      role: role.withoutPolicyUpdates(),
      tracingEnabled: props.tracing,
      logs: { destination: logs, level: sfn.LogLevel.ALL, includeExecutionData: true },
    });
    this.machine = traced(machine, props.tracing);
  }
}

/** Starts, describes and stops legs. Statements of our own: those of the task also match machines whose names begin with that of the leg. */
function allowLegs(role: iam.Role, leg: sfn.IStateMachine): void {
  const stack = Stack.of(role);
  const legName = stack.splitArn(leg.stateMachineArn, ArnFormat.COLON_RESOURCE_NAME).resourceName;
  const executions = stack.formatArn({
    service: 'states',
    resource: 'execution',
    resourceName: `${legName}:*`,
    arnFormat: ArnFormat.COLON_RESOURCE_NAME,
  });
  // The managed rule that notifies Step Functions of the end of an execution.
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
    id: `AwsSolutions-IAM5[Resource::${nagIdOf(stack.resolve(executions))}]`,
    reason: 'Executions are named when they start; the wildcard covers those of one state machine.',
  });
}

/** An ARN with references, in the form that cdk-nag uses in the id of a finding. */
function nagIdOf(arn: unknown): string {
  if (typeof arn === 'string') return arn;
  const { 'Fn::Join': join, 'Fn::GetAtt': attribute, Ref: ref } = arn as Record<string, unknown>;
  if (Array.isArray(join)) return (join[1] as unknown[]).map(nagIdOf).join(String(join[0]));
  if (Array.isArray(attribute)) return `<${attribute.join('.')}>`;
  return ref === undefined ? JSON.stringify(arn) : `<${ref}>`;
}
