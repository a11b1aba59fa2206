/** The store in a folder, for a run that has no AWS account: the same adapter, on the embedded database. */
import { DynamoDbStore } from '../lambda/adapters/dynamodb-store';
import type { Store } from '../lambda/core/ports';
import { DEFAULTS } from '../lambda/core/settings';
import { startEmbeddedDynamoDb } from './embedded-dynamodb';
import type { TableDefinition } from './table-definition';

/** The keys the deployed table has; a test holds this against the template. */
export const LOCAL_TABLE: TableDefinition = {
  name: 'oms-cutover',
  keySchema: [
    { AttributeName: 'pk', KeyType: 'HASH' },
    { AttributeName: 'sk', KeyType: 'RANGE' },
  ],
  attributes: [
    { AttributeName: 'pk', AttributeType: 'S' },
    { AttributeName: 'sk', AttributeType: 'S' },
  ],
  billingMode: 'PAY_PER_REQUEST',
};

export interface LocalStore {
  readonly store: Store;
  /** Waits until all is on disk and the folder is free for the next run. */
  close(): Promise<void>;
}

/** @throws InvalidInput for a folder that cannot be one or is in use, CheckFailed for data that cannot be read. */
export async function openLocalStore(folder: string): Promise<LocalStore> {
  const database = await startEmbeddedDynamoDb({ table: LOCAL_TABLE, folder });
  const client = database.client();
  return {
    store: new DynamoDbStore({ client, tableName: database.tableName, retentionDays: DEFAULTS.retentionDays }),
    async close() {
      client.destroy();
      await database.close();
    },
  };
}
