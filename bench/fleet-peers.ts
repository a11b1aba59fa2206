/**
 * What a check talks to, each a real HTTP server on loopback that answers after a fixed time: OMS, DynamoDB and Secrets Manager.
 * DynamoDB is a stub with the two calls and the one condition that a check uses: its own work is part of the 10 ms. The embedded one
 * (dynalite) behind a delay would add some 2 ms of its own to each check, on the same two cores. That the store works against the embedded
 * one is for test/adapters.
 */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export const OMS_MS = 100;
export const DYNAMODB_MS = 10;

type Item = Readonly<Record<string, { readonly S?: string; readonly N?: string }>>;

export interface Peers {
  readonly omsUrl: string;
  readonly dynamoDbUrl: string;
  readonly secretsUrl: string;
  readonly table: FakeTable;
  readonly asked: { oms: number; dynamoDb: number };
  close(): Promise<void>;
}

export class FakeTable {
  /** Project states; snapshots are only counted. */
  readonly projectState = new Map<string, Item>();
  snapshots = 0;
  conflicts = 0;

  /** @returns HTTP status and body. */
  answer(action: string, input: Readonly<Record<string, unknown>>): readonly [number, object] {
    if (action === 'GetItem') {
      const { pk, sk } = input.Key as Item;
      const found = sk?.S === 'STATE' ? this.projectState.get(pk?.S ?? '') : undefined;
      return [200, found === undefined ? {} : { Item: found }];
    }
    if (action !== 'PutItem') return [400, { __type: 'com.amazonaws.dynamodb.v20120810#UnknownOperationException' }];
    const item = input.Item as Item;
    const project = item.pk?.S ?? '';
    if (item.sk?.S !== 'STATE') {
      this.snapshots += 1;
      return [200, {}];
    }
    const values = input.ExpressionAttributeValues as Item | undefined;
    if (values?.[':expected']?.N !== this.projectState.get(project)?.version?.N) {
      this.conflicts += 1;
      return [400, { __type: 'com.amazonaws.dynamodb.v20120810#ConditionalCheckFailedException' }];
    }
    this.projectState.set(project, item);
    return [200, {}];
  }
}

export async function startPeers(credentials: { username: string; password: string }): Promise<Peers> {
  const table = new FakeTable();
  const asked = { oms: 0, dynamoDb: 0 };
  const oms = await serve(OMS_MS, () => {
    asked.oms += 1;
    return [200, 'application/json', PROGRESS];
  });
  const dynamoDb = await serve(DYNAMODB_MS, (request, body) => {
    asked.dynamoDb += 1;
    const action = String(request.headers['x-amz-target']).split('.')[1] ?? '';
    const [status, reply] = table.answer(action, JSON.parse(body));
    return [status, 'application/x-amz-json-1.0', JSON.stringify(reply)];
  });
  const secret = JSON.stringify({ SecretString: JSON.stringify(credentials) });
  const secrets = await serve(0, () => [200, 'application/x-amz-json-1.1', secret]);
  return {
    omsUrl: urlOf(oms),
    dynamoDbUrl: urlOf(dynamoDb),
    secretsUrl: urlOf(secrets),
    table,
    asked,
    async close() {
      for (const server of [oms, dynamoDb, secrets]) {
        server.close();
        server.closeAllConnections();
      }
    },
  };
}

type Answer = (request: IncomingMessage, body: string) => readonly [number, string, string];

/** Answers `ms` after a request is complete. */
function serve(ms: number, answer: Answer): Promise<Server> {
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const began = performance.now();
      const [status, type, body] = answer(request, Buffer.concat(chunks).toString('utf8'));
      const send = () => reply(response, status, type, body);
      if (ms === 0) send();
      else setTimeout(send, Math.max(0, ms - (performance.now() - began)));
    });
  });
  // Longer than any run: no connection closes during a request.
  server.keepAliveTimeout = 600_000;
  return new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(server)));
}

function reply(response: ServerResponse, status: number, type: string, body: string): void {
  response.writeHead(status, { 'content-type': type, 'content-length': Buffer.byteLength(body) }).end(body);
}

function urlOf(server: Server): string {
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** As in the vendor's documentation. */
const PROGRESS = JSON.stringify({
  success: true,
  errorDetail: null,
  code: null,
  message: null,
  advice: null,
  requestId: null,
  pageNumber: null,
  pageSize: null,
  totalCount: null,
  cost: '13 ms',
  data: {
    status: 'RUNNING',
    importance: 'HIGH',
    enableStructMigration: true,
    enableFullMigration: true,
    enableIncrSync: false,
    enableReverseIncrSync: false,
    currentStep: 'FULL_MIGRATION',
    structMigrationProgress: 100,
    fullMigrationProgress: 63,
    incrSyncCheckpoint: null,
    reverseIncrSyncCheckpoint: null,
  },
});
