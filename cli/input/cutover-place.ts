/** Where a command finds cutovers and looks: the deployed table, signed in as an AWS identity, or a folder of this machine. */
import { hostname, userInfo } from 'node:os';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDbCutovers } from '../../lambda/adapters/dynamodb/cutover-store';
import { DynamoDbStore } from '../../lambda/adapters/dynamodb/project-store';
import { DEFAULTS } from '../../lambda/contract/defaults';
import type { CutoverStore } from '../../lambda/core/cutover/record';
import { InvalidInput } from '../../lambda/core/model/errors';
import type { Store } from '../../lambda/core/ports';
import { holdsData } from '../../local/data/data-directory';
import { openLocalStoreBeside } from '../../local/data/local-store';
import { DATA_DIR_FLAG, type Io, readDataDir } from '../command';
import { callerArn } from './aws-identity';
import type { Flags, FlagTable } from './flags';

export const PLACE_FLAGS: FlagTable = {
  table: { value: 'NAME', about: 'the deployed table (output TableName of the stack), with your AWS credentials' },
  region: { value: 'NAME', about: 'where the table is (default: that of your AWS settings)' },
  ...DATA_DIR_FLAG,
};
export const RUN_FLAG: FlagTable = { run: { value: 'NAME', about: "the cutover: its execution's name" } };

export interface Place {
  /** For people: where it is, and where else one might look. */
  readonly where: string;
  readonly store: Store;
  readonly cutovers: CutoverStore;
  /** Who we are there. */
  whoAmI(): Promise<string>;
  close(): Promise<void>;
}

/** Reads its flags before anything is opened. */
export function readPlace(flags: Flags, io: Io): () => Promise<Place> {
  const [table, region] = [flags.text('table'), flags.text('region')];
  const dataDir = readDataDir(flags);
  if (table !== undefined && flags.has('data-dir'))
    flags.problems.push('--table and --data-dir exclude each other: what is stored is either in AWS or in a folder');
  if (table === undefined && region !== undefined) flags.problems.push('--region belongs to --table');
  if (table === '') flags.problems.push('--table is empty: the name of the deployed table');
  return table === undefined ? () => openFolder(dataDir) : () => openTable(table, region, io);
}

async function openTable(tableName: string, region: string | undefined, io: Io): Promise<Place> {
  const client = new DynamoDBClient(region === undefined ? {} : { region });
  await client.config.region().catch(() => {
    throw new InvalidInput([`--table ${tableName} needs a region: give --region, or set AWS_REGION`]);
  });
  await client.config.credentials().catch(() => {
    throw new InvalidInput([
      `--table ${tableName} needs AWS credentials, and none were found: set AWS_PROFILE, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY`,
    ]);
  });
  return {
    where: `table ${tableName}`,
    store: new DynamoDbStore({ client, tableName, retentionDays: DEFAULTS.retentionDays }),
    cutovers: new DynamoDbCutovers({ client, tableName }),
    whoAmI: async () =>
      await callerArn({
        region: await client.config.region(),
        keys: await client.config.credentials(),
        now: new Date(io.clock.now()),
        ...(io.env.AWS_ENDPOINT_URL_STS === undefined ? {} : { endpoint: io.env.AWS_ENDPOINT_URL_STS }),
      }),
    close: async () => client.destroy(),
  };
}

async function openFolder(folder: string): Promise<Place> {
  if (!holdsData(folder))
    throw new InvalidInput([`nothing is stored in ${folder}; give --data-dir, or --table for what is deployed`]);
  return {
    ...(await openLocalStoreBeside(folder)),
    where: `${folder}; give --table for what is deployed`,
    whoAmI: async () => `${userInfo().username}@${hostname()}`,
  };
}
