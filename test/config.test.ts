import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readConfig } from '../lambda/config';
import { ENV } from '../lambda/contract/environment';
import { InvalidInput } from '../lambda/core/model/errors';

const GOOD = {
  TABLE_NAME: 'table',
  TOPIC_ARN: 'arn:aws:sns:eu-central-1:111122223333:changes',
  OMS_ENDPOINT: 'http://10.0.0.5:8089',
  OMS_SECRET_ID: 'arn:aws:secretsmanager:eu-central-1:111122223333:secret:oms',
};

function problemsOf(env: Record<string, string | undefined>): readonly string[] {
  try {
    readConfig(env);
    return [];
  } catch (error) {
    if (error instanceof InvalidInput) return error.problems;
    throw error;
  }
}

test('uses the defaults for variables that are not set', () => {
  expect(readConfig(GOOD)).toEqual({
    tableName: 'table',
    topicArn: GOOD.TOPIC_ARN,
    omsEndpoint: GOOD.OMS_ENDPOINT,
    omsSecretId: GOOD.OMS_SECRET_ID,
    omsApi: 'auto',
    omsKind: 'migration',
    requestTimeoutMs: 10_000,
    retentionDays: 90,
    leaseMs: 210_000,
    monitorName: 'oms-cutover',
  });
});

test.each([
  ['eu-central-1', 'https://console.aws.amazon.com/cloudwatch/home?region=eu-central-1#dashboards/dashboard/M'],
  ['cn-north-1', 'https://console.amazonaws.cn/cloudwatch/home?region=cn-north-1#dashboards/dashboard/M'],
  ['us-gov-west-1', 'https://console.amazonaws-us-gov.com/cloudwatch/home?region=us-gov-west-1#dashboards/dashboard/M'],
])('links to the dashboard in the console of the region where it runs, %s', (AWS_REGION, url) => {
  expect(readConfig({ ...GOOD, AWS_REGION, DASHBOARD_NAME: 'M' }).dashboardUrl).toBe(url);
});

test('has no link to a dashboard without a name or a region, nor in a partition whose console is unknown', () => {
  expect(readConfig({ ...GOOD, DASHBOARD_NAME: 'M' }).dashboardUrl).toBeUndefined();
  expect(readConfig({ ...GOOD, AWS_REGION: 'eu-central-1' }).dashboardUrl).toBeUndefined();
  expect(readConfig({ ...GOOD, AWS_REGION: 'us-iso-east-1', DASHBOARD_NAME: 'M' }).dashboardUrl).toBeUndefined();
});

test('leases for longer than the function may run: a slow publisher never counts as a dead one', () => {
  expect(readConfig({ ...GOOD, FUNCTION_TIMEOUT_SECONDS: '300' }).leaseMs).toBeGreaterThan(300_000);
});

test('refuses an environment with every problem at once', () => {
  const env = {
    TOPIC_ARN: '',
    OMS_ENDPOINT: 'ftp://x',
    OMS_SECRET_ID: 's',
    OMS_API: '5',
    REQUEST_TIMEOUT_SECONDS: '5m',
    OMS_CA_FILE: '/no/such.pem',
  };
  expect(problemsOf(env)).toEqual([
    'TABLE_NAME is required',
    'TOPIC_ARN must be a text, got ""',
    expect.stringMatching(/^OMS_ENDPOINT: the OMS endpoint "ftp:\/\/x" does not begin with http/),
    'OMS_API must be one of auto, 3.3, 4.1.1, got "5"',
    expect.stringMatching(/^OMS_CA_FILE: \/no\/such\.pem cannot be read: ENOENT/),
    'REQUEST_TIMEOUT_SECONDS must be a whole number above 0, got "5m"',
  ]);
});

test('refuses a request timeout longer than a timer can be', () => {
  expect(readConfig({ ...GOOD, REQUEST_TIMEOUT_SECONDS: '2147483' }).requestTimeoutMs).toBe(2_147_483_000);
  expect(problemsOf({ ...GOOD, REQUEST_TIMEOUT_SECONDS: '2147484' })).toEqual([
    'REQUEST_TIMEOUT_SECONDS must be 2147483 (24 d 20 h) or less, got 2147484',
  ]);
});

test('refuses a CA file without a certificate', () => {
  const folder = mkdtempSync(join(tmpdir(), 'config-'));
  try {
    const file = join(folder, 'ca.pem');
    writeFileSync(file, 'not a certificate');
    expect(problemsOf({ ...GOOD, [ENV.omsCaFile]: file })).toEqual([
      `OMS_CA_FILE: ${file} holds no PEM certificate (-----BEGIN CERTIFICATE-----)`,
    ]);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
