/** The schedule's events through the handler as it is wired, on peers on loopback. */
import { createHandler } from '../lambda/check-handler';
import { ENV } from '../lambda/contract/environment';
import { enterSandbox } from '../local/cloudformation/sandbox';
import type { EmbeddedDynamoDb } from '../local/data/embedded-dynamodb';
import { LOCAL_TABLE } from '../local/data/local-store';
import type { Loopback } from '../local/services/loopback';
import { startSecretsEndpoint } from '../local/services/secrets-endpoint';
import { readScenario } from '../local/simulator/read-scenario';
import { SIMULATOR_PASSWORD, SIMULATOR_USERNAME, type Simulator, startSimulator } from '../local/simulator/simulator';
import { startDynamoDb } from './support/stores/dynamodb';
import { T0 } from './support/values/observations';

const SECRET = 'arn:aws:secretsmanager:us-east-1:000000000000:secret:oms-abcdef';
const COPYING = { at: '0s', status: 'RUNNING', step: 'FULL_MIGRATION', struct: 100, full: 40 };

let database: EmbeddedDynamoDb;
let secrets: Loopback;
let oms: Simulator;
let now = T0;
beforeAll(async () => {
  database = await startDynamoDb();
  secrets = await startSecretsEndpoint({ [SECRET]: { username: SIMULATOR_USERNAME, password: SIMULATOR_PASSWORD } });
  const scenario = (more: object, kind = 'migration') =>
    readScenario({ title: 'T', description: 'A test.', kind, timeline: [{ ...COPYING, ...more }] }, 'test');
  oms = await startSimulator({
    projects: {
      np_a: scenario({}),
      np_b: scenario({}),
      np_sync: scenario({ step: 'FULL_SYNC' }, 'sync'),
      np_released: scenario({ status: 'RELEASED' }),
    },
    now: () => now,
  });
  enterSandbox(process.env, { dynamodb: database.url, secretsManager: secrets.url });
});
afterAll(async () => {
  await Promise.all([database.close(), secrets.close(), oms.close()]);
});

function newHandler(env: Readonly<Record<string, string>> = {}) {
  const logged: { event: string; fields: unknown }[] = [];
  const note = (event: string, fields?: unknown) => logged.push({ event, fields });
  const handler = createHandler({
    env: {
      [ENV.tableName]: LOCAL_TABLE.name,
      [ENV.topicArn]: 'arn:aws:sns:us-east-1:000000000000:changes',
      [ENV.omsEndpoint]: oms.url,
      [ENV.omsSecretId]: SECRET,
      ...env,
    },
    clock: { now: () => now, sleep: async () => {} },
    log: { info: note, warn: note },
  });
  const ask = (event: unknown) => {
    now += 300_000;
    return handler(event, { getRemainingTimeInMillis: () => 180_000 });
  };
  return { ask, logged };
}

const polled = (logged: readonly { event: string; fields: unknown }[]) =>
  logged.filter(({ event }) => event === 'check').map(({ fields }) => (fields as { projectId: string }).projectId);

test('the handler checks all listed projects of the kind that it is deployed for', async () => {
  const migration = newHandler();
  expect(await migration.ask({ projects: 'all', intervalSeconds: 300 })).toEqual({
    checked: 2,
    failed: [],
    notReached: [],
    notListed: null,
  });
  expect(polled(migration.logged).sort()).toEqual(['np_a', 'np_b']);
});

test('the handler checks the last known list when OMS no longer lists, also after a restart of the function', async () => {
  await newHandler().ask({ projects: 'all', intervalSeconds: 300 });
  oms.setApi('3.3');
  const { ask, logged } = newHandler();
  expect(await ask({ projects: 'all', intervalSeconds: 300 })).toMatchObject({
    checked: 2,
    notListed: { outcome: 'OmsBadReply', missingCall: true, problem: expect.stringContaining('name them') },
  });
  expect(logged.map(({ event }) => event)).toContain('fleet-not-listed');
  oms.setApi('both');
});

test('the handler leaves for the next event what could outlast the time-out that it is deployed with', async () => {
  const { ask } = newHandler({ [ENV.requestTimeoutSeconds]: '160' });
  const order = { projects: ['np_a', 'np_b'], intervalSeconds: 300 };
  expect(await ask(order)).toMatchObject({ checked: 0, notReached: ['np_a', 'np_b'] });
});

test('the handler refuses an event without projects', async () => {
  await expect(newHandler().ask({ projects: [], intervalSeconds: 300 })).rejects.toMatchObject({
    code: 'InvalidInput',
    message: 'projects must be a list of project ids, one at least, "all" or "listed", got []',
  });
});
