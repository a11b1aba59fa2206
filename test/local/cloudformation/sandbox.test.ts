import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { type Env, enterSandbox, withoutAws } from '../../../local/cloudformation/sandbox';
import { CapturedSns } from '../../../local/services/captured-sns';

/** What a developer signed in to a production account might have, and what would let a call out. */
const HOSTILE = {
  AWS_ACCESS_KEY_ID: 'AKIAREAL',
  AWS_SECRET_ACCESS_KEY: 'real',
  AWS_SESSION_TOKEN: 'real',
  AWS_PROFILE: 'production',
  AWS_REGION: 'eu-west-1',
  AWS_IGNORE_CONFIGURED_ENDPOINT_URLS: 'true',
  AWS_ENDPOINT_URL: 'http://127.0.0.1:1/real',
  AWS_ENDPOINT_URL_SNS: 'http://127.0.0.1:1/real',
  AWS_ENDPOINT_URL_STS: 'http://127.0.0.1:1/real',
  AWS_USE_FIPS_ENDPOINT: 'true',
  AWS_WEB_IDENTITY_TOKEN_FILE: '/real/token',
  AWS_CONTAINER_CREDENTIALS_FULL_URI: 'http://169.254.170.2/real',
  AWS_SDK_LOAD_CONFIG: '1',
  AWS_SOMETHING_OF_NEXT_YEAR: 'real',
  HTTP_PROXY: 'http://127.0.0.1:1',
  HTTPS_PROXY: 'http://127.0.0.1:1',
  all_proxy: 'http://127.0.0.1:1',
  NODE_USE_ENV_PROXY: '1',
};

test('removes every inherited AWS setting, and nothing else', () => {
  const env: Env = { ...HOSTILE, PATH: '/bin', HOME: '/home/me', AWSOME: 'stays' };
  enterSandbox(env, { sns: 'http://127.0.0.1:7001' });
  expect(env).toEqual({
    PATH: '/bin',
    HOME: '/home/me',
    AWSOME: 'stays',
    AWS_ACCESS_KEY_ID: 'local',
    AWS_SECRET_ACCESS_KEY: 'local',
    AWS_REGION: 'us-east-1',
    AWS_DEFAULT_REGION: 'us-east-1',
    AWS_CONFIG_FILE: '/dev/null',
    AWS_SHARED_CREDENTIALS_FILE: '/dev/null',
    AWS_EC2_METADATA_DISABLED: 'true',
    AWS_ENDPOINT_URL: 'http://127.0.0.1:9',
    AWS_ENDPOINT_URL_DYNAMODB: 'http://127.0.0.1:9',
    AWS_ENDPOINT_URL_SNS: 'http://127.0.0.1:7001',
    AWS_ENDPOINT_URL_SECRETS_MANAGER: 'http://127.0.0.1:9',
    AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true',
    NO_PROXY: '*',
    no_proxy: '*',
  });
});

test('a child process gets no AWS setting and none of an outer CDK run', () => {
  expect(withoutAws({ ...HOSTILE, CDK_OUTDIR: 'theirs', PATH: '/bin' })).toEqual({
    PATH: '/bin',
    HTTP_PROXY: 'http://127.0.0.1:1',
    HTTPS_PROXY: 'http://127.0.0.1:1',
    all_proxy: 'http://127.0.0.1:1',
    NODE_USE_ENV_PROXY: '1',
  });
});

describe('with the AWS clients, in a child process', () => {
  let home: string;
  let sns: CapturedSns;

  beforeAll(async () => {
    home = mkdtempSync(join(tmpdir(), 'sandbox-'));
    mkdirSync(join(home, '.aws'));
    writeFileSync(
      join(home, '.aws/config'),
      '[default]\nignore_configured_endpoint_urls = true\nregion = eu-west-1\n[profile production]\nignore_configured_endpoint_urls = true\n',
    );
    writeFileSync(
      join(home, '.aws/credentials'),
      '[default]\naws_access_key_id = AKIAFILE\naws_secret_access_key = file\n',
    );
    sns = await CapturedSns.start();
  });

  afterAll(async () => {
    await sns.close();
    rmSync(home, { recursive: true });
  });

  /** Enters the sandbox in a hostile environment, then says where each client would go, and with which key. */
  async function whereTo(): Promise<Record<string, string>> {
    const env: Env = { ...HOSTILE, PATH: process.env.PATH, HOME: home, NODE_USE_ENV_PROXY: undefined };
    enterSandbox(env, { sns: sns.url });
    const script = `
      const { SNSClient, PublishCommand } = require('@aws-sdk/client-sns');
      const { DynamoDBClient, ListTablesCommand } = require('@aws-sdk/client-dynamodb');
      (async () => {
        const sns = new SNSClient({});
        await sns.send(new PublishCommand({ TopicArn: 'arn:aws:sns:us-east-1:000000000000:T', Message: 'm', Subject: 's' }));
        const keys = await sns.config.credentials();
        const dynamodb = await new DynamoDBClient({ maxAttempts: 1 }).send(new ListTablesCommand({})).catch((error) => error);
        console.log(JSON.stringify({ key: keys.accessKeyId, region: await sns.config.region(), dynamodb: dynamodb.message }));
      })();`;
    const { stdout } = await promisify(execFile)(process.execPath, ['-e', script], {
      env: env as NodeJS.ProcessEnv,
      cwd: join(__dirname, '../../..'),
    });
    return JSON.parse(stdout);
  }

  test('an embedded service is reached, every other call ends on this machine', async () => {
    expect(await whereTo()).toEqual({
      key: 'local',
      region: 'us-east-1',
      dynamodb: expect.stringContaining('ECONNREFUSED 127.0.0.1:9'),
    });
    expect(sns.messages).toHaveLength(1);
  });
});
