/**
 * A DynamoDB in this process, reached over loopback with the AWS client. In memory, or persistent in a folder.
 *
 * It supports conditional writes of single items and queries, which is all that the store uses. It refuses transactions and TTL.
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
  /** The database of another run, which may end at any time. */
  readonly heldByAnother?: true;
  /** A client with explicit settings, for use outside the sandbox. The caller destroys it. */
  client(): DynamoDBClient;
  /** Resolves when all data is on disk and the folder is released. */
  close(): Promise<void>;
}

export interface EmbeddedDynamoDbOptions {
  readonly table: TableDefinition;
  /** Default: in memory. */
  readonly folder?: string;
  /** Milliseconds to wait for another run to release the folder. Default: 1 s. */
  readonly patienceMs?: number;
}

const JOIN_PATIENCE_MS = 2_000;

/** A new table takes milliseconds. Only one that a killed run was creating never becomes active. */
const TABLE_READY_MS = 5_000;

/** @throws InvalidInput for a folder that is in use or unusable, CheckFailed for data that cannot be read. */
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

/** The database of a folder: that of the run that holds it, if there is one. Throws as `startEmbeddedDynamoDb`. */
export async function joinEmbeddedDynamoDb(
  options: EmbeddedDynamoDbOptions & { readonly folder: string },
): Promise<EmbeddedDynamoDb> {
  const tableName = options.table.name;
  const giveUpAt = performance.now() + JOIN_PATIENCE_MS;
  // The other run may be starting and not answer yet, or be about to release the folder.
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

/** Whether the server has the table with the keys of this version. Creates nothing. */
async function hasTable(url: string, table: TableDefinition): Promise<boolean> {
  // A run suspended with Ctrl-Z holds its port and never answers.
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
  /** Accepts no more requests; resolves when none is in progress. */
  quiet(): Promise<void>;
}

/**
 * dynalite closes its store when the last connection has ended. A request whose client has disconnected may still use the store and would
 * throw an uncaught exception, so closing waits for the requests themselves.
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
  // Loaded late: most commands need no database.
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
        `the table ${table.name} in ${where} has the keys ${keys}, but this version needs ${describeKeys(table)}; move the folder away to start without history`,
      );
    }
  } catch (error) {
    throw error instanceof CheckFailed
      ? error
      : new CheckFailed(`the embedded database in ${where} failed: ${error}`, error);
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
        `the table ${name} in ${where} is ${found?.TableStatus ?? 'missing'} and does not become active; move the folder away and start again`,
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
