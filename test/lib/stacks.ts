/** Stacks for assertions, synthesized with the feature flags of cdk.json. */
import { join } from 'node:path';
import { App, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import type * as iam from 'aws-cdk-lib/aws-iam';
import * as secretsmanager from 'aws-cdk-lib/aws-secretsmanager';
import type * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import type { IConstruct } from 'constructs';
import cdkJson from '../../cdk.json';
import { MigrationMonitor, type MigrationMonitorProps } from '../../lib';
import type { Definition } from '../../local/step-functions/definition';

export const FIXTURES = join(__dirname, 'fixtures');
/** A public host name, which causes no warning. */
export const ENDPOINT = 'http://oms.example.com:8089';

export function newStack(): Stack {
  return new Stack(new App({ context: cdkJson.context }), 'Test');
}

export function newMonitor(stack: Stack, props: Partial<MigrationMonitorProps> = {}): MigrationMonitor {
  const credentials = secretsmanager.Secret.fromSecretNameV2(stack, 'Secret', 'oms-cutover/oms');
  return new MigrationMonitor(stack, 'Monitor', {
    omsEndpoint: ENDPOINT,
    projects: ['p_a', 'p_b'],
    credentials,
    ...props,
  });
}

export interface Synthesized {
  readonly stack: Stack;
  readonly monitor: MigrationMonitor;
  readonly template: Template;
}

export function monitorWith(
  props: Partial<MigrationMonitorProps> | ((stack: Stack) => Partial<MigrationMonitorProps>) = {},
): Synthesized {
  const stack = newStack();
  const monitor = newMonitor(stack, typeof props === 'function' ? props(stack) : props);
  return { stack, monitor, template: Template.fromStack(stack) };
}

/** The message of the Error that a call throws. */
export function messageOf(call: () => unknown): string {
  try {
    call();
  } catch (error) {
    return (error as Error).message;
  }
  throw new Error('nothing was thrown');
}

/** A reference in a template, as `<LogicalId>` or `<LogicalId.Attribute>` with the construct's path for the logical id. */
export function inWords(stack: Stack, value: unknown): string {
  const paths = new Map(
    stack.node
      .findAll()
      .flatMap((each) => ('logicalId' in each ? [[stack.resolve(each.logicalId) as string, shortPath(each)]] : [])),
  );
  const visit = (each: unknown): string => {
    if (typeof each === 'string') return each;
    const node = each as Record<string, unknown>;
    if (Array.isArray(node['Fn::Join']))
      return (node['Fn::Join'][1] as unknown[]).map(visit).join(String(node['Fn::Join'][0]));
    if (Array.isArray(node['Fn::GetAtt']))
      return `<${paths.get(String(node['Fn::GetAtt'][0]))}.${node['Fn::GetAtt'][1]}>`;
    if (Array.isArray(node['Fn::Select']))
      return `<part ${node['Fn::Select'][0]} of ${visit((node['Fn::Select'][1] as { 'Fn::Split': unknown[] })['Fn::Split'][1])}>`;
    if (typeof node.Ref === 'string') return `<${paths.get(node.Ref) ?? node.Ref}>`;
    return JSON.stringify(each);
  };
  return visit(value);
}

function shortPath(construct: IConstruct): string {
  return construct.node.path.replace(/^Test\//, '').replace(/\/Resource$/, '');
}

/** The statements of a role, as `action, action on resource, resource`, in the order of the policy. */
export function permissionsOf(
  { stack, template }: Pick<Synthesized, 'stack' | 'template'>,
  rolePath: string,
): string[] {
  const role = stack.node.findAll().find((each) => each.node.path === `Test/${rolePath}`) as iam.Role;
  const roleId = stack.resolve(role.roleName).Ref as string;
  const policies = Object.values(template.findResources('AWS::IAM::Policy')).filter((policy) =>
    (policy.Properties.Roles as { Ref: string }[]).some(({ Ref }) => Ref === roleId),
  );
  const list = (value: unknown): unknown[] => (Array.isArray(value) ? value : [value]);
  return policies.flatMap((policy) =>
    (policy.Properties.PolicyDocument.Statement as Record<string, unknown>[]).map((statement) => {
      const condition = statement.Condition === undefined ? '' : ` if ${JSON.stringify(statement.Condition)}`;
      const resources = list(statement.Resource).map((resource) => inWords(stack, resource));
      return `${statement.Effect} ${list(statement.Action).join(', ')} on ${resources.join(', ')}${condition}`;
    }),
  );
}

/** The definition of a machine, with ARNs in place of references: `…:<LogicalId>`. */
export function definitionOf(
  { stack, template }: Pick<Synthesized, 'stack' | 'template'>,
  machine: sfn.IStateMachine,
): Definition {
  const id = stack.resolve(machine.stateMachineArn).Ref as string;
  const { DefinitionString: text } = template.findResources('AWS::StepFunctions::StateMachine')[id]?.Properties ?? {};
  const parts: unknown[] = typeof text === 'string' ? [text] : text['Fn::Join'][1];
  return JSON.parse(parts.map(arnOf).join(''));
}

export function arnOf(part: unknown): string {
  if (typeof part === 'string') return part;
  const { Ref: ref, 'Fn::GetAtt': attribute } = part as { Ref?: string; 'Fn::GetAtt'?: [string, string] };
  if (ref === 'AWS::Partition') return 'aws';
  return ref === undefined
    ? `arn:aws:lambda:us-east-1:000000000000:function:${attribute?.[0]}`
    : `arn:aws:states:us-east-1:000000000000:stateMachine:${ref}`;
}
