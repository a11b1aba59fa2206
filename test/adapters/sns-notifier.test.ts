import { SNSClient } from '@aws-sdk/client-sns';
import { SnsNotifier } from '../../lambda/adapters/sns-notifier';
import { notificationOf } from '../../lambda/core/message';
import { CapturedSns } from '../../local/captured-sns';
import { ok, SECOND, T0 } from '../support/looks';
import { play } from '../support/run';

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

test('publishes subject and body, and every attribute that a filter policy may ask for', async () => {
  const { latest } = play([ok(T0, { status: 'INIT' }), ok(T0 + SECOND)]);
  const notification = notificationOf(latest.pending[0] as never);
  await new SnsNotifier(client, TOPIC).publish(notification);
  expect(sns.messages).toEqual([
    {
      topicArn: TOPIC,
      subject: '[oms-cutover] p_x RUNNING (was INIT 1 s), FULL_MIGRATION 40 %',
      message: notification.body,
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
