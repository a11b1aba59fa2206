/** Bus and chat as the AWS clients speak to them, against peers on loopback. */
import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { SNSClient } from '@aws-sdk/client-sns';
import { ChatNotifier } from '../../../lambda/adapters/notifiers/chat';
import { EventBusNotifier } from '../../../lambda/adapters/notifiers/event-bus';
import type { Change } from '../../../lambda/core/model/change';
import { stateChangeOf } from '../../../lambda/core/notifications/bus-event';
import { chatMessageOf } from '../../../lambda/core/notifications/chat-message';
import { notificationOf } from '../../../lambda/core/notifications/notification';
import { CapturedSns } from '../../../local/services/captured-sns';
import { type Loopback, listenOnLoopback } from '../../../local/services/loopback';
import { ok, SECOND, T0 } from '../../support/observations';
import { play } from '../../support/run';

const BUS = 'arn:aws:events:us-east-1:000000000000:event-bus/ours';
const ACCESS = { region: 'us-east-1', credentials: { accessKeyId: 'x', secretAccessKey: 'x' }, maxAttempts: 1 };
const [change] = play([ok(T0, { status: 'INIT' }), ok(T0 + SECOND)]).projectState.pending as [Change];
const notification = notificationOf({
  ...change,
  execution: 'arn:aws:states:us-east-1:000000000000:execution:Wait:run-1',
});

describe('the bus', () => {
  let reply = '{"FailedEntryCount":0,"Entries":[{"EventId":"1"}]}';
  const asked: unknown[] = [];
  let server: Loopback;
  let client: EventBridgeClient;
  beforeAll(async () => {
    server = await listenOnLoopback(({ body }) => {
      asked.push(JSON.parse(body));
      return { status: 200, contentType: 'application/x-amz-json-1.1', body: reply };
    });
    client = new EventBridgeClient({ ...ACCESS, endpoint: server.url });
  });
  afterAll(async () => {
    client.destroy();
    await server.close();
  });

  test('gets one event, with the execution among its resources', async () => {
    await new EventBusNotifier(client, BUS).publish(notification);
    expect(asked).toEqual([
      {
        Entries: [
          {
            EventBusName: BUS,
            Source: 'oms-cutover',
            DetailType: 'OMS Migration Project State Change',
            Time: (T0 + SECOND) / 1000,
            Resources: ['arn:aws:states:us-east-1:000000000000:execution:Wait:run-1'],
            Detail: JSON.stringify(stateChangeOf(notification)),
          },
        ],
      },
    ]);
  });

  test('is heard where it refuses the event though the call succeeds', async () => {
    reply = '{"FailedEntryCount":1,"Entries":[{"ErrorCode":"ThrottlingException","ErrorMessage":"slow down"}]}';
    await expect(new EventBusNotifier(client, BUS).publish(notification)).rejects.toMatchObject({
      code: 'CheckFailed',
      message: 'the event bus refused the event: ThrottlingException slow down',
    });
  });
});

test('the chat’s topic gets the custom notification and nothing around it', async () => {
  const sns = await CapturedSns.start();
  const client = new SNSClient({ ...ACCESS, endpoint: sns.url });
  try {
    await new ChatNotifier(client, 'arn:aws:sns:us-east-1:000000000000:chat').publish(notification);
    expect(sns.messages).toEqual([
      {
        topicArn: 'arn:aws:sns:us-east-1:000000000000:chat',
        subject: undefined,
        message: JSON.stringify(chatMessageOf(notification)),
        attributes: {},
      },
    ]);
  } finally {
    client.destroy();
    await sns.close();
  }
});
