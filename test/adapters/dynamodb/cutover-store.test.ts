import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDbCutovers } from '../../../lambda/adapters/dynamodb/cutover-store';
import type { EmbeddedDynamoDb } from '../../../local/data/embedded-dynamodb';
import { cutoversContract } from '../../support/stores/cutovers-contract';
import { startDynamoDb } from '../../support/stores/dynamodb';

describe('the memory of cutovers in DynamoDB', () => {
  let database: EmbeddedDynamoDb;
  let client: DynamoDBClient;

  afterAll(async () => {
    client.destroy();
    await database.close();
  });

  cutoversContract(async () => {
    database = await startDynamoDb();
    client = database.client();
    return new DynamoDbCutovers({ client, tableName: database.tableName });
  });

  test('stores text that UTF-8 can carry, whatever came in', async () => {
    const { tableName } = database;
    const cutovers = new DynamoDbCutovers({ client, tableName });
    const decision = {
      run: 'r',
      question: 1,
      decision: 'REJECTED',
      by: 'dba \ud83d',
      at: '2026-01-01T00:00:00Z',
    } as const;
    await cutovers.putDecision('p_half', { ...decision, note: '\ude80 🚀' });
    expect(await cutovers.readDecision('p_half', 'r', 1)).toEqual({ ...decision, by: 'dba \ufffd', note: '\ufffd 🚀' });
  });

  test('says what could not be done where the table is not there', async () => {
    const elsewhere = new DynamoDbCutovers({ client, tableName: 'not-there' });
    await expect(elsewhere.readCutover('p_a', 'r')).rejects.toMatchObject({
      code: 'CheckFailed',
      message: expect.stringContaining('could not read CUTOVER#r of p_a in table not-there'),
    });
  });
});
