/** Least privilege: every statement of every role. A new permission must be added here too. */
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as events from 'aws-cdk-lib/aws-events';
import * as kms from 'aws-cdk-lib/aws-kms';
import * as secretsmanager from 'aws-cdk-lib/aws-secretsmanager';
import * as sns from 'aws-cdk-lib/aws-sns';
import { monitorWith, permissionsOf, type Synthesized } from './stacks';

const STORE = 'Allow dynamodb:GetItem, dynamodb:PutItem, dynamodb:Query on <Monitor/Table.Arn>';
const NOTIFY = 'Allow sns:ListSubscriptionsByTopic, sns:Publish on <Monitor/Topic>';
const SECRET =
  'Allow secretsmanager:GetSecretValue on arn:<AWS::Partition>:secretsmanager:<AWS::Region>:<AWS::AccountId>:secret:oms-cutover/oms-??????';
const FAILURES_AND_LOGS = [
  'Allow sqs:SendMessage on <Monitor/Failures.Arn>',
  'Allow logs:CreateLogStream, logs:PutLogEvents on <Monitor/Check/Logs.Arn>',
];
const TRACE = 'xray:PutTelemetryRecords, xray:PutTraceSegments';

const LOG_DELIVERY =
  'logs:CreateLogDelivery, logs:DeleteLogDelivery, logs:DescribeLogGroups, logs:DescribeResourcePolicies, logs:GetLogDelivery, logs:ListLogDeliveries, logs:PutResourcePolicy, logs:UpdateLogDelivery';
const MACHINE = `Allow ${LOG_DELIVERY}, xray:GetSamplingRules, xray:GetSamplingTargets, xray:PutTelemetryRecords, xray:PutTraceSegments on *`;

function trust({ template }: Synthesized, service: string): unknown[] {
  return Object.values(template.findResources('AWS::IAM::Role'))
    .map((role) => role.Properties.AssumeRolePolicyDocument.Statement)
    .filter(([statement]) => statement.Principal.Service === service);
}

test('there are five roles, without managed and inline policies', () => {
  const { template } = monitorWith();
  template.resourceCountIs('AWS::IAM::Role', 5);
  template.resourceCountIs('AWS::IAM::ManagedPolicy', 0);
  for (const role of Object.values(template.findResources('AWS::IAM::Role'))) {
    expect(Object.keys(role.Properties)).toEqual(['AssumeRolePolicyDocument']);
  }
});

test('the function has exactly these permissions', () => {
  expect(permissionsOf(monitorWith(), 'Monitor/Check/Role')).toEqual([
    STORE,
    NOTIFY,
    ...FAILURES_AND_LOGS,
    `Allow ${TRACE} on *`,
    SECRET,
  ]);
});

test('the function in a VPC may also manage its network interfaces', () => {
  const synthesized = monitorWith((stack) => ({ vpc: new ec2.Vpc(stack, 'Vpc') as ec2.IVpc }));
  const interfaces =
    'ec2:AssignPrivateIpAddresses, ec2:CreateNetworkInterface, ec2:DeleteNetworkInterface, ec2:DescribeNetworkInterfaces, ec2:DescribeSubnets, ec2:UnassignPrivateIpAddresses';
  expect(permissionsOf(synthesized, 'Monitor/Check/Role')).toEqual([
    STORE,
    NOTIFY,
    ...FAILURES_AND_LOGS,
    `Allow ${interfaces}, ${TRACE} on *`,
    SECRET,
  ]);
});

test('the function may use the keys of its resources and no others', () => {
  const synthesized = monitorWith((stack) => ({
    encryptionKey: new kms.Key(stack, 'Key'),
    credentials: secretsmanager.Secret.fromSecretAttributes(stack, 'Sealed', {
      secretCompleteArn: 'arn:aws:secretsmanager:eu-central-1:111122223333:secret:oms-AbCdEf',
      encryptionKey: kms.Key.fromKeyArn(stack, 'SecretKey', 'arn:aws:kms:eu-central-1:111122223333:key/1234'),
    }),
  }));
  const permissions = permissionsOf(synthesized, 'Monitor/Check/Role');
  expect(permissions.filter((each) => each.includes('kms:'))).toEqual([
    'Allow kms:Decrypt, kms:Encrypt, kms:GenerateDataKey*, kms:ReEncrypt* on <Key.Arn>',
    'Allow kms:Decrypt on arn:aws:kms:eu-central-1:111122223333:key/1234',
  ]);
  expect(permissions).toContain(
    'Allow secretsmanager:GetSecretValue on arn:aws:secretsmanager:eu-central-1:111122223333:secret:oms-AbCdEf',
  );
  expect(permissionsOf(synthesized, 'Monitor/Fleet/Role')).toContain(
    'Allow kms:Decrypt, kms:GenerateDataKey on <Key.Arn>',
  );
});

test('the function may publish to a given chat topic and event bus, and use the key of the topic', () => {
  const synthesized = monitorWith((stack) => ({
    chatTopic: new sns.Topic(stack, 'Chat', { masterKey: new kms.Key(stack, 'ChatKey') }) as sns.ITopic,
    eventBus: new events.EventBus(stack, 'Bus') as events.IEventBus,
  }));
  expect(permissionsOf(synthesized, 'Monitor/Check/Role')).toEqual([
    STORE,
    'Allow sns:Publish on <Chat>, <Monitor/Topic>',
    'Allow events:PutEvents on <Bus.Arn>',
    ...FAILURES_AND_LOGS,
    `Allow ${TRACE} on *`,
    'Allow kms:Decrypt, kms:GenerateDataKey on <ChatKey.Arn>',
    'Allow sns:ListSubscriptionsByTopic on <Monitor/Topic>',
    SECRET,
  ]);
  const { stack, template } = synthesized;
  template.hasResourceProperties('AWS::Lambda::Function', {
    Environment: {
      Variables: {
        CHAT_TOPIC_ARN: stack.resolve((stack.node.findChild('Chat') as sns.Topic).topicArn),
        EVENT_BUS_NAME: stack.resolve((stack.node.findChild('Bus') as events.EventBus).eventBusArn),
      },
    },
  });
});

test('the schedule may invoke the function and write to its dead-letter queue, on behalf of this account only', () => {
  const synthesized = monitorWith();
  expect(permissionsOf(synthesized, 'Monitor/Fleet/Role')).toEqual([
    'Allow lambda:InvokeFunction on <Monitor/Check/Function.Arn>',
    'Allow sqs:SendMessage on <Monitor/Fleet/DeadLetters.Arn>',
  ]);
  expect(trust(synthesized, 'scheduler.amazonaws.com')).toEqual([
    [
      expect.objectContaining({
        Condition: {
          StringEquals: {
            'aws:SourceAccount': { Ref: 'AWS::AccountId' },
            'aws:SourceArn': {
              'Fn::Join': [
                '',
                [
                  'arn:',
                  { Ref: 'AWS::Partition' },
                  ':scheduler:',
                  { Ref: 'AWS::Region' },
                  ':',
                  { Ref: 'AWS::AccountId' },
                  ':schedule-group/default',
                ],
              ],
            },
          },
        },
      }),
    ],
  ]);
});

test('the rule on alarms may publish to the topic of alarms, and use its key', () => {
  expect(permissionsOf(monitorWith(), 'Monitor/Alarms/Ok/Role')).toEqual(['Allow sns:Publish on <Monitor/Topic>']);
  const sealed = monitorWith((stack) => ({ encryptionKey: new kms.Key(stack, 'Key') }));
  expect(permissionsOf(sealed, 'Monitor/Alarms/Ok/Role')).toEqual([
    'Allow sns:Publish on <Monitor/Topic>',
    'Allow kms:Decrypt, kms:GenerateDataKey on <Key.Arn>',
  ]);
  expect(trust(sealed, 'events.amazonaws.com')).toHaveLength(1);
});

test('a leg may invoke the function, and write logs and traces', () => {
  expect(permissionsOf(monitorWith(), 'Monitor/Leg/Role')).toEqual([
    MACHINE,
    'Allow lambda:InvokeFunction on <Monitor/Check/Function.Arn>',
  ]);
});

test('a wait may start, describe and stop legs, and write logs and traces', () => {
  const inThisAccount = '<AWS::Region>:<AWS::AccountId>';
  expect(permissionsOf(monitorWith(), 'Monitor/Wait/Role')).toEqual([
    MACHINE,
    'Allow states:StartExecution on <Monitor/Leg/Machine>',
    `Allow states:DescribeExecution, states:StopExecution on arn:<AWS::Partition>:states:${inThisAccount}:execution:<part 6 of <Monitor/Leg/Machine>>:*`,
    `Allow events:DescribeRule, events:PutRule, events:PutTargets on arn:<AWS::Partition>:events:${inThisAccount}:rule/StepFunctionsGetEventsForStepFunctionsExecutionRule`,
  ]);
});
