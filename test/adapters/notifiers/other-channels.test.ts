/** The event bus, the chat, and that neither can delay or repeat an e-mail; against peers on loopback. */
import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { SNSClient } from '@aws-sdk/client-sns';
import { ChatNotifier, chatMessageOf } from '../../../lambda/adapters/notifiers/chat';
import { EventBusNotifier, stateChangeOf } from '../../../lambda/adapters/notifiers/event-bus';
import { SideChannels } from '../../../lambda/adapters/notifiers/side-channels';
import { CHANGE_KINDS, type Change } from '../../../lambda/core/model/change';
import { type Notifier, notificationOf } from '../../../lambda/core/notifications/notification';
import { CapturedSns } from '../../../local/services/captured-sns';
import { type Loopback, listenOnLoopback } from '../../../local/services/loopback';
import { play } from '../../support/run';
import { example, FAILED_IN_A_WAIT as FAILED } from '../../support/values/changes';
import { ok, SECOND, T0 } from '../../support/values/observations';

const BUS = 'arn:aws:events:us-east-1:000000000000:event-bus/ours';
const ACCESS = { region: 'us-east-1', credentials: { accessKeyId: 'x', secretAccessKey: 'x' }, maxAttempts: 1 };
const [change] = play([ok(T0, { status: 'INIT' }), ok(T0 + SECOND)]).projectState.pending as [Change];
const notification = notificationOf({
  ...change,
  execution: 'arn:aws:states:us-east-1:000000000000:execution:Wait:run-1',
});

describe('the event bus', () => {
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

  test('fails where it rejects the event although the call succeeds', async () => {
    reply = '{"FailedEntryCount":1,"Entries":[{"ErrorCode":"ThrottlingException","ErrorMessage":"slow down"}]}';
    await expect(new EventBusNotifier(client, BUS).publish(notification)).rejects.toMatchObject({
      code: 'CheckFailed',
      message: 'the event bus refused the event: ThrottlingException slow down',
    });
  });

  test('a change has the fields of a state change of AWS DMS, and the whole event', () => {
    const notified = notificationOf(FAILED);
    expect(stateChangeOf(notified)).toEqual({
      type: 'MIGRATION_PROJECT',
      category: 'Failure',
      eventType: 'MIGRATION_PROJECT_FAILED',
      eventId: 'c1-1',
      resourceLink: notified.event.links.execution,
      detailMessage: notified.subject,
      change: notified.event,
    });
  });

  test.each<[Change, string, string]>([
    [{ ...FAILED, status: 'RUNNING', params: { ...FAILED.params, to: 'RUNNING' } }, 'StateChange', 'RUNNING'],
    [{ ...example('first-seen'), status: 'SUSPEND' }, 'StateChange', 'SUSPEND'],
    [{ ...example('first-seen'), status: 'FAILED' }, 'Failure', 'FAILED'],
    [example('caught-up'), 'Health', 'CAUGHT_UP'],
    [example('goal-met'), 'Notification', 'GOAL_MET'],
    [{ ...example('status', 'sonder"status\n'), status: 'x' }, 'StateChange', 'SONDER_STATUS_'],
  ])('%j is %s, MIGRATION_PROJECT_%s', (changed, category, type) => {
    expect(stateChangeOf(notificationOf(changed))).toMatchObject({ category, eventType: `MIGRATION_PROJECT_${type}` });
  });

  test.each(CHANGE_KINDS)('%s has a type that a rule can name', (kind) => {
    expect(stateChangeOf(notificationOf(example(kind))).eventType).toMatch(/^MIGRATION_PROJECT_[A-Z0-9_]+$/);
  });
});

describe('the chat', () => {
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

  test('a change is a custom notification in the thread of its project', () => {
    const notified = notificationOf(FAILED);
    expect(chatMessageOf(notified)).toEqual({
      version: '1.0',
      source: 'custom',
      id: 'c1-1',
      content: {
        textType: 'client-markdown',
        title: notified.subject,
        description: expect.stringContaining('OMS says: target is full'),
        nextSteps: [
          'open the failed step in the OMS console, fix the cause, and resume the project. OMS can resume it for about 12 h.',
          `Step Functions execution: ${notified.event.links.execution}`,
        ],
        keywords: ['p_x', 'status', 'FAILED'],
      },
      metadata: {
        threadId: 'p_x',
        summary: notified.subject,
        eventType: 'status',
        additionalContext: { ...notified.attributes, sequence: '7' },
      },
    });
  });

  test('the words of OMS notify no channel, hide no address and format nothing', () => {
    const said = { message: '<!channel> see <http://evil.example|the console> *now* & `run` ~this~' };
    const { content } = chatMessageOf(notificationOf({ ...FAILED, said, status: '<@U1>' }));
    const text = JSON.stringify(content);
    expect(text).not.toMatch(/[<>*`~]/);
    expect(text).toContain('&lt;!channel&gt;');
    expect(content.keywords).toContain('&lt;@U1&gt;');
  });
});

describe('side channels', () => {
  const recorder = (notified: string[], name: string, refusal?: Error): Notifier => ({
    publish: async () => {
      if (refusal !== undefined) throw refusal;
      notified.push(name);
    },
  });
  const logged: { event: string; fields: unknown }[] = [];
  const log = { info: () => {}, warn: (event: string, fields?: unknown) => logged.push({ event, fields }) };
  beforeEach(() => logged.splice(0));

  test('are notified after the topic', async () => {
    const notified: string[] = [];
    await new SideChannels(
      recorder(notified, 'main'),
      { chat: recorder(notified, 'chat'), bus: recorder(notified, 'bus') },
      log,
    ).publish(notification);
    expect(notified).toEqual(['main', 'chat', 'bus']);
  });

  test('get nothing that the topic refused: it is published to all of them later', async () => {
    const notified: string[] = [];
    const refusing = recorder(notified, 'main', new Error('no such topic'));
    const channels = new SideChannels(refusing, { chat: recorder(notified, 'chat') }, log);
    await expect(channels.publish(notification)).rejects.toThrow('no such topic');
    expect(notified).toEqual([]);
  });

  test('cannot have an e-mail sent again: what one refuses is logged, and the others are notified', async () => {
    const notified: string[] = [];
    const others = { chat: recorder(notified, 'chat', new Error('gone')), bus: recorder(notified, 'bus') };
    await new SideChannels(recorder(notified, 'main'), others, log).publish(notification);
    expect(notified).toEqual(['main', 'bus']);
    expect(logged).toEqual([
      {
        event: 'side-channel-refused',
        fields: { projectId: 'p_x', changeId: 'c2-1', sequence: 1, channel: 'chat', problem: 'gone' },
      },
    ]);
  });
});
