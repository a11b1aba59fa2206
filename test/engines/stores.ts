/** Runs the tests of the stores and of the handler on each database: the embedded one, and those of the engines. */
import { execFile } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { startEmbeddedDynamoDb } from '../../local/data/embedded-dynamodb';
import { LOCAL_TABLE } from '../../local/data/local-store';
import { ENDPOINT } from '../support/stores/dynamodb';
import type { Start } from './play';
import { STORE_DIFFERENCES } from './scene/differences';
import { AwsApi } from './server/aws-api';

export interface StoreReport {
  readonly name: string;
  readonly passed: number;
  readonly failed: number;
  readonly problems: readonly string[];
}

const ROOT = join(__dirname, '../..');
const TESTS = ['test/adapters/dynamodb', 'test/check-handler'];

export async function testEmbeddedStore(): Promise<StoreReport> {
  const database = await startEmbeddedDynamoDb({ table: LOCAL_TABLE });
  try {
    return await test('dynalite', undefined, database.url);
  } finally {
    await database.close();
  }
}

export async function testStoreOf(start: Start, folder: string): Promise<StoreReport> {
  const own = join(folder, `${start.name}-store`);
  mkdirSync(own);
  const engine = await start({ lambdaUrl: 'http://127.0.0.1:9', waitScale: 1, folder: own });
  try {
    return await test(engine.name, engine.api.endpoint, engine.api.endpoint);
  } finally {
    await engine.stop();
  }
}

/** @param endpoint undefined: each test file starts an embedded database. */
async function test(name: string, endpoint: string | undefined, probed: string): Promise<StoreReport> {
  const { numPassedTests, numFailedTests, numRuntimeErrorTestSuites, testResults } = await jest(endpoint);
  const problems = testResults
    .filter(({ status }) => status === 'failed')
    .map(({ message }) => `${name}: ${message.slice(0, 2_000)}`);
  if (numPassedTests === 0) problems.push(`${name}: no test passed`);
  return {
    name,
    passed: numPassedTests,
    failed: numFailedTests + numRuntimeErrorTestSuites,
    problems: [...problems, ...(await probeProblems(name, probed))],
  };
}

interface JestResult {
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  /** Files that failed to run. */
  readonly numRuntimeErrorTestSuites: number;
  readonly testResults: readonly { readonly status: string; readonly message: string }[];
}

/** In band, because the files share a table. */
function jest(endpoint: string | undefined): Promise<JestResult> {
  const args = [join(ROOT, 'node_modules/.bin/jest'), '--runInBand', '--json', '--silent', ...TESTS];
  const env = { ...process.env, ...(endpoint === undefined ? {} : { [ENDPOINT]: endpoint }) };
  return new Promise((resolve, reject) => {
    execFile(process.execPath, args, { cwd: ROOT, env, maxBuffer: 64 * 1024 * 1024 }, (error, stdout, stderr) => {
      try {
        resolve(JSON.parse(stdout) as JestResult);
      } catch {
        reject(new Error(`jest gave no result: ${stderr.slice(-2_000)}`, { cause: error }));
      }
    });
  });
}

/** Documented behavior of DynamoDB that emulators may lack. Each returns whether the database has it. */
const PROBES: Readonly<Record<string, (api: AwsApi) => Promise<boolean>>> = {
  'rejects unpaired surrogates': (api) => refuses(put(api, { S: '\ud83d' })),
  'rejects values nested more than 32 levels': (api) => refuses(put(api, nested(34))),
  'supports TTL': async (api) => !(await refuses(enableTtl(api))),
};

const put = (api: AwsApi, value: object) =>
  api.json('dynamodb', 'DynamoDB_20120810.PutItem', {
    TableName: LOCAL_TABLE.name,
    Item: { pk: { S: 'p_probe' }, sk: { S: 'PROBE' }, value },
  });

const enableTtl = (api: AwsApi) =>
  api.json('dynamodb', 'DynamoDB_20120810.UpdateTimeToLive', {
    TableName: LOCAL_TABLE.name,
    TimeToLiveSpecification: { AttributeName: 'expiresAt', Enabled: true },
  });

const nested = (depth: number): object => (depth === 0 ? { S: 'x' } : { L: [nested(depth - 1)] });

const refuses = (call: Promise<unknown>): Promise<boolean> =>
  call.then(
    () => false,
    () => true,
  );

async function probeProblems(store: string, endpoint: string): Promise<string[]> {
  const api = new AwsApi(endpoint);
  const problems: string[] = [];
  for (const [probe, hasBehavior] of Object.entries(PROBES)) {
    const known = STORE_DIFFERENCES.some((one) => one.store === store && one.probe === probe);
    const holds = await hasBehavior(api);
    if (!holds && !known) problems.push(`${store}: "${probe}" does not hold`);
    if (holds && known) problems.push(`${store}: "${probe}" holds now, remove it from differences.ts`);
  }
  return problems;
}
