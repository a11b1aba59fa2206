import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import { Match } from 'aws-cdk-lib/assertions';
import * as kms from 'aws-cdk-lib/aws-kms';
import * as logs from 'aws-cdk-lib/aws-logs';
import * as secretsmanager from 'aws-cdk-lib/aws-secretsmanager';
import { InvalidSettings, type MigrationMonitorProps } from '../../../lib';
import { deployedName } from '../../../lib/alarms/deployed-name';
import { ENDPOINT, messageOf, monitorWith, newMonitor, newStack } from '../stacks';

describe('the table', () => {
  test('is on demand and encrypted, with its keys, point-in-time recovery and a TTL attribute', () => {
    monitorWith().template.hasResourceProperties('AWS::DynamoDB::Table', {
      BillingMode: 'PAY_PER_REQUEST',
      KeySchema: [
        { AttributeName: 'pk', KeyType: 'HASH' },
        { AttributeName: 'sk', KeyType: 'RANGE' },
      ],
      AttributeDefinitions: [
        { AttributeName: 'pk', AttributeType: 'S' },
        { AttributeName: 'sk', AttributeType: 'S' },
      ],
      PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
      TimeToLiveSpecification: { AttributeName: 'expiresAt', Enabled: true },
      SSESpecification: { SSEEnabled: true },
    });
  });

  test('is retained with the stack, and protected from deletion', () => {
    monitorWith().template.hasResource('AWS::DynamoDB::Table', {
      DeletionPolicy: 'Retain',
      UpdateReplacePolicy: 'Retain',
      Properties: { DeletionProtectionEnabled: true },
    });
  });

  test('is deleted with the stack if requested, and the logs too', () => {
    const { template } = monitorWith({ removalPolicy: RemovalPolicy.DESTROY });
    template.hasResource('AWS::DynamoDB::Table', {
      DeletionPolicy: 'Delete',
      Properties: { DeletionProtectionEnabled: false },
    });
    template.allResources('AWS::Logs::LogGroup', { DeletionPolicy: 'Delete' });
  });
});

describe('the function', () => {
  test('runs the bundle on Node 24 and arm64, traced, with its timeout and memory', () => {
    const { template } = monitorWith();
    template.hasResourceProperties('AWS::Lambda::Function', {
      Runtime: 'nodejs24.x',
      Architectures: ['arm64'],
      Handler: 'index.handler',
      MemorySize: 256,
      Timeout: 180,
      TracingConfig: { Mode: 'Active' },
    });
    template.resourceCountIs('AWS::Lambda::Function', 1);
  });

  test('gets every environment variable that it reads, and no others', () => {
    const { stack, monitor, template } = monitorWith();
    const name = deployedName(monitor);
    const environment =
      template.findResources('AWS::Lambda::Function')[stack.resolve(monitor.checkFunction.functionName).Ref]?.Properties
        .Environment;
    expect(environment.Variables).toEqual({
      TABLE_NAME: stack.resolve(monitor.table.tableName),
      TOPIC_ARN: stack.resolve(monitor.topic.topicArn),
      OMS_ENDPOINT: ENDPOINT,
      OMS_SECRET_ID: 'oms-cutover/oms',
      OMS_API: 'auto',
      OMS_KIND: 'migration',
      REQUEST_TIMEOUT_SECONDS: '10',
      RETENTION_DAYS: '90',
      FUNCTION_TIMEOUT_SECONDS: '180',
      MONITOR_NAME: stack.resolve(name),
      FLEET_SIZE: '2',
      DASHBOARD_NAME: stack.resolve(`${name}-${stack.region}`),
    });
  });

  test('gets the given settings', () => {
    monitorWith({
      api: '4.1.1',
      kind: 'sync',
      requestTimeout: Duration.seconds(20),
      retention: Duration.days(30),
    }).template.hasResourceProperties('AWS::Lambda::Function', {
      Environment: {
        Variables: { OMS_API: '4.1.1', OMS_KIND: 'sync', REQUEST_TIMEOUT_SECONDS: '20', RETENTION_DAYS: '30' },
      },
    });
  });

  test('has its own log group, with a retention and retained with the stack', () => {
    const { stack, template } = monitorWith({ logRetention: logs.RetentionDays.ONE_MONTH });
    const group = stack.resolve(
      (stack.node.findChild('Monitor').node.findChild('Check').node.findChild('Logs') as logs.LogGroup).logGroupName,
    ).Ref;
    template.hasResourceProperties('AWS::Lambda::Function', { LoggingConfig: { LogGroup: { Ref: group } } });
    template.resourceCountIs('AWS::Logs::LogGroup', 3);
    template.allResources('AWS::Logs::LogGroup', {
      // Not after a first deployment that failed.
      DeletionPolicy: 'RetainExceptOnCreate',
      UpdateReplacePolicy: 'Retain',
      Properties: { RetentionInDays: 30 },
    });
  });

  test('drops an event after 15 minutes and two retries, whatever the interval of the schedule', () => {
    const { stack, monitor, template } = monitorWith({ interval: Duration.minutes(1) });
    template.hasResourceProperties('AWS::Lambda::EventInvokeConfig', {
      MaximumEventAgeInSeconds: 900,
      MaximumRetryAttempts: 2,
      DestinationConfig: { OnFailure: { Destination: stack.resolve(monitor.failures.queueArn) } },
    });
  });

  test.each(['prod/oms-secret', 'oms-cutover/oms'])(
    'reads a secret that is referenced by name by that name: %s, which ends like an ARN',
    (name) => {
      monitorWith((stack) => ({
        credentials: secretsmanager.Secret.fromSecretNameV2(stack, 'Named', name),
      })).template.hasResourceProperties('AWS::Lambda::Function', {
        Environment: { Variables: { OMS_SECRET_ID: name } },
      });
    },
  );
});

describe('the schedule', () => {
  test('polls all projects every five minutes', () => {
    const { template } = monitorWith({ projects: ['p_a', 'np_"b"'] });
    template.hasResourceProperties('AWS::Scheduler::Schedule', {
      ScheduleExpression: 'rate(5 minutes)',
      State: 'ENABLED',
      FlexibleTimeWindow: { Mode: 'OFF' },
      Target: { Input: JSON.stringify({ projects: ['p_a', 'np_"b"'], intervalSeconds: 300 }) },
    });
  });

  test('has the given interval, also in its input', () => {
    monitorWith({ interval: Duration.hours(2) }).template.hasResourceProperties('AWS::Scheduler::Schedule', {
      ScheduleExpression: 'rate(2 hours)',
      Target: { Input: Match.stringLikeRegexp('"intervalSeconds":7200') },
    });
  });

  test('is created after the policy of its role', () => {
    const { template } = monitorWith();
    const [schedule] = Object.values(template.findResources('AWS::Scheduler::Schedule'));
    expect(schedule?.DependsOn).toContainEqual(expect.stringMatching(/^MonitorFleetRoleDefaultPolicy/));
  });

  test('invokes the function, with retries until the next interval and a dead-letter queue', () => {
    const { stack, monitor, template } = monitorWith();
    template.hasResourceProperties('AWS::Scheduler::Schedule', {
      Target: {
        Arn: stack.resolve(monitor.checkFunction.functionArn),
        DeadLetterConfig: { Arn: stack.resolve(monitor.scheduleDeadLetters.queueArn) },
        RetryPolicy: { MaximumEventAgeInSeconds: 300, MaximumRetryAttempts: 5 },
      },
    });
  });
});

describe('the dead-letter queues', () => {
  test('are two, encrypted, with maximum retention, and refuse plain HTTP', () => {
    const { stack, monitor, template } = monitorWith();
    template.resourceCountIs('AWS::SQS::Queue', 2);
    template.allResourcesProperties('AWS::SQS::Queue', {
      SqsManagedSseEnabled: true,
      MessageRetentionPeriod: 14 * 86_400,
    });
    for (const queue of [monitor.failures, monitor.scheduleDeadLetters]) {
      template.hasResourceProperties('AWS::SQS::QueuePolicy', {
        Queues: [stack.resolve(queue.queueUrl)],
        PolicyDocument: {
          Statement: [
            Match.objectLike({
              Effect: 'Deny',
              Action: 'sqs:*',
              Condition: { Bool: { 'aws:SecureTransport': 'false' } },
            }),
          ],
        },
      });
    }
  });
});

describe('the topic', () => {
  test('refuses plain HTTP, and allows the alarms of this account to publish', () => {
    monitorWith().template.hasResourceProperties('AWS::SNS::TopicPolicy', {
      PolicyDocument: {
        Statement: [
          Match.objectLike({
            Effect: 'Deny',
            Action: 'sns:Publish',
            Condition: { Bool: { 'aws:SecureTransport': 'false' } },
          }),
          Match.objectLike({
            Effect: 'Allow',
            Action: 'sns:Publish',
            Principal: { Service: 'cloudwatch.amazonaws.com' },
            Condition: { StringEquals: { 'aws:SourceAccount': { Ref: 'AWS::AccountId' } } },
          }),
        ],
      },
    });
  });

  test('has an e-mail subscription for each address', () => {
    const { stack, monitor, template } = monitorWith({ notifyEmails: ['a@example.com', 'b@example.com'] });
    const TopicArn = stack.resolve(monitor.topic.topicArn);
    template.resourceCountIs('AWS::SNS::Subscription', 2);
    for (const Endpoint of ['a@example.com', 'b@example.com']) {
      template.hasResourceProperties('AWS::SNS::Subscription', { Endpoint, Protocol: 'email', TopicArn });
    }
  });

  test('has no subscription without addresses', () => {
    monitorWith().template.resourceCountIs('AWS::SNS::Subscription', 0);
  });
});

describe('a customer-managed key', () => {
  const withKey = () => monitorWith((stack) => ({ encryptionKey: new kms.Key(stack, 'Key') }));

  test('encrypts the table, the topic and the queues', () => {
    const { stack, template } = withKey();
    const key = { 'Fn::GetAtt': [stack.resolve((stack.node.findChild('Key') as kms.Key).keyId).Ref, 'Arn'] };
    template.hasResourceProperties('AWS::DynamoDB::Table', {
      SSESpecification: { SSEEnabled: true, SSEType: 'KMS', KMSMasterKeyId: key },
    });
    template.hasResourceProperties('AWS::SNS::Topic', { KmsMasterKeyId: key });
    template.allResourcesProperties('AWS::SQS::Queue', { KmsMasterKeyId: key });
  });

  test('allows the alarms of this account to use it, which they need to publish', () => {
    withKey().template.hasResourceProperties('AWS::KMS::Key', {
      KeyPolicy: {
        Statement: Match.arrayWith([
          {
            Sid: 'AlarmsOfThisAccount',
            Effect: 'Allow',
            Action: ['kms:Decrypt', 'kms:GenerateDataKey'],
            Principal: { Service: 'cloudwatch.amazonaws.com' },
            Resource: '*',
            Condition: { StringEquals: { 'aws:SourceAccount': { Ref: 'AWS::AccountId' } } },
          },
        ]),
      },
    });
  });
});

test('the secret is imported, never created', () => {
  const { template } = monitorWith();
  template.resourceCountIs('AWS::SecretsManager::Secret', 0);
});

test('resources that hold state keep their construct paths', () => {
  // A new path is a new resource: an empty table, a topic without subscriptions.
  const { monitor } = monitorWith();
  const paths = [
    monitor.table,
    monitor.topic,
    monitor.failures,
    monitor.scheduleDeadLetters,
    monitor.checkFunction,
    monitor.leg,
    monitor.waitMachine,
    monitor.dashboard,
  ].map(({ node }) => node.path);
  expect(paths).toEqual([
    'Test/Monitor/Table',
    'Test/Monitor/Topic',
    'Test/Monitor/Failures',
    'Test/Monitor/Fleet/DeadLetters',
    'Test/Monitor/Check/Function',
    'Test/Monitor/Leg/Machine',
    'Test/Monitor/Wait/Machine',
    'Test/Monitor/Overview/Dashboard',
  ]);
});

describe('bad props', () => {
  const refusal = (props: Partial<MigrationMonitorProps>) => messageOf(() => newMonitor(newStack(), props));

  test.each<[string, Partial<MigrationMonitorProps>, string]>([
    [
      'an endpoint that is not a URL',
      { omsEndpoint: '10.0.0.5:8089' },
      'omsEndpoint must be the http or https address of the OMS console, without user, query or fragment, such as http://10.0.0.5:8089; got "10.0.0.5:8089"',
    ],
    [
      'an endpoint with a password, which it does not show',
      { omsEndpoint: 'http://root:hunter2@oms' },
      'got one that is not shown, because it may hold a password',
    ],
    [
      'a misspelled prop',
      { requestTimeOut: Duration.seconds(5) } as object,
      'MigrationMonitor has no property "requestTimeOut"',
    ],
    ['text for a boolean', { discover: 'true' } as object, 'discover must be true or false, without quotes'],
    ['no projects', { projects: [] }, 'projects is required: the id of an OMS project'],
    ['a project id with a slash', { projects: ['p_a/../p_b'] }, 'got "p_a/../p_b"'],
    ['a project id with a control character, which it escapes', { projects: ['p\u001b[2J'] }, 'got "p\\u001b[2J"'],
    ['a project id with a bidirectional control character', { projects: ['p\u202ea'] }, 'got "p\\u202ea"'],
    [
      'a project id of 10,000 characters, which it shortens',
      { projects: ['p'.repeat(10_000)] },
      '… (10002 characters)',
    ],
    [
      'the same project twice',
      { projects: ['p_a', 'p_b', 'p_a'] },
      'projects must not repeat a value; got "p_a" twice',
    ],
    [
      'an invalid e-mail address',
      { notifyEmails: ['dba'] },
      'notifyEmails must be an e-mail address, such as dba@example.com; got "dba"',
    ],
    [
      'an interval that is not in whole minutes',
      { interval: Duration.seconds(90) },
      'interval must be whole minutes between 1 minute and 1 day, such as Duration.minutes(5); got 1 minute 30 seconds',
    ],
    [
      'a request timeout of more than a minute',
      { requestTimeout: Duration.minutes(2) },
      'requestTimeout must be whole seconds between 1 second and 1 minute, such as Duration.seconds(10); got 2 minutes',
    ],
    [
      'a retention of 0 days',
      { retention: Duration.days(0) },
      'retention must be whole days between 1 day and 3650 days',
    ],
    ['an unknown api', { api: '5.0' as never }, 'api must be one of auto, 3.3, 4.1.1, such as auto; got "5.0"'],
    [
      'an unknown kind',
      { kind: 'copy' as never },
      'kind must be one of migration, sync, such as migration; got "copy"',
    ],
    ['endpoints without a VPC', { createEndpoints: ['sns'] }, 'createEndpoints requires vpc'],
  ])('refuses %s', (_what, props, expected) => {
    expect(refusal(props)).toContain(expected);
  });

  test('lists every problem in one error', () => {
    const message = refusal({ omsEndpoint: 'oms', projects: [], interval: Duration.seconds(1) });
    expect(message.split('\n')).toEqual([
      'Test/Monitor: 3 problems',
      expect.stringContaining('  - omsEndpoint must be'),
      expect.stringContaining('  - projects is required'),
      expect.stringContaining('  - interval must be'),
    ]);
  });

  test('throws InvalidSettings before any resource is created', () => {
    const stack = newStack();
    expect(() => newMonitor(stack, { projects: [] })).toThrow(InvalidSettings);
    expect(stack.node.findAll().filter((each) => each.node.path.startsWith('Test/Monitor/'))).toEqual([]);
  });
});

test('uses the complete ARN of a secret unchanged', () => {
  const { template } = monitorWith((stack) => ({
    credentials: secretsmanager.Secret.fromSecretCompleteArn(
      stack,
      'Full',
      'arn:aws:secretsmanager:eu-central-1:111122223333:secret:oms-AbCdEf',
    ),
  }));
  template.hasResourceProperties('AWS::Lambda::Function', {
    Environment: {
      Variables: { OMS_SECRET_ID: 'arn:aws:secretsmanager:eu-central-1:111122223333:secret:oms-AbCdEf' },
    },
  });
});
