import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import { Match } from 'aws-cdk-lib/assertions';
import * as kms from 'aws-cdk-lib/aws-kms';
import * as logs from 'aws-cdk-lib/aws-logs';
import * as secretsmanager from 'aws-cdk-lib/aws-secretsmanager';
import { InvalidSettings, type MigrationMonitorProps } from '../../lib';
import { dashboardUrl } from '../../lib/alarms/dashboard';
import { deployedName } from '../../lib/monitor/deployed-name';
import { ENDPOINT, messageOf, monitorWith, newMonitor, newStack } from './stacks';

describe('the table', () => {
  test('is on demand, keyed by project and time, restorable to any second, encrypted, and forgets what expires', () => {
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

  test('outlives the stack, and a hand in the console', () => {
    monitorWith().template.hasResource('AWS::DynamoDB::Table', {
      DeletionPolicy: 'Retain',
      UpdateReplacePolicy: 'Retain',
      Properties: { DeletionProtectionEnabled: true },
    });
  });

  test('goes with the stack where that is asked for, and its logs too', () => {
    const { template } = monitorWith({ removalPolicy: RemovalPolicy.DESTROY });
    template.hasResource('AWS::DynamoDB::Table', {
      DeletionPolicy: 'Delete',
      Properties: { DeletionProtectionEnabled: false },
    });
    template.allResources('AWS::Logs::LogGroup', { DeletionPolicy: 'Delete' });
  });
});

describe('the function', () => {
  test('runs the bundle on the newest Node, on arm64, traced, with the time and the memory that it needs', () => {
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

  test('is told all it has to know, and nothing it does not read', () => {
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
      DASHBOARD_URL: stack.resolve(dashboardUrl(stack, `${name}-${stack.region}`)),
    });
  });

  test('is told what was chosen', () => {
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

  test('logs to a group of its own, which is kept for a while and outlives the stack', () => {
    const { stack, template } = monitorWith({ logRetention: logs.RetentionDays.ONE_MONTH });
    const group = stack.resolve(
      (stack.node.findChild('Monitor').node.findChild('Check').node.findChild('Logs') as logs.LogGroup).logGroupName,
    ).Ref;
    template.hasResourceProperties('AWS::Lambda::Function', { LoggingConfig: { LogGroup: { Ref: group } } });
    template.resourceCountIs('AWS::Logs::LogGroup', 3);
    template.allResources('AWS::Logs::LogGroup', { DeletionPolicy: 'Retain', Properties: { RetentionInDays: 30 } });
  });

  test('gives up an event after 15 minutes, its two retries included, however often the schedule comes', () => {
    const { stack, monitor, template } = monitorWith({ interval: Duration.minutes(1) });
    template.hasResourceProperties('AWS::Lambda::EventInvokeConfig', {
      MaximumEventAgeInSeconds: 900,
      MaximumRetryAttempts: 2,
      DestinationConfig: { OnFailure: { Destination: stack.resolve(monitor.failures.queueArn) } },
    });
  });

  test.each(['prod/oms-secret', 'oms-cutover/oms'])(
    'asks for a secret by its name where that is all that is known: %s ends as an ARN may',
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
  test('looks at all projects every five minutes', () => {
    const { template } = monitorWith({ projects: ['p_a', 'np_"b"'] });
    template.hasResourceProperties('AWS::Scheduler::Schedule', {
      ScheduleExpression: 'rate(5 minutes)',
      State: 'ENABLED',
      FlexibleTimeWindow: { Mode: 'OFF' },
      Target: { Input: JSON.stringify({ projects: ['p_a', 'np_"b"'], intervalSeconds: 300 }) },
    });
  });

  test('looks as often as it is told, and says so to the function', () => {
    monitorWith({ interval: Duration.hours(2) }).template.hasResourceProperties('AWS::Scheduler::Schedule', {
      ScheduleExpression: 'rate(2 hours)',
      Target: { Input: Match.stringLikeRegexp('"intervalSeconds":7200') },
    });
  });

  test('begins once its role may do what it has to', () => {
    const { template } = monitorWith();
    const [schedule] = Object.values(template.findResources('AWS::Scheduler::Schedule'));
    expect(schedule?.DependsOn).toContainEqual(expect.stringMatching(/^MonitorFleetRoleDefaultPolicy/));
  });

  test('invokes the function, and keeps what it could not hand over before the next is due', () => {
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

describe('the queues of what failed', () => {
  test('are two, encrypted, kept for the longest there is, and closed to plain HTTP', () => {
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
  test('takes nothing over plain HTTP, and lets the alarms of this account publish', () => {
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

  test('tells everybody who is named, by e-mail', () => {
    const { stack, monitor, template } = monitorWith({ notifyEmails: ['a@example.com', 'b@example.com'] });
    const TopicArn = stack.resolve(monitor.topic.topicArn);
    template.resourceCountIs('AWS::SNS::Subscription', 2);
    for (const Endpoint of ['a@example.com', 'b@example.com']) {
      template.hasResourceProperties('AWS::SNS::Subscription', { Endpoint, Protocol: 'email', TopicArn });
    }
  });

  test('tells nobody where nobody is named', () => {
    monitorWith().template.resourceCountIs('AWS::SNS::Subscription', 0);
  });
});

describe('a key of your own', () => {
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

  test('lets the alarms of this account use it, or they could not publish', () => {
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

test('the secret is referred to, never made', () => {
  const { template } = monitorWith();
  template.resourceCountIs('AWS::SecretsManager::Secret', 0);
});

test('what is kept over deployments keeps its name', () => {
  // A renamed construct is a new resource: an empty table, a topic without its subscribers.
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
      'an endpoint that is no URL',
      { omsEndpoint: '10.0.0.5:8089' },
      'omsEndpoint must be the http or https address of the OMS console, without user, query or fragment, such as http://10.0.0.5:8089; got "10.0.0.5:8089"',
    ],
    [
      'an endpoint with a password, which it does not show',
      { omsEndpoint: 'http://root:hunter2@oms' },
      'got one that is not shown, because it may hold a password',
    ],
    ['a misspelt name', { requestTimeOut: Duration.seconds(5) } as object, 'MigrationMonitor has no "requestTimeOut"'],
    ['a word for a boolean', { discover: 'true' } as object, 'discover must be true or false, without quotes'],
    ['no projects', { projects: [] }, 'projects is required: the id of an OMS project'],
    ['a project id with a slash', { projects: ['p_a/../p_b'] }, 'got "p_a/../p_b"'],
    ['a project id with a control character, which it escapes', { projects: ['p\u001b[2J'] }, 'got "p\\u001b[2J"'],
    ['a project id that turns the line round', { projects: ['p\u202ea'] }, 'got "p\\u202ea"'],
    [
      'a project id of 10,000 characters, which it shortens',
      { projects: ['p'.repeat(10_000)] },
      '… (10002 characters)',
    ],
    [
      'the same project twice',
      { projects: ['p_a', 'p_b', 'p_a'] },
      'projects must name each only once; got "p_a" twice',
    ],
    [
      'an address that is none',
      { notifyEmails: ['dba'] },
      'notifyEmails must be an e-mail address, such as dba@example.com; got "dba"',
    ],
    [
      'a schedule of seconds',
      { interval: Duration.seconds(90) },
      'interval must be whole minutes between 1 minute and 1 day, such as Duration.minutes(5); got 1 minute 30 seconds',
    ],
    [
      'a time-out above a minute',
      { requestTimeout: Duration.minutes(2) },
      'requestTimeout must be whole seconds between 1 second and 1 minute, such as Duration.seconds(10); got 2 minutes',
    ],
    [
      'a retention of nothing',
      { retention: Duration.days(0) },
      'retention must be whole days between 1 day and 3650 days',
    ],
    ['an unknown api', { api: '5.0' as never }, 'api must be one of auto, 3.3, 4.1.1, such as auto; got "5.0"'],
    [
      'an unknown kind',
      { kind: 'copy' as never },
      'kind must be one of migration, sync, such as migration; got "copy"',
    ],
    [
      'endpoints without a VPC',
      { createEndpoints: ['sns'] },
      'createEndpoints means nothing without vpc: give the vpc too',
    ],
  ])('refuses %s', (_what, props, expected) => {
    expect(refusal(props)).toContain(expected);
  });

  test('refuses them all at once', () => {
    const message = refusal({ omsEndpoint: 'oms', projects: [], interval: Duration.seconds(1) });
    expect(message.split('\n')).toEqual([
      'Test/Monitor: 3 problems',
      expect.stringContaining('  - omsEndpoint must be'),
      expect.stringContaining('  - projects is required'),
      expect.stringContaining('  - interval must be'),
    ]);
  });

  test('refuses with an error that tells its problems apart', () => {
    const stack = newStack();
    expect(() => newMonitor(stack, { projects: [] })).toThrow(InvalidSettings);
    expect(stack.node.findAll().filter((each) => each.node.path.startsWith('Test/Monitor/'))).toEqual([]);
  });
});

test('takes a complete ARN of a secret as it is', () => {
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
