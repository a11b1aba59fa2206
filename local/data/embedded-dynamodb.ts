/**
 * A DynamoDB in this process, spoken to over loopback by the real AWS client. In memory, or in a folder that outlives the run.
 *
 * It has conditional writes of single items and queries, and that is all the store may use: transactions and TTL are refused.
 */

import type { RequestListener, Server, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import {
  CreateTableCommand,
  type CreateTableCommandInput,
  DescribeTableCommand,
  DynamoDBClient,
  type DynamoDBClientConfig,
  ResourceNotFoundException,
  type TableDescription,
} from '@aws-sdk/client-dynamodb';
import { CheckFailed } from '../../lambda/core/model/errors';
import { LOCAL_REGION } from '../cloudformation/sandbox';
import { describeKeys, type TableDefinition } from '../cloudformation/table-definition';
import { BETWEEN_TRIES_MS, DataDirectoryInUse, startInDataDirectory } from './data-directory';
import { announceHolder, portOfHolder, withdrawHolder } from './holder';

export interface EmbeddedDynamoDb {
  readonly url: string;
  readonly tableName: string;
  /** Another run's, which may end any moment. */
  readonly heldByAnother?: true;
  /** A client of its own settings, for a process that stays outside the sandbox (a real OMS, no AWS). The caller destroys it. */
  client(): DynamoDBClient;
  /** Waits until all is on disk and the folder is free for the next run. */
  close(): Promise<void>;
}

export interface EmbeddedDynamoDbOptions {
  readonly table: TableDefinition;
  /** Where the data is kept; absent: in memory. */
  readonly folder?: string;
  /** Milliseconds that another run may take to let go of the folder. Default: a moment. */
  readonly patienceMs?: number;
}

const JOIN_PATIENCE_MS = 2_000;

/** How long a new table may take. It takes milliseconds; only a run that was killed while making it leaves one that never gets ready. */
const TABLE_READY_MS = 5_000;

/** Throws InvalidInput for a folder that is in use or cannot be one, CheckFailed for data that cannot be read. */
export async function startEmbeddedDynamoDb(options: EmbeddedDynamoDbOptions): Promise<EmbeddedDynamoDb> {
  const { table, folder, patienceMs } = options;
  if (folder === undefined) return await serve(table);
  return await startInDataDirectory(
    folder,
    async (path) => {
      const database = await serve(table, path);
      announceHolder(folder, Number(new URL(database.url).port));
      return {
        ...database,
        async close() {
          withdrawHolder(folder);
          await database.close();
        },
      };
    },
    patienceMs,
  );
}

async function serve(table: TableDefinition, path?: string): Promise<EmbeddedDynamoDb> {
  const server = await listen(path);
  const url = urlOf((server.address() as AddressInfo).port);
  const close = async () => {
    await server.quiet();
    await new Promise<void>((resolve, reject) =>
      server.close((error?: Error | null) => (error ? reject(error) : resolve())),
    );
  };
  try {
    await ensureTable(clientOf(url), table, path ?? 'memory');
  } catch (error) {
    await close();
    throw error;
  }
  return { url, tableName: table.name, client: () => clientOf(url), close };
}

/** The database of a folder, also where another run holds it: then that run's own, for as long as it goes on. Throws as the above. */
export async function joinEmbeddedDynamoDb(
  options: EmbeddedDynamoDbOptions & { readonly folder: string },
): Promise<EmbeddedDynamoDb> {
  const tableName = options.table.name;
  const giveUpAt = performance.now() + JOIN_PATIENCE_MS;
  // Another run may just have taken the folder, and not answer yet, or be about to let go of it.
  for (;;) {
    try {
      return await startEmbeddedDynamoDb({ ...options, patienceMs: 0 });
    } catch (error) {
      if (!(error instanceof DataDirectoryInUse)) throw error;
      const port = portOfHolder(options.folder);
      const url = port === null ? null : urlOf(port);
      if (url !== null && (await hasTable(url, options.table)))
        return { url, tableName, heldByAnother: true, client: () => clientOf(url), close: async () => undefined };
      if (performance.now() >= giveUpAt) throw error;
      await pause(BETWEEN_TRIES_MS);
    }
  }
}

function urlOf(port: number): string {
  return `http://127.0.0.1:${port}`;
}

function clientOf(endpoint: string, more: DynamoDBClientConfig = {}): DynamoDBClient {
  const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
  return new DynamoDBClient({ endpoint, region: LOCAL_REGION, credentials, ...more });
}

/** Whether the table is there, as this version needs it. Makes nothing; who does not answer has none. */
async function hasTable(url: string, table: TableDefinition): Promise<boolean> {
  // A run that was stopped (Ctrl-Z) holds its port too, and never answers.
  const requestHandler = { connectionTimeout: 500, requestTimeout: 1_000, throwOnRequestTimeout: true };
  const client = clientOf(url, { requestHandler, maxAttempts: 1 });
  try {
    const found = await describe(client, table.name);
    return found !== undefined && keysOf(found) === describeKeys(table);
  } catch {
    return false;
  } finally {
    client.destroy();
  }
}

function keysOf({ KeySchema = [], AttributeDefinitions = [] }: TableDescription): string {
  return describeKeys({ keySchema: KeySchema, attributes: AttributeDefinitions });
}

type Dynalite = (options: { path?: string; createTableMs: number }) => Server;

interface QuietServer extends Server {
  /** Begins no request any more, and resolves when none is at work. */
  quiet(): Promise<void>;
}

/**
 * dynalite closes its store once the last connection has ended. A request whose client has given up has no connection and is still at work on
 * the store, and would then throw where nobody can catch it: so the work itself is waited for.
 */
function quietable(server: Server): QuietServer {
  let atWork = 0;
  let isQuiet: (() => void) | null = null;
  const [answer] = server.listeners('request') as RequestListener[];
  server.removeAllListeners('request');
  server.on('request', (request, response) => {
    if (isQuiet !== null || answer === undefined) {
      request.destroy();
      return;
    }
    atWork += 1;
    const end = response.end.bind(response) as (...args: unknown[]) => ServerResponse;
    response.end = ((...args: unknown[]) => {
      response.end = end as ServerResponse['end'];
      atWork -= 1;
      if (atWork === 0) isQuiet?.();
      return end(...args);
    }) as ServerResponse['end'];
    answer(request, response);
  });
  const quiet = () =>
    new Promise<void>((resolve) => {
      isQuiet = resolve;
      if (atWork === 0) resolve();
    });
  return Object.assign(server, { quiet });
}

function listen(path: string | undefined): Promise<QuietServer> {
  // Loaded late: most of the command line's work needs no database.
  const dynalite = require('dynalite') as Dynalite;
  const server = quietable(dynalite({ createTableMs: 0, ...(path === undefined ? {} : { path }) }));
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => resolve(server));
  });
}

async function ensureTable(client: DynamoDBClient, table: TableDefinition, where: string): Promise<void> {
  try {
    const found = await describe(client, table.name);
    if (!found) await client.send(new CreateTableCommand(createInput(table)));
    const ready = await untilActive(client, table.name, where);
    const keys = keysOf(ready);
    if (keys !== describeKeys(table)) {
      throw new CheckFailed(
        `the table ${table.name} in ${where} has other keys (${keys}) than this version needs (${describeKeys(table)}); move the folder away to start without history`,
      );
    }
  } catch (error) {
    throw error instanceof CheckFailed
      ? error
      : new CheckFailed(`the embedded database in ${where} does not work: ${error}`, error);
  } finally {
    client.destroy();
  }
}

async function untilActive(client: DynamoDBClient, name: string, where: string) {
  const giveUpAt = performance.now() + TABLE_READY_MS;
  for (;;) {
    const found = await describe(client, name);
    if (found?.TableStatus === 'ACTIVE') return found;
    if (performance.now() > giveUpAt) {
      throw new CheckFailed(
        `the table ${name} in ${where} is ${found?.TableStatus ?? 'missing'} and stays so; move the folder away and start again`,
      );
    }
    await pause(2);
  }
}

async function describe(client: DynamoDBClient, name: string) {
  try {
    return (await client.send(new DescribeTableCommand({ TableName: name }))).Table;
  } catch (error) {
    if (error instanceof ResourceNotFoundException) return undefined;
    throw error;
  }
}

function createInput({ name, keySchema, attributes }: TableDefinition): CreateTableCommandInput {
  return {
    TableName: name,
    KeySchema: [...keySchema],
    AttributeDefinitions: [...attributes],
    BillingMode: 'PAY_PER_REQUEST',
  };
}
