import { SNSClient } from '@aws-sdk/client-sns';
import { SnsNotifier } from '../../../lambda/adapters/notifiers/sns';
import type { Change } from '../../../lambda/core/model/change';
import { notificationOf } from '../../../lambda/core/notifications/notification';
import { CapturedSns } from '../../../local/services/captured-sns';
import { play } from '../../support/run';
import { FACTS } from '../../support/values/changes';
import { ok, SECOND, T0 } from '../../support/values/observations';

const TOPIC = 'arn:aws:sns:us-east-1:000000000000:changes';
let sns: CapturedSns;
let client: SNSClient;
beforeAll(async () => {
  sns = await CapturedSns.start();
  client = new SNSClient({
    endpoint: sns.url,
    region: 'us-east-1',
    credentials: { accessKeyId: 'x', secretAccessKey: 'x' },
    maxAttempts: 1,
  });
});
afterAll(async () => {
  client.destroy();
  await sns.close();
});

test('publishes the text for people, the event for programs, and every attribute that a filter policy may use', async () => {
  const { projectState } = play([ok(T0, { status: 'INIT' }), ok(T0 + SECOND)]);
  const notification = notificationOf(projectState.pending[0] as never);
  await new SnsNotifier(client, TOPIC).publish(notification);
  expect(sns.messages).toEqual([
    {
      topicArn: TOPIC,
      subject: '[oms-cutover] p_x RUNNING (was INIT 1 s), FULL_MIGRATION 40 %',
      message: notification.body,
      byProtocol: {
        default: notification.body,
        sms: notification.subject,
        sqs: JSON.stringify(notification.event),
        lambda: JSON.stringify(notification.event),
        firehose: JSON.stringify(notification.event),
        http: JSON.stringify(notification.event),
        https: JSON.stringify(notification.event),
      },
      attributes: {
        project: 'p_x',
        change: 'status',
        from: 'INIT',
        to: 'RUNNING',
        status: 'RUNNING',
        importance: 'MEDIUM',
        changeId: 'c2-1',
        sequence: '1',
      },
    },
  ]);
});

test('the longest possible change fits into a message of SNS, in all its forms', async () => {
  // A quote takes four bytes in JSON within JSON.
  const long = '"'.repeat(100_000);
  const words = [
    'code',
    'message',
    'advice',
    'requestId',
    'cost',
    'level',
    'reason',
    'proposal',
    'failedStep',
    'failedStepMessage',
  ];
  const change: Change = {
    ...FACTS,
    kind: 'cutover',
    params: { headline: long, body: long, advice: long, importance: 'HIGH' },
    project: long.slice(0, 128),
    said: Object.fromEntries(words.map((word) => [word, long])),
  };
  const before = sns.messages.length;
  await new SnsNotifier(client, TOPIC).publish(notificationOf(change));
  expect(sns.messages).toHaveLength(before + 1);
});
