/** The pipeline as it deploys, synthesized once: its definition and its leg's, with user steps that name themselves. */
import { App, Duration, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import * as secretsmanager from 'aws-cdk-lib/aws-secretsmanager';
import * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import cdkJson from '../../cdk.json';
import { CutoverPipeline, type CutoverPipelineProps, MigrationMonitor } from '../../lib';
import type { Definition } from '../../local/state-machine-definition';

/** A task in the user's name, that a test plays as the integration `states:::user:<name>`. */
export function userTask(stack: Stack, name: string): sfn.CustomState {
  return new sfn.CustomState(stack, name, {
    stateJson: { Type: 'Task', Resource: `arn:aws:states:::user:${name}`, Parameters: { 'cutover.$': '$' } },
  });
}

export interface Deployed {
  readonly machines: ReadonlyMap<string, Definition>;
  readonly pipelineArn: string;
}

type Options = Omit<Partial<CutoverPipelineProps>, 'verify' | 'rollback' | 'switchover'> & {
  readonly verify?: boolean;
  readonly rollback?: boolean;
  readonly switchover?: 'operator' | 'step';
};

export function deploy({ verify, rollback, switchover, ...props }: Options = {}): Deployed {
  const stack = new Stack(new App({ context: { ...cdkJson.context, 'aws:cdk:bundling-stacks': [] } }), 'Test');
  const monitor = new MigrationMonitor(stack, 'Monitor', {
    omsEndpoint: 'http://10.0.0.5:8089',
    projects: ['p_x'],
    credentials: secretsmanager.Secret.fromSecretNameV2(stack, 'Secret', 'oms-cutover/oms'),
  });
  const pipeline = new CutoverPipeline(stack, 'Cutover', {
    monitor,
    stopWrites: userTask(stack, 'stopWrites'),
    switchTraffic: userTask(stack, 'switchTraffic'),
    resumeWrites: userTask(stack, 'resumeWrites'),
    ...(verify === true ? { verify: userTask(stack, 'verify') } : {}),
    ...(rollback === true ? { rollback: userTask(stack, 'rollback') } : {}),
    ...(switchover === undefined
      ? {}
      : { switchover: switchover === 'operator' ? switchover : userTask(stack, 'switchover') }),
    drainTimeout: Duration.minutes(5),
    ...props,
  });
  const machines = Template.fromStack(stack).findResources('AWS::StepFunctions::StateMachine');
  const arn = (id: string) => `arn:aws:states:us-east-1:000000000000:stateMachine:${id}`;
  const definitions = Object.entries(machines).map(([id, { Properties }]) => {
    const text: unknown = (Properties as { DefinitionString: unknown }).DefinitionString;
    const parts: unknown[] =
      typeof text === 'string' ? [text] : (text as { 'Fn::Join': [string, unknown[]] })['Fn::Join'][1];
    return [arn(id), JSON.parse(parts.map((part) => textOf(part, arn)).join('')) as Definition] as const;
  });
  return {
    machines: new Map(definitions),
    pipelineArn: arn(stack.resolve(pipeline.stateMachine.stateMachineArn).Ref as string),
  };
}

function textOf(part: unknown, arn: (id: string) => string): string {
  if (typeof part === 'string') return part;
  const { Ref: ref, 'Fn::GetAtt': attribute } = part as { Ref?: string; 'Fn::GetAtt'?: [string, string] };
  if (ref === 'AWS::Partition') return 'aws';
  return ref === undefined ? `arn:aws:lambda:us-east-1:000000000000:function:${attribute?.[0]}` : arn(ref);
}
