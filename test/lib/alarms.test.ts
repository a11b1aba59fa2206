/** The alarms: what each one listens to, and that it can be heard. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Duration } from 'aws-cdk-lib';
import { Annotations, Match } from 'aws-cdk-lib/assertions';
import * as kms from 'aws-cdk-lib/aws-kms';
import * as sns from 'aws-cdk-lib/aws-sns';
import { LAG_THRESHOLD_SECONDS } from '../../lambda/contract/defaults';
import { METRICS } from '../../lambda/contract/metrics';
import { LAG_IMPORTANCES } from '../../lib/alarms/metrics';
import { monitorWith, type Synthesized } from './stacks';

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
  readonly OKActions: unknown[];
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

describe('the runbook', () => {
  const runbook = readFileSync(join(__dirname, '../../docs/runbook.md'), 'utf8');
  // After the introduction and the commands.
  const [, byHand, ...sections] = runbook.split(/^## /m);
  const anchorOf = (section: string) => (section.split('\n')[0] ?? '').toLowerCase().replaceAll(' ', '-');

  test('has a section for every alarm and an alarm for every section, in the same order', () => {
    // The last is a cutover pipeline's own.
    expect(sections.map(anchorOf)).toEqual([...alarmsOf(plain).map(sectionOf), 'cutover-ends-lost']);
  });

  test.each(sections.map((section) => [anchorOf(section), section]))(
    'says of %s what it is, how to look into it and how to end it',
    (_, section) => {
      expect(section.match(/^\*\*(\w+)\.\*\*/gm)).toEqual([
        '**Description.**',
        '**Investigation.**',
        '**Resolution.**',
      ]);
    },
  );

  test('links to its own sections only', () => {
    const links = [...runbook.matchAll(/\]\(#([^)]+)\)/g)].map(([, anchor]) => anchor);
    expect(links.length).toBeGreaterThan(0);
    for (const link of links) expect([byHand ?? '', ...sections].map(anchorOf)).toContain(link);
  });

  test('speaks of the thresholds as they are', () => {
    for (const importance of LAG_IMPORTANCES)
      expect(sections.find((section) => section.startsWith(`Lag of ${importance}`))).toContain(
        `${LAG_THRESHOLD_SECONDS[importance]} s`,
      );
  });
});

describe('each alarm', () => {
  test('says in its description what happens and where to read on', () => {
    for (const { AlarmDescription } of alarmsOf(monitorWith({ runbookUrl: 'https://wiki.example.com/runbook' }))) {
      expect(AlarmDescription).toMatch(/^[A-Z].{30,}\. What to do: https:\/\/wiki\.example\.com\/runbook#[a-z-]+$/);
      expect(AlarmDescription.length).toBeLessThanOrEqual(1024);
    }
  });

  test('says without an address in which file of which package to read on', () => {
    for (const { AlarmDescription } of alarmsOf(plain))
      expect(AlarmDescription).toMatch(/\. What to do: docs\/runbook\.md#[a-z-]+ in the npm package oms-cutover$/);
  });

  test('says by itself where to look first, for whoever has nothing but the e-mail', () => {
    for (const { AlarmDescription } of alarmsOf(plain))
      expect(AlarmDescription).toMatch(/\. First [a-z].{20,}\. What to do: /);
  });

  test('bears the name of its monitor, so that two in one account can be told apart', () => {
    const names = alarmsOf(plain).map(({ AlarmName }) => AlarmName);
    for (const name of names)
      expect(name).toEqual({
        'Fn::Join': ['', [{ Ref: 'AWS::StackName' }, expect.stringMatching(/^-Monitor-[a-z-]+$/)]],
      });
    expect(new Set(names.map((name) => JSON.stringify(name))).size).toBe(names.length);
  });

  test('tells the topic of changes when it begins and when it ends', () => {
    const synthesized = plain;
    const topic = synthesized.stack.resolve(synthesized.monitor.topic.topicArn);
    for (const { AlarmActions, OKActions } of alarmsOf(synthesized))
      expect({ AlarmActions, OKActions }).toEqual({ AlarmActions: [topic], OKActions: [topic] });
  });

  test('decides by itself what missing data means', () => {
    expect(Object.fromEntries(alarmsOf(plain).map((each) => [sectionOf(each), each.TreatMissingData]))).toEqual({
      'checks-failing': 'notBreaching',
      'checks-silent': 'breaching',
      stalled: 'ignore',
      'lag-of-high-importance': 'notBreaching',
      'lag-of-medium-importance': 'notBreaching',
      'lag-of-low-importance': 'notBreaching',
      'notifications-stuck': 'ignore',
      'dead-letters': 'notBreaching',
      'rounds-not-handed-over': 'notBreaching',
      'function-errors': 'notBreaching',
      'function-throttles': 'notBreaching',
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

describe('the alarm', () => {
  const synthesized = monitorWith({ interval: Duration.minutes(7) });
  const ofMonitor = (name: string) => ({
    Namespace: 'oms-cutover',
    MetricName: name,
    Dimensions: [{ Name: 'service', Value: { 'Fn::Join': ['', [{ Ref: 'AWS::StackName' }, '-Monitor']] } }],
    Period: 420,
  });

  test('on failing checks compares them with all, over three intervals', () => {
    const { Metrics, ...rest } = alarm(synthesized, 'checks-failing');
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

  test('on silence listens for the looks of the schedule, which a wait cannot replace', () => {
    expect(alarm(synthesized, 'checks-silent')).toMatchObject({
      ...ofMonitor('ScheduledChecks'),
      Statistic: 'Sum',
      Threshold: 1,
      ComparisonOperator: 'LessThanThreshold',
      EvaluationPeriods: 3,
    });
  });

  test('on stalls hears of one at the first look that tells of it', () => {
    expect(alarm(synthesized, 'stalled')).toMatchObject({
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
  ])('on a lag of %s importance has a threshold of its own', (importance, name, seconds) => {
    expect(alarm(synthesized, `lag-of-${importance}-importance`)).toMatchObject({
      ...ofMonitor(name),
      Statistic: 'Maximum',
      Threshold: seconds,
      ComparisonOperator: 'GreaterThanThreshold',
      DatapointsToAlarm: 3,
      EvaluationPeriods: 3,
    });
  });

  test('on stuck notifications waits for three intervals: a lease outlives a crash by less', () => {
    expect(alarm(synthesized, 'notifications-stuck')).toMatchObject({
      ...ofMonitor('ChangesPending'),
      EvaluationPeriods: 3,
    });
  });

  test.each([
    ['dead-letters', 'failures'],
    ['rounds-not-handed-over', 'scheduleDeadLetters'],
  ] as const)('on %s counts one queue, which a silent other one cannot hide', (section, queue) => {
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
  ])('on %s puts up with a single bad period', (section, name) => {
    expect(alarm(synthesized, section)).toMatchObject({
      Namespace: 'AWS/Lambda',
      MetricName: name,
      Period: 300,
      DatapointsToAlarm: 2,
      EvaluationPeriods: 3,
    });
  });
});

describe('a topic of alarms', () => {
  const policyOfKey = (account: unknown) => ({
    Sid: 'AlarmsOfThisAccount',
    Effect: 'Allow',
    Action: ['kms:Decrypt', 'kms:GenerateDataKey'],
    Principal: { Service: 'cloudwatch.amazonaws.com' },
    Resource: '*',
    Condition: { StringEquals: { 'aws:SourceAccount': account } },
  });

  test('of one’s own is used instead, and is let hear of them: its policy and its key name CloudWatch', () => {
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

  test('that cannot be told so is warned of, with what to do', () => {
    const { stack } = monitorWith((scope) => ({
      alarmTopic: sns.Topic.fromTopicArn(scope, 'Theirs', 'arn:aws:sns:eu-central-1:111122223333:pager'),
    }));
    Annotations.fromStack(stack).hasWarning('*', Match.stringLikeRegexp('Let cloudwatch.amazonaws.com publish to it'));
  });

  test('whose key cannot be told so is warned of too', () => {
    const { stack } = monitorWith((scope) => ({
      encryptionKey: kms.Key.fromKeyArn(
        scope,
        'Key',
        'arn:aws:kms:eu-central-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab',
      ),
    }));
    Annotations.fromStack(stack).hasWarning(
      '/Test/Monitor/Topic',
      Match.stringLikeRegexp("topic's key cannot be changed"),
    );
  });

  test('that needs nothing more is warned of nowhere', () => {
    Annotations.fromStack(plain.stack).hasNoWarning('*', Match.anyValue());
  });
});
