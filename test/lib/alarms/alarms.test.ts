/** The alarms: their metrics and thresholds, their e-mails, and the permission to publish them. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Duration, type Stack } from 'aws-cdk-lib';
import { Annotations, Match, Template } from 'aws-cdk-lib/assertions';
import * as kms from 'aws-cdk-lib/aws-kms';
import * as sns from 'aws-cdk-lib/aws-sns';
import * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import { LAG_THRESHOLD_SECONDS } from '../../../lambda/contract/defaults';
import { METRICS } from '../../../lambda/contract/metrics';
import { CutoverPipeline } from '../../../lib';
import { LAG_IMPORTANCES } from '../../../lib/alarms/metrics';
import { monitorWith, newMonitor, newStack, type Synthesized } from '../stacks';

interface AlarmProperties {
  readonly AlarmName: unknown;
  readonly AlarmDescription: string;
  readonly Threshold: number;
  readonly ComparisonOperator: string;
  readonly DatapointsToAlarm: number;
  readonly EvaluationPeriods: number;
  readonly TreatMissingData: string;
  readonly MetricName?: string;
  readonly Namespace?: string;
  readonly Statistic?: string;
  readonly Period?: number;
  readonly Dimensions?: { readonly Name: string; readonly Value: unknown }[];
  readonly Metrics?: { readonly Expression?: string; readonly MetricStat?: { readonly Period: number } }[];
  readonly AlarmActions: unknown[];
  readonly OKActions?: unknown[];
  readonly InsufficientDataActions?: unknown[];
}

const alarmsOf = ({ template }: Synthesized): AlarmProperties[] =>
  Object.values(template.findResources('AWS::CloudWatch::Alarm')).map(
    ({ Properties }) => Properties as AlarmProperties,
  );

const sectionOf = ({ AlarmDescription }: AlarmProperties): string => /#([a-z-]+)/.exec(AlarmDescription)?.[1] ?? '';

const alarm = (synthesized: Synthesized, section: string): AlarmProperties => {
  const found = alarmsOf(synthesized).find((each) => sectionOf(each) === section);
  if (found === undefined) throw new Error(`no alarm ${section}`);
  return found;
};

const plain = monitorWith();
const withPipeline = pipelineOn(newStack());

/** The alarms of the monitor come first, then those of the pipeline. */
function pipelineOn(stack: Stack): Synthesized {
  const monitor = newMonitor(stack);
  const step = (name: string) => new sfn.Pass(stack, name);
  const steps = { stopWrites: step('stop'), switchTraffic: step('switch'), resumeWrites: step('resume') };
  new CutoverPipeline(stack, 'Cutover', { monitor, ...steps });
  return { stack, monitor, template: Template.fromStack(stack) };
}

/** `wait-failed`, without the name of the monitor. */
const suffixOf = ({ AlarmName }: AlarmProperties): string =>
  /-(?:Monitor|Cutover)-(.*)/.exec(JSON.stringify(AlarmName))?.[1]?.replace(/[^a-z-]/g, '') ?? '';

describe('the runbook', () => {
  const runbook = readFileSync(join(__dirname, '../../../docs/runbook.md'), 'utf8');
  // After the introduction and the commands.
  const [, commands, ...sections] = runbook.split(/^## /m);
  const anchorOf = (section: string) =>
    (section.split('\n')[0] ?? '').toLowerCase().replaceAll(':', '').replaceAll(' ', '-');

  test('has a section for every alarm and an alarm for every section, in the same order', () => {
    // Several alarms on one state machine share a section.
    const named = [...alarmsOf(plain), ...alarmsOf(withPipeline)].map(sectionOf);
    expect(sections.map(anchorOf)).toEqual([...new Set(named)]);
  });

  test.each(sections.map((section) => [anchorOf(section), section]))(
    'has the meaning, investigation and resolution of %s',
    (_, section) => {
      expect(section.match(/^\*\*(\w+)\.\*\*/gm)).toEqual(['**Meaning.**', '**Investigation.**', '**Resolution.**']);
    },
  );

  test('links to its own sections only', () => {
    const links = [...runbook.matchAll(/\]\(#([^)]+)\)/g)].map(([, anchor]) => anchor);
    expect(links.length).toBeGreaterThan(0);
    for (const link of links) expect([commands ?? '', ...sections].map(anchorOf)).toContain(link);
  });

  test('has the thresholds of the alarms', () => {
    for (const importance of LAG_IMPORTANCES)
      expect(sections.find((section) => section.startsWith(`Lag: importance ${importance}`))).toContain(
        `${LAG_THRESHOLD_SECONDS[importance]} s`,
      );
  });
});

describe('each alarm', () => {
  test('describes the impact, the first action and the section of the runbook', () => {
    for (const { AlarmDescription } of alarmsOf(monitorWith({ runbookUrl: 'https://wiki.example.com/runbook' }))) {
      expect(AlarmDescription).toMatch(
        /^[A-Z].{30,}\. First action: [a-z].{20,}\. Runbook: https:\/\/wiki\.example\.com\/runbook#[a-z-]+$/,
      );
      expect(AlarmDescription.length).toBeLessThanOrEqual(1024);
    }
  });

  test('names the file in the package if there is no runbook URL', () => {
    for (const { AlarmDescription } of alarmsOf(plain))
      expect(AlarmDescription).toMatch(/\. Runbook: docs\/runbook\.md#[a-z-]+ in the npm package oms-cutover$/);
  });

  test('has the name of its monitor as a prefix, so that two monitors in one account have different alarms', () => {
    const names = alarmsOf(plain).map(({ AlarmName }) => AlarmName);
    for (const name of names)
      expect(name).toEqual({
        'Fn::Join': ['', [{ Ref: 'AWS::StackName' }, expect.stringMatching(/^-Monitor-[a-z-]+$/)]],
      });
    expect(new Set(names.map((name) => JSON.stringify(name))).size).toBe(names.length);
  });

  test('publishes to the topic of changes when it starts, and no alarm does so in a first deployment', () => {
    const topic = plain.stack.resolve(plain.monitor.topic.topicArn);
    for (const each of alarmsOf(plain)) {
      const silent = suffixOf(each) === 'no-scheduled-polls';
      expect(each.AlarmActions).toEqual([topic]);
      // A new alarm begins with insufficient data, so that this action needs data before.
      expect(each.InsufficientDataActions).toEqual(silent ? [topic] : undefined);
      // Would fire when a new alarm gets its first data.
      expect(each.OKActions).toBeUndefined();
    }
  });

  test('notifies when it returns from ALARM to OK, unless it counts executions', () => {
    const rules = Object.values(withPipeline.template.findResources('AWS::Events::Rule'))
      .map(({ Properties }) => Properties)
      .filter(({ EventPattern }) => EventPattern.source[0] === 'aws.cloudwatch');
    expect(rules.map(({ EventPattern }) => EventPattern.detail)).toEqual(
      ['-Monitor-', '-Cutover-'].map((prefix) => ({
        alarmName: [{ prefix: { 'Fn::Join': ['', [{ Ref: 'AWS::StackName' }, prefix]] } }],
        state: { value: ['OK'] },
        previousState: { value: ['ALARM'] },
        configuration: { metrics: { metricStat: { metric: { namespace: [{ 'anything-but': ['AWS/States'] }] } } } },
      })),
    );
    const topic = withPipeline.stack.resolve(withPipeline.monitor.topic.topicArn);
    for (const { Targets } of rules)
      expect(Targets).toEqual([
        expect.objectContaining({
          Arn: topic,
          RoleArn: expect.anything(),
          InputTransformer: expect.objectContaining({
            InputTemplate: '"OK again: <detail-alarmName>. <detail-state-reason>"',
          }),
        }),
      ]);
  });

  test('has its own treatment of missing data', () => {
    expect(Object.fromEntries(alarmsOf(plain).map((each) => [suffixOf(each), each.TreatMissingData]))).toEqual({
      'polls-failing': 'notBreaching',
      'no-scheduled-polls': 'missing',
      'project-stalled': 'ignore',
      'lag-importance-high': 'notBreaching',
      'lag-importance-medium': 'notBreaching',
      'lag-importance-low': 'notBreaching',
      'notifications-delayed': 'ignore',
      'failed-events': 'notBreaching',
      'schedule-delivery-failed': 'notBreaching',
      'function-errors': 'notBreaching',
      'function-throttles': 'notBreaching',
      'wait-failed': 'notBreaching',
      'wait-aborted': 'notBreaching',
      'wait-timed-out': 'notBreaching',
      'wait-throttled': 'notBreaching',
      'leg-failed': 'notBreaching',
      'leg-timed-out': 'notBreaching',
      'leg-throttled': 'notBreaching',
    });
  });

  test.each([1, 5, 59, 60, 1440])('can be evaluated by CloudWatch with a schedule of %d minutes', (minutes) => {
    for (const each of alarmsOf(monitorWith({ interval: Duration.minutes(minutes) }))) {
      const period = each.Period ?? Math.max(...(each.Metrics ?? []).map(({ MetricStat }) => MetricStat?.Period ?? 0));
      expect(period % 60).toBe(0);
      const limit = period >= 3600 ? 7 * 86_400 : 86_400;
      expect(period * each.EvaluationPeriods).toBeLessThanOrEqual(limit);
    }
  });
});

describe('the alarms on state machines', () => {
  const metricOf = (suffix: string) => {
    const found = alarmsOf(withPipeline).filter((each) => suffixOf(each) === suffix);
    return found.map(({ Namespace, MetricName, Statistic, Period, Threshold }) => [
      Namespace,
      MetricName,
      Statistic,
      Period,
      Threshold,
    ]);
  };

  test.each([
    ['failed', 'ExecutionsFailed'],
    ['aborted', 'ExecutionsAborted'],
    ['timed-out', 'ExecutionsTimedOut'],
    ['throttled', 'ExecutionThrottled'],
  ])('are raised by one execution that is %s, within a minute for a cutover', (end, metric) => {
    expect(metricOf(`cutover-${end}`)).toEqual([['AWS/States', metric, 'Sum', 60, 1]]);
    expect(metricOf(`wait-${end}`)).toEqual([['AWS/States', metric, 'Sum', 300, 1]]);
  });

  test('count no aborted leg, which ends with the execution that started it', () => {
    expect(metricOf('leg-aborted')).toEqual([]);
    // The legs of the monitor, and those of the pipeline.
    for (const metric of ['failed', 'timed-out', 'throttled']) expect(metricOf(`leg-${metric}`)).toHaveLength(2);
  });
});

describe('the alarm', () => {
  const synthesized = monitorWith({ interval: Duration.minutes(7) });
  const ofMonitor = (name: string) => ({
    Namespace: 'oms-cutover',
    MetricName: name,
    Dimensions: [{ Name: 'service', Value: { 'Fn::Join': ['', [{ Ref: 'AWS::StackName' }, '-Monitor']] } }],
    Period: 420,
  });

  test('on failing polls compares them with all polls, over three intervals', () => {
    const { Metrics, ...rest } = alarm(synthesized, 'polls-failing');
    expect(rest).toMatchObject({ Threshold: 50, EvaluationPeriods: 3, DatapointsToAlarm: 3 });
    expect(Metrics).toEqual([
      expect.objectContaining({ Expression: '100 * failed / polls' }),
      expect.objectContaining({
        Id: 'failed',
        MetricStat: expect.objectContaining({
          Stat: 'Sum',
          Metric: expect.objectContaining({ MetricName: 'FailedChecks' }),
        }),
      }),
      expect.objectContaining({
        Id: 'polls',
        MetricStat: expect.objectContaining({ Stat: 'Sum', Metric: expect.objectContaining({ MetricName: 'Checks' }) }),
      }),
    ]);
  });

  test('on missing polls counts scheduled polls only, not those of waits', () => {
    expect(alarm(synthesized, 'no-scheduled-polls')).toMatchObject({
      ...ofMonitor('ScheduledChecks'),
      Statistic: 'Sum',
      Threshold: 1,
      ComparisonOperator: 'LessThanThreshold',
      EvaluationPeriods: 3,
    });
  });

  test('on a stalled project starts with the first poll that reports it', () => {
    expect(alarm(synthesized, 'project-stalled')).toMatchObject({
      ...ofMonitor('Stalled'),
      Statistic: 'Maximum',
      Threshold: 1,
      EvaluationPeriods: 1,
    });
  });

  test.each([
    ['high', METRICS.lagOf.HIGH, 30],
    ['medium', METRICS.lagOf.MEDIUM, 300],
    ['low', METRICS.lagOf.LOW, 900],
  ])('on the lag of importance %s has its own threshold', (importance, name, seconds) => {
    expect(alarm(synthesized, `lag-importance-${importance}`)).toMatchObject({
      ...ofMonitor(name),
      Statistic: 'Maximum',
      Threshold: seconds,
      ComparisonOperator: 'GreaterThanThreshold',
      DatapointsToAlarm: 3,
      EvaluationPeriods: 3,
    });
  });

  test('on delayed notifications waits for three intervals, longer than a lease outlives a crash', () => {
    expect(alarm(synthesized, 'notifications-delayed')).toMatchObject({
      ...ofMonitor('ChangesPending'),
      EvaluationPeriods: 3,
    });
  });

  test.each([
    ['failed-events', 'failures'],
    ['schedule-delivery-failed', 'scheduleDeadLetters'],
  ] as const)('on %s counts one queue, so that missing data of the other cannot hide it', (section, queue) => {
    const { stack, monitor } = synthesized;
    expect(alarm(synthesized, section)).toMatchObject({
      Namespace: 'AWS/SQS',
      MetricName: 'ApproximateNumberOfMessagesVisible',
      Dimensions: [{ Name: 'QueueName', Value: stack.resolve(monitor[queue].queueName) }],
      Statistic: 'Maximum',
      Threshold: 1,
    });
  });

  test.each([
    ['function-errors', 'Errors'],
    ['function-throttles', 'Throttles'],
  ])('on %s tolerates a single period', (section, name) => {
    expect(alarm(synthesized, section)).toMatchObject({
      Namespace: 'AWS/Lambda',
      MetricName: name,
      Period: 300,
      DatapointsToAlarm: 2,
      EvaluationPeriods: 3,
    });
  });
});

describe('an alarm topic', () => {
  const policyOfKey = (account: unknown) => ({
    Sid: 'AlarmsOfThisAccount',
    Effect: 'Allow',
    Action: ['kms:Decrypt', 'kms:GenerateDataKey'],
    Principal: { Service: 'cloudwatch.amazonaws.com' },
    Resource: '*',
    Condition: { StringEquals: { 'aws:SourceAccount': account } },
  });

  test('given as a prop is used, and its policy and its key allow CloudWatch', () => {
    const synthesized = monitorWith((stack) => ({
      alarmTopic: new sns.Topic(stack, 'Pager', { masterKey: new kms.Key(stack, 'PagerKey') }) as sns.ITopic,
    }));
    const { stack, template } = synthesized;
    const pager = stack.resolve((stack.node.findChild('Pager') as sns.Topic).topicArn);
    for (const { AlarmActions } of alarmsOf(synthesized)) expect(AlarmActions).toEqual([pager]);
    template.hasResourceProperties('AWS::SNS::TopicPolicy', {
      Topics: [pager],
      PolicyDocument: {
        Statement: Match.arrayWith([
          Match.objectLike({
            Action: 'sns:Publish',
            Principal: { Service: 'cloudwatch.amazonaws.com' },
            Resource: pager,
          }),
        ]),
      },
    });
    template.hasResourceProperties('AWS::KMS::Key', {
      KeyPolicy: { Statement: Match.arrayWith([policyOfKey({ Ref: 'AWS::AccountId' })]) },
    });
  });

  test('whose policy cannot be changed causes a warning with the fix', () => {
    const { stack } = monitorWith((scope) => ({
      alarmTopic: sns.Topic.fromTopicArn(scope, 'Imported', 'arn:aws:sns:eu-central-1:111122223333:pager'),
    }));
    Annotations.fromStack(stack).hasWarning('*', Match.stringLikeRegexp('Allow cloudwatch.amazonaws.com to publish'));
  });

  test('whose key cannot be changed causes a warning too', () => {
    const { stack } = monitorWith((scope) => ({
      encryptionKey: kms.Key.fromKeyArn(
        scope,
        'Key',
        'arn:aws:kms:eu-central-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab',
      ),
    }));
    Annotations.fromStack(stack).hasWarning(
      '/Test/Monitor/Topic',
      Match.stringLikeRegexp('The policy of the KMS key of this topic cannot be changed'),
    );
  });

  test('that is allowed already causes no warning', () => {
    Annotations.fromStack(plain.stack).hasNoWarning('*', Match.anyValue());
  });
});
