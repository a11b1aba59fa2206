/** The store in a folder, for runs without an AWS account: the DynamoDB adapters on the embedded database. */
import { DynamoDbCutovers } from '../../lambda/adapters/dynamodb/cutover-store';
import { DynamoDbStore } from '../../lambda/adapters/dynamodb/project-store';
import { DEFAULTS } from '../../lambda/contract/defaults';
import type { CutoverStore } from '../../lambda/core/cutover/record';
import { CheckFailed } from '../../lambda/core/model/errors';
import type { Store } from '../../lambda/core/ports';
import type { TableDefinition } from '../cloudformation/table-definition';
import { type EmbeddedDynamoDb, joinEmbeddedDynamoDb, startEmbeddedDynamoDb } from './embedded-dynamodb';

/** The keys of the deployed table; a test compares it with the template. */
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
};

export interface LocalStore {
  readonly store: Store;
  readonly cutovers: CutoverStore;
  /** Another run holds the folder; its database is used. */
  readonly heldByAnother: boolean;
  /** Resolves when all data is on disk and the folder is released. */
  close(): Promise<void>;
}

/** For a run that polls, which holds the folder exclusively. @throws InvalidInput for a folder that is unusable or in use, CheckFailed for data that cannot be read. */
export async function openLocalStore(folder: string): Promise<LocalStore> {
  return storeOn(await startEmbeddedDynamoDb({ table: LOCAL_TABLE, folder }));
}

const TRIES = 3;

/**
 * Lets a command read or write beside a run that polls. Repeats `work` where that run ends meanwhile, so it must be repeatable. Throws as
 * `openLocalStore`.
 */
export async function besideRuns<T>(folder: string, work: (data: LocalStore) => Promise<T>): Promise<T> {
  for (let tries = 1; ; tries += 1) {
    const data = await openLocalStoreBeside(folder);
    try {
      return await work(data);
    } catch (error) {
      if (!(error instanceof CheckFailed) || !data.heldByAnother || tries === TRIES) throw error;
    } finally {
      await data.close();
    }
  }
}

/** The same for a caller that closes it; fails where the other run ends meanwhile. */
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
