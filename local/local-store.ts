/** The store in a folder, for a run that has no AWS account: the same adapter, on the embedded database. */
import { DynamoDbCutovers } from '../lambda/adapters/dynamodb-cutovers';
import { DynamoDbStore } from '../lambda/adapters/dynamodb-store';
import type { CutoverStore } from '../lambda/core/cutover/record';
import type { Store } from '../lambda/core/ports';
import { DEFAULTS } from '../lambda/core/settings';
import { type EmbeddedDynamoDb, joinEmbeddedDynamoDb, startEmbeddedDynamoDb } from './embedded-dynamodb';
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
  readonly cutovers: CutoverStore;
  /** Another run holds the folder, and answers for it. */
  readonly heldByAnother: boolean;
  /** Waits until all is on disk and the folder is free for the next run. */
  close(): Promise<void>;
}

/** For a run that looks: nobody else looks meanwhile. @throws InvalidInput for a folder that cannot be one or is in use, CheckFailed for data that cannot be read. */
export async function openLocalStore(folder: string): Promise<LocalStore> {
  return storeOn(await startEmbeddedDynamoDb({ table: LOCAL_TABLE, folder }));
}

/** For a command that asks, or leaves word: also beside a run that looks. Throws as the above. */
export async function openLocalStoreBeside(folder: string): Promise<LocalStore> {
  return storeOn(await joinEmbeddedDynamoDb({ table: LOCAL_TABLE, folder }));
}

function storeOn(database: EmbeddedDynamoDb): LocalStore {
  const [client, tableName] = [database.client(), database.tableName];
  return {
    store: new DynamoDbStore({ client, tableName, retentionDays: DEFAULTS.retentionDays }),
    heldByAnother: database.heldByAnother ?? false,
    cutovers: new DynamoDbCutovers({ client, tableName }),
    async close() {
      client.destroy();
      await database.close();
    },
  };
}
