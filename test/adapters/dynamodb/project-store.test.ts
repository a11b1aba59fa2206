import { type DynamoDBClient, GetItemCommand, PutItemCommand, QueryCommand } from '@aws-sdk/client-dynamodb';
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import { DynamoDbStore } from '../../../lambda/adapters/dynamodb/project-store';
import { initialState } from '../../../lambda/core/model/project-state';
import type { EmbeddedDynamoDb } from '../../../local/data/embedded-dynamodb';
import { LOCAL_TABLE } from '../../../local/data/local-store';
import { Harness } from '../../support/harness';
import { startDynamoDb } from '../../support/stores/dynamodb';
import { storeContract } from '../../support/stores/store-contract';
import { ok, T0 } from '../../support/values/observations';

let database: EmbeddedDynamoDb;
let client: DynamoDBClient;
beforeAll(async () => {
  database = await startDynamoDb();
  client = database.client();
});
afterAll(async () => {
  client.destroy();
  await database.close();
});
const open = (retentionDays = 90) => new DynamoDbStore({ client, tableName: LOCAL_TABLE.name, retentionDays });

describe('the store in DynamoDB', () => {
  storeContract(async () => open());

  test('lets snapshots expire after their retention, and latest never', async () => {
    const run = new Harness([ok(T0)], open(7));
    await run.check({}, { project: 'p_expiry' });
    const { Items } = await client.send(
      new QueryCommand({
        TableName: LOCAL_TABLE.name,
        KeyConditionExpression: 'pk = :p',
        ExpressionAttributeValues: marshall({ ':p': 'p_expiry' }),
      }),
    );
    const items = (Items ?? []).map((item) => unmarshall(item));
    expect(items.map(({ sk, expiresAt }) => [sk.split('#')[0], expiresAt])).toEqual([
      ['SNAPSHOT', T0 / 1000 + 7 * 86_400],
      ['STATE', undefined],
    ]);
  });

  test('keeps the latest item readable for a person: status, step and time stand in it by name', async () => {
    const run = new Harness([ok(T0)], open());
    await run.check({}, { project: 'p_read' });
    const { Item } = await client.send(
      new GetItemCommand({ TableName: LOCAL_TABLE.name, Key: marshall({ pk: 'p_read', sk: 'STATE' }) }),
    );
    expect(unmarshall(Item ?? {})).toMatchObject({
      version: 1,
      outcome: 'OK',
      progress: { status: 'RUNNING', currentStep: 'FULL_MIGRATION' },
    });
  });

  test('stores text that UTF-8 can carry, whatever OMS or a step of the user’s said', async () => {
    const store = open();
    const projectState = initialState('p_half');
    await store.putState(
      { ...projectState, writeId: 'a\ud83d', recentChecks: ['\ude80', '🚀'] },
      { expectedVersion: 0 },
    );
    expect(await store.readState('p_half')).toEqual({
      ...projectState,
      writeId: 'a\ufffd',
      recentChecks: ['\ufffd', '🚀'],
    });
  });

  test('refuses a malformed item with table, key and every attribute', async () => {
    const store = open();
    const stored = { pk: 'p_wrong', sk: 'STATE', ...initialState('p_wrong'), version: '1', progress: { status: 7 } };
    await client.send(
      new PutItemCommand({
        TableName: LOCAL_TABLE.name,
        Item: marshall({ ...stored, lease: undefined }, { removeUndefinedValues: true }),
      }),
    );
    await expect(store.readState('p_wrong')).rejects.toMatchObject({
      code: 'CheckFailed',
      message: expect.stringMatching(
        /^item STATE of p_wrong in table \S+ is malformed: version must be a number, got "1"; progress\.status must be a text, got 7; progress\.importance is required; .*; lease is required$/,
      ),
    });
  });

  test('ignores an attribute of a newer version', async () => {
    const store = open();
    const state = initialState('p_newer');
    const item = { pk: 'p_newer', sk: 'STATE', ...state, mood: 'good' };
    await client.send(new PutItemCommand({ TableName: LOCAL_TABLE.name, Item: marshall(item) }));
    expect(await store.readState('p_newer')).toEqual(state);
  });

  test('says what it could not do, where and why', async () => {
    const store = new DynamoDbStore({ client, tableName: 'missing', retentionDays: 1 });
    await expect(store.readState('p_x')).rejects.toMatchObject({
      code: 'CheckFailed',
      message: expect.stringMatching(
        /^could not read the latest item of p_x in table missing: ResourceNotFoundException: /,
      ),
    });
  });

  test('stays small after many checks of a project', async () => {
    const store = open();
    const run = new Harness([], store);
    let at = T0;
    run.oms.poll = async () => {
      at += 60_000;
      run.now = at;
      const percent = Math.min(100, Math.floor((at - T0) / 40_000));
      return ok(at, {
        fullMigrationProgress: percent,
        enableIncrSync: true,
        currentStep: percent === 100 ? 'INCR_SYNC' : 'FULL_MIGRATION',
        incrSyncCheckpoint: Math.floor(at / 1000) - 8,
      });
    };
    for (let i = 0; i < 120; i += 1) await run.check({}, { project: 'p_small' });
    const projectState = await store.readState('p_small');
    expect(projectState?.version).toBeGreaterThanOrEqual(120);
    expect(JSON.stringify(projectState).length).toBeLessThan(8_000);
  });
});
