/** The doctor and a mute through the wired handler, with real clients and loopback peers. */
import { createHandler } from '../lambda/check-handler';
import { ENV } from '../lambda/contract/environment';
import { enterSandbox } from '../local/cloudformation/sandbox';
import type { EmbeddedDynamoDb } from '../local/data/embedded-dynamodb';
import { LOCAL_TABLE } from '../local/data/local-store';
import { CapturedSns, type CapturedSubscription } from '../local/services/captured-sns';
import type { Loopback } from '../local/services/loopback';
import { startSecretsEndpoint } from '../local/services/secrets-endpoint';
import { readScenario } from '../local/simulator/read-scenario';
import { SIMULATOR_PASSWORD, SIMULATOR_USERNAME, type Simulator, startSimulator } from '../local/simulator/simulator';
import { startDynamoDb } from './support/stores/dynamodb';
import { T0 } from './support/values/observations';

const SECRET = 'arn:aws:secretsmanager:us-east-1:000000000000:secret:oms-abcdef';
const TOPIC = 'arn:aws:sns:us-east-1:000000000000:changes';
const COPYING = { at: '0s', status: 'RUNNING', step: 'FULL_MIGRATION', struct: 100, full: 40 };

let database: EmbeddedDynamoDb;
let secrets: Loopback;
let oms: Simulator;
let sns: CapturedSns;
let subscriptions: readonly CapturedSubscription[] = [];
beforeAll(async () => {
  database = await startDynamoDb();
  secrets = await startSecretsEndpoint({ [SECRET]: { username: SIMULATOR_USERNAME, password: SIMULATOR_PASSWORD } });
  const scenario = readScenario({ title: 'T', description: 'A test.', timeline: [COPYING] }, 'test');
  oms = await startSimulator({ projects: { p_a: scenario }, now: () => T0 });
  sns = await CapturedSns.start({ subscriptionsOf: (arn) => (arn === TOPIC ? subscriptions : []) });
  enterSandbox(process.env, { dynamodb: database.url, secretsManager: secrets.url, sns: sns.url });
});
afterAll(async () => {
  await Promise.all([database.close(), secrets.close(), oms.close(), sns.close()]);
});

function ask(event: unknown, env: Readonly<Record<string, string>> = {}) {
  const handler = createHandler({
    env: {
      [ENV.tableName]: LOCAL_TABLE.name,
      [ENV.topicArn]: TOPIC,
      [ENV.omsEndpoint]: oms.url,
      [ENV.omsSecretId]: SECRET,
      ...env,
    },
    clock: { now: () => T0, sleep: async () => {} },
    log: { info: () => {}, warn: () => {} },
  });
  return handler(event, { getRemainingTimeInMillis: () => 180_000 });
}

const finding = (check: string, state: string, seen: unknown = expect.any(String)) =>
  expect.objectContaining({ check, state, seen });

test('every finding is ok where OMS, table and topic work and every subscription is confirmed', async () => {
  subscriptions = [{ protocol: 'email', endpoint: 'dba@example.com' }];
  expect(await ask({ doctor: true, projectId: 'p_a' })).toEqual({
    state: 'ok',
    findings: ['reachable', 'credentials', 'version', 'clock', 'project', 'table', 'topic', 'subscriptions'].map(
      (check) => finding(check, 'ok'),
    ),
  });
  expect(sns.messages).toEqual([]);
});

test('without a project only OMS itself is checked, whichever calls it has', async () => {
  for (const api of ['3.3', '4.1.1', 'both'] as const) {
    oms.setApi(api);
    expect(await ask({ doctor: true })).toMatchObject({ state: 'ok' });
  }
});

test('a subscription that is not confirmed is named', async () => {
  subscriptions = [{ protocol: 'email', endpoint: 'new@example.com', confirmed: false }];
  expect(await ask({ doctor: true })).toMatchObject({
    state: 'problem',
    findings: expect.arrayContaining([
      finding('subscriptions', 'problem', '0 confirmed; not confirmed: email new@example.com'),
    ]),
  });
});

test('a test message is sent on request, with a change kind of its own', async () => {
  const before = sns.messages.length;
  expect(await ask({ doctor: true, projectId: 'p_a', testNotification: true })).toMatchObject({
    findings: expect.arrayContaining([finding('test-notification', 'ok')]),
  });
  expect(sns.messages.slice(before)).toMatchObject([
    {
      subject: '[oms-cutover] p_a test notification',
      attributes: { project: 'p_a', change: 'test', sequence: '0' },
    },
  ]);
});

test('a missing table and an unknown project are problems, each with a way to fix it', async () => {
  const todo = expect.stringMatching(/^\S/);
  expect(await ask({ doctor: true, projectId: 'p_other' }, { [ENV.tableName]: 'none' })).toMatchObject({
    state: 'problem',
    findings: expect.arrayContaining([
      expect.objectContaining({ check: 'project', state: 'problem', todo }),
      expect.objectContaining({ check: 'table', state: 'problem', todo }),
    ]),
  });
});

test('a mute is stored, found by the doctor, and ended', async () => {
  const mutedUntil = '2026-11-23T02:00:00.000Z';
  const request = { projectId: 'p_a', forSeconds: 7200 };
  expect(await ask({ mute: request })).toEqual({ projectId: 'p_a', mutedUntil, pending: 0 });
  expect(await ask({ doctor: true, projectId: 'p_a' })).toMatchObject({
    findings: expect.arrayContaining([finding('mute', 'attention', `muted until ${mutedUntil}, 0 changes held back`)]),
  });
  expect(await ask({ mute: { ...request, forSeconds: 0 } })).toEqual({
    projectId: 'p_a',
    mutedUntil: null,
    pending: 0,
  });
});
