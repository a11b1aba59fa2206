/** The pipelines as they deploy, synthesized once: their definitions and those of their legs, with steps that a test supplies by name. */
import { App, Duration, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import * as secretsmanager from 'aws-cdk-lib/aws-secretsmanager';
import * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
import cdkJson from '../../cdk.json';
import { CutoverPipeline, type CutoverPipelineProps, MigrationMonitor } from '../../lib';
import type { Definition } from '../../local/step-functions/definition';

/** The kinds of pipeline; each is one state machine of the same stack. */
export const VARIANTS = ['plain', 'verified', 'switchover', 'operator', 'rollback', 'approval'] as const;
export type Variant = (typeof VARIANTS)[number];

export interface Deployed {
  readonly machines: ReadonlyMap<string, Definition>;
  readonly pipelineArns: Readonly<Record<Variant, string>>;
  readonly resumeArns: Readonly<Record<Variant, string>>;
  readonly stepsArns: Readonly<Record<Variant, string>>;
  /** Functions that keep records; every other one is the check function. */
  readonly cutoverFunctionArns: ReadonlySet<string>;
}

const COMMON = { drainTimeout: Duration.minutes(5), ready: { timeout: Duration.minutes(40) } };

export function deploy(): Deployed {
  const stack = new Stack(new App({ context: { ...cdkJson.context, 'aws:cdk:bundling-stacks': [] } }), 'Test');
  const monitor = new MigrationMonitor(stack, 'Monitor', {
    omsEndpoint: 'http://oms.example.com:8089',
    projects: ['p_x'],
    credentials: secretsmanager.Secret.fromSecretNameV2(stack, 'Secret', 'oms-cutover/oms'),
  });
  const pipelines = VARIANTS.map((variant) => {
    const scope = new Construct(stack, variant);
    return [
      variant,
      new CutoverPipeline(scope, 'Cutover', { monitor, ...COMMON, ...stepsOf(scope, variant) }),
    ] as const;
  });
  const machines = Template.fromStack(stack).findResources('AWS::StepFunctions::StateMachine');
  const arn = (id: string) => `arn:aws:states:us-east-1:000000000000:stateMachine:${id}`;
  const definitions = Object.entries(machines).map(([id, { Properties }]) => {
    const text: unknown = (Properties as { DefinitionString: unknown }).DefinitionString;
    const parts: unknown[] =
      typeof text === 'string' ? [text] : (text as { 'Fn::Join': [string, unknown[]] })['Fn::Join'][1];
    return [arn(id), JSON.parse(parts.map((part) => textOf(part, arn)).join('')) as Definition] as const;
  });
  const arnsOf = (of: (pipeline: CutoverPipeline) => sfn.StateMachine) =>
    Object.fromEntries(
      pipelines.map(([variant, pipeline]) => [variant, arn(stack.resolve(of(pipeline).stateMachineArn).Ref as string)]),
    ) as Record<Variant, string>;
  return {
    machines: new Map(definitions),
    pipelineArns: arnsOf(({ stateMachine }) => stateMachine),
    resumeArns: arnsOf(({ resumeMachine }) => resumeMachine),
    stepsArns: arnsOf(({ stepsMachine }) => stepsMachine),
    cutoverFunctionArns: new Set(
      pipelines.map(([, { cutoverFunction }]) => textOf(stack.resolve(cutoverFunction.functionArn), arn)),
    ),
  };
}

type Steps = Omit<CutoverPipelineProps, 'monitor'>;

function stepsOf(scope: Construct, variant: Variant): Steps {
  const step = (name: string) => userTask(scope, name);
  const needed = {
    stopWrites: step('stopWrites'),
    switchTraffic: step('switchTraffic'),
    resumeWrites: step('resumeWrites'),
  };
  switch (variant) {
    case 'plain':
      return needed;
    case 'verified':
      return { ...needed, verify: step('verify') };
    case 'switchover':
      return { ...needed, verify: step('verify'), switchover: step('switchover') };
    case 'operator':
      return { ...needed, switchover: 'operator' };
    case 'rollback':
      return { ...needed, verify: step('verify'), rollback: step('rollback') };
    case 'approval':
      return { ...needed, approval: { timeout: Duration.minutes(30) } };
  }
}

/** A step of the user, which a test supplies as the integration `states:::user:<name>`. */
function userTask(scope: Construct, name: string): sfn.CustomState {
  return new sfn.CustomState(scope, name, {
    stateJson: { Type: 'Task', Resource: `arn:aws:states:::user:${name}`, Parameters: { 'cutover.$': '$' } },
  });
}

function textOf(part: unknown, arn: (id: string) => string): string {
  if (typeof part === 'string') return part;
  const { Ref: ref, 'Fn::GetAtt': attribute } = part as { Ref?: string; 'Fn::GetAtt'?: [string, string] };
  if (ref === 'AWS::Partition') return 'aws';
  return ref === undefined ? `arn:aws:lambda:us-east-1:000000000000:function:${attribute?.[0]}` : arn(ref);
}
