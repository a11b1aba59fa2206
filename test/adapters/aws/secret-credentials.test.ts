import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { SecretCredentials } from '../../../lambda/adapters/aws/secret-credentials';
import { type LoopbackReply, listenOnLoopback } from '../../../local/services/loopback';

/** What the secret holds now; how often it was asked for. */
let text: string;
let asked: number;
let server: Awaited<ReturnType<typeof listenOnLoopback>>;
let client: SecretsManagerClient;
const clock = { at: 0, now: () => clock.at };

beforeAll(async () => {
  server = await listenOnLoopback((): LoopbackReply => {
    asked += 1;
    return {
      status: 200,
      contentType: 'application/x-amz-json-1.1',
      body: JSON.stringify({ ARN: 'arn', Name: 'oms', SecretString: text }),
    };
  });
  client = new SecretsManagerClient({
    endpoint: server.url,
    region: 'us-east-1',
    credentials: { accessKeyId: 'x', secretAccessKey: 'x' },
  });
});
afterAll(async () => {
  client.destroy();
  await server.close();
});
beforeEach(() => {
  [text, asked, clock.at] = ['{"username":"oms","password":"one"}', 0, 0];
});

test('reads the account once and keeps it for five minutes', async () => {
  const credentials = new SecretCredentials(client, 'oms', clock);
  expect(await credentials.read()).toEqual({ username: 'oms', password: 'one' });
  clock.at = 299_000;
  await credentials.read();
  expect(asked).toBe(1);
  clock.at = 300_000;
  await credentials.read();
  expect(asked).toBe(2);
});

test('reads it again where OMS rejected it', async () => {
  const credentials = new SecretCredentials(client, 'oms', clock);
  await credentials.read();
  text = '{"username":"oms","password":"two"}';
  expect((await credentials.read()).password).toBe('one');
  expect((await credentials.reread()).password).toBe('two');
  expect((await credentials.read()).password).toBe('two');
});

test.each(['', 'hunter2', '{"username":"oms"}', '{"user":"oms","password":"hunter2"}', '["hunter2"]', 'null'])(
  'refuses the secret %p with what it must be, and without showing it',
  async (held) => {
    text = held;
    const refusal = await new SecretCredentials(client, 'oms', clock).read().catch((error: Error) => error);
    expect(refusal).toMatchObject({
      code: 'CheckFailed',
      message: expect.stringContaining('must be JSON with the strings "username" and "password"'),
    });
    expect(String(refusal)).not.toContain('hunter2');
  },
);
