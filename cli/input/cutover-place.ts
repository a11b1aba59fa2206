/** Where a command finds cutovers and observations: the deployed table, reached with the user's AWS credentials, or a local folder. */
import { hostname, userInfo } from 'node:os';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { STSClientConfig } from '@aws-sdk/client-sts';
import { DynamoDbCutovers } from '../../lambda/adapters/dynamodb/cutover-store';
import { DynamoDbStore } from '../../lambda/adapters/dynamodb/project-store';
import { DEFAULTS } from '../../lambda/contract/defaults';
import type { CutoverStore } from '../../lambda/core/cutover/record';
import { CheckFailed, InvalidInput } from '../../lambda/core/model/errors';
import type { Store } from '../../lambda/core/ports';
import { holdsData } from '../../local/data/data-directory';
import { openLocalStoreBeside } from '../../local/data/local-store';
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
  /** The identity under which an answer is recorded. */
  whoAmI(): Promise<string>;
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
    whoAmI: async () => await callerArn(client.config),
    close: async () => client.destroy(),
  };
}

const IDENTITY_TIMEOUT_MS = 10_000;

/** The ARN under which AWS knows the caller. @throws CheckFailed where STS does not give it. */
export async function callerArn(config: Pick<STSClientConfig, 'region' | 'credentials'>): Promise<string> {
  // Loaded late: only answers to a deployed cutover need it.
  const { GetCallerIdentityCommand, STSClient } = await import('@aws-sdk/client-sts');
  const { region, credentials } = config;
  const client = new STSClient({ ...(region && { region }), ...(credentials && { credentials }) });
  try {
    const request = new GetCallerIdentityCommand();
    const { Arn } = await client.send(request, { abortSignal: AbortSignal.timeout(IDENTITY_TIMEOUT_MS) });
    if (Arn === undefined) throw new Error('the reply has no ARN');
    return Arn;
  } catch (error) {
    const { name, message } = error as Error;
    throw new CheckFailed(`AWS STS did not identify the caller: ${name}: ${message}`, error);
  } finally {
    client.destroy();
  }
}

async function openFolder(folder: string): Promise<Place> {
  if (!holdsData(folder))
    throw new InvalidInput([`nothing is stored in ${folder}; give --data-dir, or --table for a deployed stack`]);
  return {
    ...(await openLocalStoreBeside(folder)),
    where: `${folder}; give --table for a deployed stack`,
    whoAmI: async () => `${userInfo().username}@${hostname()}`,
  };
}
