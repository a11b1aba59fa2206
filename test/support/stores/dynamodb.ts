/** The database behind the tests of the stores and of the handler: the embedded one, or that of an engine under `npm run test:engines`. */
import {
  CreateTableCommand,
  DeleteTableCommand,
  DynamoDBClient,
  ResourceNotFoundException,
} from '@aws-sdk/client-dynamodb';
import { type EmbeddedDynamoDb, startEmbeddedDynamoDb } from '../../../local/data/embedded-dynamodb';
import { LOCAL_TABLE } from '../../../local/data/local-store';

/** Names the address of another one. */
export const ENDPOINT = 'TEST_DYNAMODB_ENDPOINT';

/** With an empty table; in a database of somebody else's whatever was in it is gone, so tests there run one file after the other. */
export async function startDynamoDb(): Promise<EmbeddedDynamoDb> {
  const url = process.env[ENDPOINT];
  if (url === undefined) return await startEmbeddedDynamoDb({ table: LOCAL_TABLE });
  const client = () =>
    new DynamoDBClient({
      endpoint: url,
      region: 'us-east-1',
      credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
    });
  const own = client();
  try {
    await own.send(new DeleteTableCommand({ TableName: LOCAL_TABLE.name })).catch((error: unknown) => {
      if (!(error instanceof ResourceNotFoundException)) throw error;
    });
    await own.send(
      new CreateTableCommand({
        TableName: LOCAL_TABLE.name,
        BillingMode: 'PAY_PER_REQUEST',
        KeySchema: [...LOCAL_TABLE.keySchema],
        AttributeDefinitions: [...LOCAL_TABLE.attributes],
      }),
    );
  } finally {
    own.destroy();
  }
  return { url, tableName: LOCAL_TABLE.name, client, close: async () => undefined };
}
