import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDbCutovers } from '../../lambda/adapters/dynamodb-cutovers';
import { type EmbeddedDynamoDb, startEmbeddedDynamoDb } from '../../local/embedded-dynamodb';
import { LOCAL_TABLE } from '../../local/local-store';
import { cutoversContract } from '../support/cutovers-contract';

describe('the memory of cutovers in DynamoDB', () => {
  let database: EmbeddedDynamoDb;
  let client: DynamoDBClient;

  afterAll(async () => {
    client.destroy();
    await database.close();
  });

  cutoversContract(async () => {
    database = await startEmbeddedDynamoDb({ table: LOCAL_TABLE });
    client = database.client();
    return new DynamoDbCutovers({ client, tableName: database.tableName });
  });

  test('says what could not be done where the table is not there', async () => {
    const elsewhere = new DynamoDbCutovers({ client, tableName: 'not-there' });
    await expect(elsewhere.readCutover('p_a', 'r')).rejects.toMatchObject({
      code: 'CheckFailed',
      message: expect.stringContaining('could not read CUTOVER#r of p_a in table not-there'),
    });
  });
});
