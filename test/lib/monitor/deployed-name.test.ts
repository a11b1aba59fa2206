/** CloudWatch names are unique in the account: a deployment with a name in use fails with "already exists". */
import { App, NestedStack, Stack, Stage } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
import cdkJson from '../../../cdk.json';
import { CutoverPipeline, type MigrationMonitor } from '../../../lib';
import { deployedName } from '../../../lib/alarms/deployed-name';
import { newMonitor, newStack } from '../stacks';

/** The deployed value, with pseudo parameters resolved; null for a name that CloudFormation generates, which is unique. */
function deployed(value: unknown, stackName: string): string | null {
  if (typeof value === 'string') return value;
  const { Ref: ref, 'Fn::Join': join } = value as { Ref?: string; 'Fn::Join'?: [string, unknown[]] };
  if (ref === 'AWS::StackName') return stackName;
  if (ref === 'AWS::Region') return 'eu-central-1';
  const parts = join?.[1].map((part) => deployed(part, stackName)) ?? [null];
  return parts.includes(null) ? null : parts.join(join?.[0]);
}

/** Properties that end in Name and need not be unique in the account: of an inline policy in its role, of metrics, of an API and of its stage. */
const NO_NAMES = [
  'AWS::IAM::Policy.PolicyName',
  'AWS::CloudWatch::Alarm.MetricName',
  'AWS::ApiGatewayV2::Api.Name',
  'AWS::ApiGatewayV2::Stage.StageName',
];

/** Every name that a template sets, with the property: `AWS::CloudWatch::Alarm.AlarmName one-Monitor-project-stalled`. */
function namesIn(template: Template, stackName: string): string[] {
  const { Resources, Outputs = {} } = template.toJSON() as {
    Resources: Record<string, { Type: string; Properties?: Record<string, unknown> }>;
    Outputs?: Record<string, { Export?: { Name: unknown } }>;
  };
  const named = Object.values(Resources).flatMap(({ Type, Properties = {} }) =>
    Object.entries(Properties)
      .filter(([property]) => /Name$/.test(property))
      .map(([property, value]) => [`${Type}.${property}`, value] as const),
  );
  const exported = Object.values(Outputs).flatMap((output) =>
    output.Export === undefined ? [] : [['Export', output.Export.Name] as const],
  );
  return [...named, ...exported].flatMap(([what, value]) => {
    const name = NO_NAMES.includes(what) ? null : deployed(value, stackName);
    return name === null ? [] : [`${what} ${name}`];
  });
}

function everythingIn(scope: Construct): MigrationMonitor {
  const stack = scope instanceof Stack ? scope : new Stack(scope, 'Test');
  const monitor = newMonitor(stack);
  new CutoverPipeline(stack, 'Cutover', {
    monitor,
    stopWrites: new sfn.Pass(stack, 'stop'),
    resumeWrites: new sfn.Pass(stack, 'resume'),
    switchTraffic: new sfn.Pass(stack, 'switch'),
  });
  return monitor;
}

test('one template can be deployed as several stacks in an account: no two have a name in common', () => {
  const stack = newStack();
  everythingIn(stack);
  const template = Template.fromStack(stack);
  const [one, two] = [namesIn(template, 'one'), namesIn(template, 'two')];
  expect(new Set([...one, ...two]).size).toBe(one.length + two.length);
  expect(one).toContain('AWS::CloudWatch::Alarm.AlarmName one-Monitor-project-stalled');
  expect(one).toContain('AWS::CloudWatch::Alarm.AlarmName one-Cutover-cutover-end-not-delivered');
  expect(one).toContain('AWS::CloudWatch::Dashboard.DashboardName one-Monitor-eu-central-1');
  // CloudFormation generates all other names.
  expect(new Set(one.map((name) => name.split(' ')[0]))).toEqual(
    new Set(['AWS::CloudWatch::Alarm.AlarmName', 'AWS::CloudWatch::Dashboard.DashboardName']),
  );
});

test('the metrics and the function have the same name as dimension and setting', () => {
  const stack = newStack();
  newMonitor(stack);
  const name = { 'Fn::Join': ['', [{ Ref: 'AWS::StackName' }, '-Monitor']] };
  const template = Template.fromStack(stack);
  const [fn] = Object.values(template.findResources('AWS::Lambda::Function'));
  expect(fn?.Properties.Environment.Variables.MONITOR_NAME).toEqual(name);
  template.hasResourceProperties('AWS::CloudWatch::Alarm', {
    MetricName: 'Stalled',
    Dimensions: [{ Name: 'service', Value: name }],
  });
});

test('the stacks of two stages have different names, and a nested stack those of its generated name', () => {
  const app = new App({ context: cdkJson.context });
  const stacks = ['Beta', 'Prod'].map((stage) => Stack.of(everythingIn(new Stage(app, stage))));
  const names = stacks.flatMap((stack) => namesIn(Template.fromStack(stack), stack.stackName));
  expect(new Set(names).size).toBe(names.length);
  const nested = new NestedStack(newStack(), 'Inner');
  const inner = new Construct(nested, 'Monitor');
  expect(deployed(nested.resolve(deployedName(inner)), 'Test-Inner-1A2B')).toBe('Test-Inner-1A2B-Monitor');
});

test('two constructs of one stack have different names, even with similar ids', () => {
  const stack = newStack();
  const a = new Construct(stack, 'a');
  const twins = [
    new Construct(a, 'bMonitor'),
    new Construct(new Construct(stack, 'ab'), 'Monitor'),
    new Construct(stack, 'abMonitor'),
    new Construct(stack, 'ab-Monitor'),
    new Construct(stack, 'ab_Monitor'),
    new Construct(stack, 'Ü'),
    new Construct(stack, 'Ä'),
    new Construct(stack, `${'x'.repeat(200)}1`),
    new Construct(stack, `${'x'.repeat(200)}2`),
  ];
  const names = twins.map((each) => deployed(stack.resolve(deployedName(each)), 'one'));
  expect(new Set(names).size).toBe(twins.length);
  for (const name of names) expect(name).toMatch(/^one-[A-Za-z0-9]{1,80}$/);
  expect(names[2]).toBe('one-abMonitor');
});

test('the longest possible names are valid in CloudWatch', () => {
  const stack = newStack();
  everythingIn(stack);
  const template = Template.fromStack(stack);
  for (const each of namesIn(template, 's'.repeat(128))) {
    const name = each.replace(/^\S+ /, '').replace(/^(s+-)[A-Za-z0-9]+/, `$1${'x'.repeat(80)}`);
    expect(name).toMatch(/^[A-Za-z0-9_-]{1,255}$/);
  }
});
