/** The log of the deployed function: one JSON object a line for each check and its metrics, also for a check that fails. */
import { createHandler } from '../lambda/check-handler';
import { ENV } from '../lambda/contract/environment';
import { enterSandbox } from '../local/cloudformation/sandbox';
import type { EmbeddedDynamoDb } from '../local/data/embedded-dynamodb';
import { LOCAL_TABLE } from '../local/data/local-store';
import type { Loopback } from '../local/services/loopback';
import { startSecretsEndpoint } from '../local/services/secrets-endpoint';
import { readScenario } from '../local/simulator/read-scenario';
import { SIMULATOR_PASSWORD, SIMULATOR_USERNAME, type Simulator, startSimulator } from '../local/simulator/simulator';
import { linesOf } from './adapters/aws/output';
import { startDynamoDb } from './support/stores/dynamodb';
import { T0 } from './support/values/observations';

const SECRET = 'arn:aws:secretsmanager:us-east-1:000000000000:secret:oms-abcdef';

let database: EmbeddedDynamoDb;
let secrets: Loopback;
let oms: Simulator;
beforeAll(async () => {
  database = await startDynamoDb();
  secrets = await startSecretsEndpoint({ [SECRET]: { username: SIMULATOR_USERNAME, password: SIMULATOR_PASSWORD } });
  const timeline = [{ at: '0s', status: 'RUNNING', step: 'FULL_MIGRATION', struct: 100, full: 40 }];
  oms = await startSimulator({
    projects: { np_a: readScenario({ title: 'T', description: 'A test.', timeline }, 'test') },
    now: () => T0,
  });
  enterSandbox(process.env, { dynamodb: database.url, secretsManager: secrets.url });
});
afterAll(async () => {
  await Promise.all([database.close(), secrets.close(), oms.close()]);
});

function newHandler(tableName: string) {
  const handler = createHandler({
    env: {
      [ENV.tableName]: tableName,
      [ENV.topicArn]: 'arn:aws:sns:us-east-1:000000000000:changes',
      [ENV.omsEndpoint]: oms.url,
      [ENV.omsSecretId]: SECRET,
      [ENV.monitorName]: 'Monitor',
      [ENV.fleetSize]: '1',
    },
    clock: { now: () => T0, sleep: async () => {} },
  });
  return () => handler({ projects: ['np_a'], intervalSeconds: 300 }, { getRemainingTimeInMillis: () => 180_000 });
}

/** The metrics among the lines. */
const metricsOf = (lines: readonly Record<string, unknown>[]) => lines.filter((line) => '_aws' in line);

test('a check writes one short line with what a search needs, unknown values as null, and two with its metrics', async () => {
  const lines = await linesOf(newHandler(LOCAL_TABLE.name));
  expect(lines.filter(({ event }) => event === 'check')).toEqual([
    {
      level: 'INFO',
      event: 'check',
      timestamp: expect.any(String),
      service: 'Monitor',
      projectId: 'np_a',
      checkId: expect.any(String),
      looker: 'schedule',
      outcome: 'OK',
      status: 'RUNNING',
      step: 'FULL_MIGRATION',
      fullProgress: 40,
      lagSeconds: null,
      stalled: false,
      problem: null,
      verdict: 'NOT_YET',
      reason: { code: 'NotFinished', message: 'RUNNING, FULL_MIGRATION 40 %' },
      waitSeconds: expect.any(Number),
    },
  ]);
  expect(metricsOf(lines)).toMatchObject([
    { service: 'Monitor', Checks: 1, FailedChecks: 0, ScheduledChecks: 1 },
    { service: 'Monitor', project: 'np_a', Progress: 40 },
  ]);
});

test('a check that fails on our side is counted before the invocation fails', async () => {
  const failing = newHandler('no-such-table');
  const lines = await linesOf(() => expect(failing()).rejects.toThrow(/on our side/));
  expect(lines).toContainEqual(expect.objectContaining({ level: 'WARN', event: 'check-failed', projectId: 'np_a' }));
  expect(metricsOf(lines)).toMatchObject([{ service: 'Monitor', Checks: 1, FailedChecks: 1, ScheduledChecks: 1 }]);
});
