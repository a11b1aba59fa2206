/** Least privilege: every statement that a CutoverPipeline adds, and no open cdk-nag finding. */
import { App, Stack, type StackProps, Validations } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import { AwsSolutionsChecks } from 'cdk-nag';
import cdkJson from '../../../cdk.json';
import { CutoverPipeline, type CutoverPipelineProps } from '../../../lib';
import { inWords, newMonitor, permissionsOf } from '../stacks';

const LOG_DELIVERY =
  'logs:CreateLogDelivery, logs:DeleteLogDelivery, logs:DescribeLogGroups, logs:DescribeResourcePolicies, logs:GetLogDelivery, logs:ListLogDeliveries, logs:PutResourcePolicy, logs:UpdateLogDelivery';
const MACHINE = `Allow ${LOG_DELIVERY}, xray:GetSamplingRules, xray:GetSamplingTargets, xray:PutTelemetryRecords, xray:PutTraceSegments on *`;
const INVOKE = 'Allow lambda:InvokeFunction on <Monitor/Check/Function.Arn>';
const FUNCTION = '<Cutover/Record/Function.Arn>';
const HERE = '<AWS::Region>:<AWS::AccountId>';

const MACHINES = ['Cutover/ReadyLeg/Machine', 'Cutover/Resume/Machine/Machine', 'Cutover/Steps/Machine/Machine'];
const executionsOf = (machine: string) => `arn:<AWS::Partition>:states:${HERE}:execution:<part 6 of <${machine}>>`;

function cutoverIn(env: StackProps = {}, props: Partial<CutoverPipelineProps> = {}) {
  const app = new App({ context: cdkJson.context });
  const stack = new Stack(app, 'Test', env);
  const step = (name: string) => new sfn.Pass(stack, name);
  const pipeline = new CutoverPipeline(stack, 'Cutover', {
    monitor: newMonitor(stack, { notifyEmails: ['dba@example.com'] }),
    stopWrites: step('stop'),
    switchTraffic: step('switch'),
    resumeWrites: step('resume'),
    ...props,
  });
  return { app, stack, pipeline };
}

function synthesized(props?: Partial<CutoverPipelineProps>) {
  const { stack } = cutoverIn({}, props);
  return { stack, template: Template.fromStack(stack) };
}

test.each([
  ['with what is required', {}],
  ['with an approval and a switchover', { approval: {}, switchover: 'operator' } as const],
])('the machine may invoke the two functions, run its other machines, and write logs and traces, %s', (_, props) => {
  expect(permissionsOf(synthesized(props), 'Cutover/Role')).toEqual([
    MACHINE,
    'Allow lambda:InvokeFunction on <Cutover/Record/Function.Arn>, <Monitor/Check/Function.Arn>',
    `Allow states:StartExecution on ${MACHINES.map((machine) => `<${machine}>`).join(', ')}`,
    `Allow states:DescribeExecution, states:StopExecution on ${MACHINES.map((machine) => `${executionsOf(machine)}*`).join(', ')}`,
    `Allow events:DescribeRule, events:PutRule, events:PutTargets on arn:<AWS::Partition>:events:${HERE}:rule/StepFunctionsGetEventsForStepFunctionsExecutionRule`,
  ]);
});

test('its leg may invoke the check function, and write logs and traces', () => {
  expect(permissionsOf(synthesized(), 'Cutover/ReadyLeg/Role')).toEqual([MACHINE, INVOKE]);
});

test('the cutover function may store, notify, and write logs and traces: it has no password and no network', () => {
  expect(permissionsOf(synthesized(), 'Cutover/Record/Role')).toEqual([
    'Allow dynamodb:GetItem, dynamodb:PutItem, dynamodb:Query on <Monitor/Table.Arn>',
    'Allow sns:Publish on <Monitor/Topic>',
    'Allow logs:CreateLogStream, logs:PutLogEvents on <Cutover/Record/Logs.Arn>',
    'Allow xray:PutTelemetryRecords, xray:PutTraceSegments on *',
  ]);
});

test('the rule on its alarms may publish to the topic of alarms', () => {
  expect(permissionsOf(synthesized(), 'Cutover/Alarms/Ok/Role')).toEqual(['Allow sns:Publish on <Monitor/Topic>']);
});

test.each(['Cutover/Resume/Machine/Role', 'Cutover/Steps/Machine/Role'])(
  '%s, which the user’s steps add their permissions to, may invoke the cutover function, and write logs and traces',
  (role) => {
    expect(permissionsOf(synthesized(), role)).toEqual([
      MACHINE,
      'Allow lambda:InvokeFunction on <Cutover/Record/Function.Arn>',
    ]);
  },
);

test('the watchdog may read the records, write its own list, compare, and start the resume machine', () => {
  expect(permissionsOf(synthesized(), 'Cutover/Watchdog/Role')).toEqual([
    'Allow dynamodb:GetItem on <Monitor/Table.Arn>',
    'Allow dynamodb:PutItem, dynamodb:Query on <Monitor/Table.Arn> if {"ForAllValues:StringEquals":{"dynamodb:LeadingKeys":["#CUTOVER#OPEN"]}}',
    `Allow states:DescribeExecution on ${['Cutover/Machine', 'Cutover/Resume/Machine/Machine'].map((machine) => `${executionsOf(machine)}:*`).join(', ')}`,
    'Allow states:StartExecution on <Cutover/Resume/Machine/Machine>',
    'Allow logs:CreateLogStream, logs:PutLogEvents on <Cutover/Watchdog/Logs.Arn>',
    'Allow xray:PutTelemetryRecords, xray:PutTraceSegments on *',
  ]);
});

test('its schedule may invoke the watchdog, and the rule may start the resume machine', () => {
  expect(permissionsOf(synthesized(), 'Cutover/Watchdog/ScheduleRole')).toEqual([
    'Allow lambda:InvokeFunction on <Cutover/Watchdog/Function.Arn>',
  ]);
  expect(permissionsOf(synthesized(), 'Cutover/Resume/Machine/Machine/EventsRole')).toEqual([
    'Allow states:StartExecution on <Cutover/Resume/Machine/Machine>',
  ]);
});

test('a role that may not redrive is denied that for every machine with steps of the user', () => {
  const { stack, pipeline } = cutoverIn();
  pipeline.denyRedrive(new iam.Role(stack, 'Operator', { assumedBy: new iam.AccountRootPrincipal() }));
  expect(permissionsOf({ stack, template: Template.fromStack(stack) }, 'Operator')).toEqual([
    `Deny states:RedriveExecution on ${['Cutover/Machine', 'Cutover/Resume/Machine/Machine', 'Cutover/Steps/Machine/Machine'].map((machine) => `${executionsOf(machine)}:*`).join(', ')}`,
  ]);
});

test('nine roles are added to the five of the monitor, without managed and inline policies', () => {
  const { template } = synthesized();
  template.resourceCountIs('AWS::IAM::Role', 14);
  template.resourceCountIs('AWS::IAM::ManagedPolicy', 0);
  for (const role of Object.values(template.findResources('AWS::IAM::Role')))
    expect(Object.keys(role.Properties)).toEqual(['AssumeRolePolicyDocument']);
});

test('the cutover function may be invoked by the route for answers, and by nothing else outside the pipeline', () => {
  const { template, stack } = synthesized();
  const permissions = Object.values(template.findResources('AWS::Lambda::Permission')).map(({ Properties }) => [
    Properties.Principal,
    inWords(stack, Properties.SourceArn),
    inWords(stack, Properties.FunctionName),
  ]);
  expect(permissions).toEqual([
    ['apigateway.amazonaws.com', `arn:<AWS::Partition>:execute-api:${HERE}:<Cutover/Answers/Api>/*/*/answer`, FUNCTION],
  ]);
});

test('an approver may answer at the pipeline’s route, and nothing else: no function, no table', () => {
  const { stack, pipeline } = cutoverIn();
  const approver = new iam.Role(stack, 'Approver', { assumedBy: new iam.AccountRootPrincipal() });
  pipeline.grantApprove(approver).assertSuccess();
  expect(permissionsOf({ stack, template: Template.fromStack(stack) }, 'Approver')).toEqual([
    `Allow execute-api:Invoke on arn:<AWS::Partition>:execute-api:${HERE}:<Cutover/Answers/Api>/$default/POST/answer`,
  ]);
});

test('the API has one route, opens to signed requests only, and logs who called', () => {
  const { template } = synthesized();
  template.resourceCountIs('AWS::ApiGatewayV2::Route', 1);
  template.hasResourceProperties('AWS::ApiGatewayV2::Route', {
    RouteKey: 'POST /answer',
    AuthorizationType: 'AWS_IAM',
  });
  template.hasResourceProperties('AWS::ApiGatewayV2::Stage', {
    StageName: '$default',
    DefaultRouteSettings: { ThrottlingRateLimit: 5, ThrottlingBurstLimit: 10 },
    AccessLogSettings: { Format: Match.stringLikeRegexp('context.identity.userArn') },
  });
});

test.each([
  ['anywhere', {}],
  ['in an account and a region', { env: { account: '111122223333', region: 'eu-central-1' } }],
])('cdk-nag has no open finding in a stack with a monitor and a pipeline, %s', (_, env) => {
  const { app } = cutoverIn(env, { approval: {}, switchover: 'operator' });
  expect(new AwsSolutionsChecks(app).validateScope(app).violations).toEqual([]);
});

test('every acknowledged finding is listed here and has a reason', () => {
  const { stack } = cutoverIn();
  const acknowledged = stack.node
    .findChild('Cutover')
    .node.findAll()
    .flatMap(({ node }) =>
      node.metadata
        .filter(({ type }) => type === Validations.ACKNOWLEDGED_RULES_METADATA_KEY)
        .flatMap(({ data }) =>
          Object.entries(data as Record<string, string>).map(
            ([rule, reason]) => [`${node.path}: ${rule.replace(/\{.*\}/, '…')}`, reason] as const,
          ),
        ),
    );
  expect(acknowledged.map(([what]) => what.replace(/annotation::/i, ''))).toEqual([
    'Test/Cutover/End/DeadLetters: AwsSolutions-SQS3',
    'Test/Cutover/Record/Role: AwsSolutions-IAM5[Resource::*]',
    'Test/Cutover/ReadyLeg/Role: AwsSolutions-IAM5[Resource::*]',
    'Test/Cutover/Resume/Machine/Role: AwsSolutions-IAM5[Resource::*]',
    'Test/Cutover/Steps/Machine/Role: AwsSolutions-IAM5[Resource::*]',
    'Test/Cutover/Role: AwsSolutions-IAM5[Resource::*]',
    'Test/Cutover/Role: AwsSolutions-IAM5[Resource::arn:<AWS::Partition>:states:<AWS::Region>:<AWS::AccountId>:execution:…*]',
    'Test/Cutover/Role: AwsSolutions-IAM5[Resource::arn:<AWS::Partition>:states:<AWS::Region>:<AWS::AccountId>:execution:…*]',
    'Test/Cutover/Role: AwsSolutions-IAM5[Resource::arn:<AWS::Partition>:states:<AWS::Region>:<AWS::AccountId>:execution:…*]',
    'Test/Cutover/Watchdog/Role: AwsSolutions-IAM5[Resource::arn:<AWS::Partition>:states:<AWS::Region>:<AWS::AccountId>:execution:…:*]',
    'Test/Cutover/Watchdog/Role: AwsSolutions-IAM5[Resource::arn:<AWS::Partition>:states:<AWS::Region>:<AWS::AccountId>:execution:…:*]',
    'Test/Cutover/Watchdog/Role: AwsSolutions-IAM5[Resource::*]',
  ]);
  for (const [, reason] of acknowledged) expect(reason.length).toBeGreaterThan(60);
});

test('every service writes to a group under /aws/vendedlogs/, which needs no place in the resource policy of CloudWatch Logs', () => {
  const { template, stack } = synthesized();
  const vended = Object.values(template.findResources('AWS::Logs::LogGroup')).flatMap(({ Properties }) =>
    Properties.LogGroupName === undefined ? [] : [inWords(stack, Properties.LogGroupName)],
  );
  const id = '<part 0 of <part 2 of <AWS::StackId>>>';
  expect(vended.sort()).toEqual(
    [
      `/aws/vendedlogs/apigateway/<AWS::StackName>-CutoverAnswers541B4360-${id}`,
      `/aws/vendedlogs/states/<AWS::StackName>-Cutover-${id}`,
      `/aws/vendedlogs/states/<AWS::StackName>-MonitorLeg0062FE41-${id}`,
      `/aws/vendedlogs/states/<AWS::StackName>-MonitorWaitB6B86B76-${id}`,
      `/aws/vendedlogs/states/<AWS::StackName>-CutoverReadyLegB16A4B30-${id}`,
      `/aws/vendedlogs/states/<AWS::StackName>-CutoverResumeMachineF171AD06-${id}`,
      `/aws/vendedlogs/states/<AWS::StackName>-CutoverStepsMachine0BD9CC0E-${id}`,
    ].sort(),
  );
  // The functions write with their own roles.
  template.resourceCountIs('AWS::Logs::LogGroup', vended.length + 3);
});

test('without traces nothing is traced, and no role may write traces', () => {
  const app = new App({ context: cdkJson.context });
  const stack = new Stack(app, 'Test');
  const step = (name: string) => new sfn.Pass(stack, name);
  const steps = { stopWrites: step('stop'), switchTraffic: step('switch'), resumeWrites: step('resume') };
  new CutoverPipeline(stack, 'Cutover', { monitor: newMonitor(stack, { tracing: false }), ...steps });
  const template = Template.fromStack(stack);
  for (const { Properties } of Object.values(template.findResources('AWS::StepFunctions::StateMachine')))
    expect(Properties.TracingConfiguration).toEqual({ Enabled: false });
  for (const { Properties } of Object.values(template.findResources('AWS::Lambda::Function')))
    expect(Properties.TracingConfig).toBeUndefined();
  expect(JSON.stringify(template.findResources('AWS::IAM::Policy'))).not.toContain('xray:');
  expect(new AwsSolutionsChecks(app).validateScope(app).violations).toEqual([]);
});
