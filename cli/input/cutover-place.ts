/** Where a command finds cutovers and observations: the deployed table, reached with the user's AWS credentials, or a local folder. */
import { DynamoDbCutovers } from '../../lambda/adapters/dynamodb/cutover-store';
import { DynamoDbStore } from '../../lambda/adapters/dynamodb/project-store';
import { DEFAULTS } from '../../lambda/contract/defaults';
import type { CutoverStore } from '../../lambda/core/cutover/record';
import { InvalidInput } from '../../lambda/core/model/errors';
import type { Store } from '../../lambda/core/ports';
import { holdsData } from '../../local/data/data-directory';
import { openLocalStoreBeside } from '../../local/data/local-store';
import { openDynamoDb } from './aws-credentials';
import { DATA_DIR_FLAG, readDataDir } from './command';
import type { Flags, FlagTable } from './flags';

export const PLACE_FLAGS: FlagTable = {
  table: { value: 'NAME', about: 'the deployed table (stack output TableName), read with your AWS credentials' },
  region: { value: 'NAME', about: 'the region of the table (default: from your AWS settings)' },
  ...DATA_DIR_FLAG,
};
export const RUN_FLAG: FlagTable = { run: { value: 'NAME', about: 'the name of the execution' } };

export interface Place {
  /** For messages: where it is, and what else to try. */
  readonly where: string;
  readonly store: Store;
  readonly cutovers: CutoverStore;
  /** In AWS, which verifies who answers. */
  readonly isDeployed: boolean;
  close(): Promise<void>;
}

/** Reads the flags; the place is opened later. */
export function readPlace(flags: Flags): () => Promise<Place> {
  const [table, region] = [flags.text('table'), flags.text('region')];
  const dataDir = readDataDir(flags);
  if (table !== undefined && flags.has('data-dir')) flags.problems.push('give either --table or --data-dir, not both');
  if (table === undefined && region !== undefined) flags.problems.push('--region requires --table');
  if (table === '') flags.problems.push('--table is empty: the name of the deployed table');
  return table === undefined ? () => openFolder(dataDir) : () => openTable(table, region);
}

async function openTable(tableName: string, region: string | undefined): Promise<Place> {
  const client = await openDynamoDb(`--table ${tableName}`, region);
  return {
    where: `table ${tableName}`,
    store: new DynamoDbStore({ client, tableName, retentionDays: DEFAULTS.retentionDays }),
    cutovers: new DynamoDbCutovers({ client, tableName }),
    isDeployed: true,
    close: async () => client.destroy(),
  };
}

async function openFolder(folder: string): Promise<Place> {
  if (!holdsData(folder))
    throw new InvalidInput([`nothing is stored in ${folder}; give --data-dir, or --table for a deployed stack`]);
  return {
    ...(await openLocalStoreBeside(folder)),
    where: `${folder}; give --table for a deployed stack`,
    isDeployed: false,
  };
}
