/** What a check talks to, on one loopback server that answers at once: OMS, and as much of DynamoDB, Secrets Manager and SNS as a check uses. */
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { ENV } from '../../lambda/contract/environment';

type Item = Readonly<Record<string, { readonly S?: string; readonly N?: string }>>;

export interface Peers {
  /** The function's environment. Nothing is inherited: the run can reach no real account. */
  readonly env: Readonly<Record<string, string>>;
  /** States stored, so that a run that did not do its work is no result. */
  readonly stored: () => number;
  readonly close: () => void;
}

/** Each function has its own, with its own state of the project. */
export async function startPeers(): Promise<Peers> {
  let state: Item | undefined;
  let stored = 0;

  const dynamoDb = (action: string, input: Readonly<Record<string, unknown>>): readonly [number, object] => {
    if (action === 'GetItem') return [200, isState(input.Key as Item) && state !== undefined ? { Item: state } : {}];
    const item = input.Item as Item;
    if (!isState(item)) return [200, {}];
    const { ':expected': expected } = (input.ExpressionAttributeValues ?? {}) as Item;
    if (expected?.N !== state?.version?.N) {
      return [400, { __type: 'com.amazonaws.dynamodb.v20120810#ConditionalCheckFailedException' }];
    }
    state = item;
    stored += 1;
    return [200, {}];
  };

  const answer = (request: IncomingMessage, body: string): readonly [number, string, string] => {
    const [service = '', action = ''] = String(request.headers['x-amz-target'] ?? '').split('.');
    if (service.startsWith('DynamoDB')) {
      const [status, reply] = dynamoDb(action, JSON.parse(body));
      return [status, 'application/x-amz-json-1.0', JSON.stringify(reply)];
    }
    if (service === 'secretsmanager') return [200, 'application/x-amz-json-1.1', SECRET];
    return request.url === '/' ? [200, 'text/xml', PUBLISHED] : [200, 'application/json', PROGRESS];
  };

  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const [status, type, body] = answer(request, Buffer.concat(chunks).toString('utf8'));
      response.writeHead(status, { 'content-type': type, 'content-length': Buffer.byteLength(body) }).end(body);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    env: environment(server),
    stored: () => stored,
    close() {
      server.close();
      server.closeAllConnections();
    },
  };
}

/** `LATEST` up to version 0.1. */
function isState(key: Item): boolean {
  return key.sk?.S === 'STATE' || key.sk?.S === 'LATEST';
}

function environment(server: Server): Record<string, string> {
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    AWS_REGION: 'us-east-1',
    AWS_ACCESS_KEY_ID: 'bench',
    AWS_SECRET_ACCESS_KEY: 'bench',
    AWS_CONFIG_FILE: '/nonexistent',
    AWS_SHARED_CREDENTIALS_FILE: '/nonexistent',
    AWS_ENDPOINT_URL: url,
    AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true',
    [ENV.tableName]: 'bench',
    [ENV.topicArn]: 'arn:aws:sns:us-east-1:000000000000:bench',
    [ENV.omsEndpoint]: url,
    [ENV.omsSecretId]: 'arn:aws:secretsmanager:us-east-1:000000000000:secret:bench-abcdef',
  };
}

const SECRET = JSON.stringify({ SecretString: JSON.stringify({ username: 'bench', password: 'bench' }) });
const PUBLISHED =
  '<PublishResponse xmlns="http://sns.amazonaws.com/doc/2010-03-31/"><PublishResult><MessageId>1</MessageId></PublishResult></PublishResponse>';
/** The shape of the vendor's page. */
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
