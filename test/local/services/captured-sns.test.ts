import { ListSubscriptionsByTopicCommand, PublishCommand, SNSClient } from '@aws-sdk/client-sns';
import { CapturedSns } from '../../../local/services/captured-sns';

const TOPIC = 'arn:aws:sns:us-east-1:000000000000:Changes';
let sns: CapturedSns;
let client: SNSClient;

beforeEach(async () => {
  sns = await CapturedSns.start();
  client = new SNSClient({
    endpoint: sns.url,
    region: 'us-east-1',
    credentials: { accessKeyId: 'x', secretAccessKey: 'x' },
  });
});

afterEach(async () => {
  client.destroy();
  await sns.close();
});

const publish = (subject: string, attributes: Record<string, string> = {}) =>
  client.send(
    new PublishCommand({
      TopicArn: TOPIC,
      Subject: subject,
      Message: 'a & b < c\nsecond line: 100 %',
      MessageAttributes: Object.fromEntries(
        Object.entries(attributes).map(([name, value]) => [name, { DataType: 'String', StringValue: value }]),
      ),
    }),
  );

test('stores whole messages in the order of publishing', async () => {
  const reply = await publish('first', { project: 'p_a', change: 'status' });
  await publish('second');
  expect(reply.MessageId).toEqual(expect.any(String));
  expect(sns.messages).toEqual([
    {
      topicArn: TOPIC,
      subject: 'first',
      message: 'a & b < c\nsecond line: 100 %',
      attributes: { project: 'p_a', change: 'status' },
    },
    { topicArn: TOPIC, subject: 'second', message: 'a & b < c\nsecond line: 100 %', attributes: {} },
  ]);
});

test('fails on request, and stores nothing of what failed', async () => {
  sns.failNext(1, { status: 403, code: 'AuthorizationError', message: 'not <you>' });
  await expect(publish('first')).rejects.toMatchObject({ name: 'AuthorizationErrorException', message: 'not <you>' });
  await publish('second');
  expect(sns.messages.map((message) => message.subject)).toEqual(['second']);
});

test('the client retries a server error, and the message arrives once', async () => {
  sns.failNext(2);
  await publish('first');
  expect(sns.messages).toHaveLength(1);
});

test.each([
  ['a subject of 101 characters', 'x'.repeat(101), {}, 'Invalid parameter: Subject'],
  ['a subject that is not ASCII', 'done ✓', {}, 'Invalid parameter: Subject'],
  ['a subject of two lines', 'a\nb', {}, 'Invalid parameter: Subject'],
  ['an empty attribute', 'ok', { from: '' }, "the message attribute 'from' must contain a non-empty value"],
])('refuses %s, as SNS does', async (_, subject, attributes, message) => {
  await expect(publish(subject, attributes)).rejects.toThrow(message);
  expect(sns.messages).toEqual([]);
});

describe('a message for each protocol', () => {
  const publishJson = (message: string) =>
    client.send(new PublishCommand({ TopicArn: TOPIC, Subject: 's', Message: message, MessageStructure: 'json' }));

  test('is stored by protocol, and an e-mail has the default where there is none of its own', async () => {
    await publishJson(JSON.stringify({ default: 'text', sqs: '{"a":1}' }));
    await publishJson(JSON.stringify({ default: 'text', email: 'mail' }));
    expect(sns.messages).toMatchObject([
      { message: 'text', byProtocol: { default: 'text', sqs: '{"a":1}' } },
      { message: 'mail', byProtocol: { default: 'text', email: 'mail' } },
    ]);
  });

  test.each([
    ['no JSON', 'text', 'JSON message body failed to parse'],
    ['a list', '[]', 'JSON message body failed to parse'],
    ['nothing for those that are not named', '{"sqs":"x"}', 'No default entry in JSON message body'],
    ['an object where a string is expected', '{"default":"x","sqs":{"a":1}}', 'sqs is not a string'],
  ])('is refused with %s', async (_, message, problem) => {
    await expect(publishJson(message)).rejects.toThrow(problem);
    expect(sns.messages).toEqual([]);
  });
});

test('lists the subscriptions of a topic, confirmed and pending', async () => {
  const asked = await CapturedSns.start({
    subscriptionsOf: (topicArn) => [
      { protocol: 'email', endpoint: `a&b@${topicArn.length}.org` },
      { protocol: 'email', endpoint: 'new@x.org', confirmed: false },
    ],
  });
  const other = new SNSClient({
    endpoint: asked.url,
    region: 'us-east-1',
    credentials: { accessKeyId: 'x', secretAccessKey: 'x' },
  });
  const { Subscriptions } = await other.send(new ListSubscriptionsByTopicCommand({ TopicArn: TOPIC }));
  expect(Subscriptions).toMatchObject([
    { SubscriptionArn: expect.stringMatching(/^arn:/), Endpoint: `a&b@${TOPIC.length}.org` },
    { SubscriptionArn: 'PendingConfirmation', Endpoint: 'new@x.org' },
  ]);
  other.destroy();
  await asked.close();
});
