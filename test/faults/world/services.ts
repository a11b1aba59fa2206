/** OMS, DynamoDB and SNS on loopback, each behind a fault proxy, with the real clients as in lambda/wiring.ts, and shorter timeouts. */
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { SNSClient } from '@aws-sdk/client-sns';
import { DynamoDbStore } from '../../../lambda/adapters/dynamodb/project-store';
import { SnsNotifier } from '../../../lambda/adapters/notifiers/sns';
import { OmsClient } from '../../../lambda/adapters/oms/client';
import type { Clock } from '../../../lambda/core/ports';
import { startEmbeddedDynamoDb } from '../../../local/data/embedded-dynamodb';
import { LOCAL_TABLE } from '../../../local/data/local-store';
import type { Random } from '../../../local/random';
import { type CapturedMessage, CapturedSns } from '../../../local/services/captured-sns';
import type { Scenario } from '../../../local/simulator/scenario';
import { SIMULATOR_PASSWORD, SIMULATOR_USERNAME, startSimulator } from '../../../local/simulator/simulator';
import { FaultProxy, type ProxyWatcher } from './fault-proxy';
import { dynamoDbCall, omsCall, snsCall } from './proxied-call';

export interface ServicesOptions {
  readonly projects: Readonly<Record<string, Scenario>>;
  /** Clock of the simulated OMS. */
  readonly now: () => number;
  readonly random: Random;
  readonly watcher: ProxyWatcher;
  readonly onMessage: (message: CapturedMessage) => void;
  /** Request timeout of the clients. */
  readonly timeoutMs: number;
}

export interface Services {
  readonly store: DynamoDbStore;
  readonly notifier: SnsNotifier;
  /** One client per clock: the client sets the times of a poll. */
  oms(clock: Pick<Clock, 'now'>): OmsClient;
  /** The store without the proxy, for the findings. */
  readonly bare: DynamoDbStore;
  /** Resolves when no request is in flight. */
  quiet(): Promise<void>;
  close(): Promise<void>;
}

export async function startServices(options: ServicesOptions): Promise<Services> {
  const { projects, now, random, watcher, onMessage, timeoutMs } = options;
  const database = await startEmbeddedDynamoDb({ table: LOCAL_TABLE });
  const sns = await CapturedSns.start({ onMessage });
  const simulator = await startSimulator({ projects, now });
  const proxy = (name: string, target: string, read: typeof dynamoDbCall) =>
    FaultProxy.start({ target, read, random: random.fork(name), watcher });
  const toDynamoDb = await proxy('dynamodb', database.url, dynamoDbCall);
  const toSns = await proxy('sns', sns.url, snsCall);
  const toOms = await proxy('oms', simulator.url, omsCall);
  const proxies = [toDynamoDb, toSns, toOms];
  const settings = {
    region: 'us-east-1',
    credentials: { accessKeyId: 'fault', secretAccessKey: 'fault' },
    maxAttempts: 3,
    // Without throwOnRequestTimeout a timeout only logs a warning.
    requestHandler: { connectionTimeout: timeoutMs, requestTimeout: timeoutMs, throwOnRequestTimeout: true },
  };
  const dynamodb = new DynamoDBClient({ ...settings, endpoint: toDynamoDb.url });
  const publishing = new SNSClient({ ...settings, endpoint: toSns.url });
  const bare = database.client();
  const store = (client: DynamoDBClient) =>
    new DynamoDbStore({ client, tableName: database.tableName, retentionDays: 90 });
  const account = async () => ({ username: SIMULATOR_USERNAME, password: SIMULATOR_PASSWORD });
  const omsClients: OmsClient[] = [];
  return {
    store: store(dynamodb),
    notifier: new SnsNotifier(publishing, 'arn:aws:sns:us-east-1:000000000000:changes'),
    oms(clock) {
      const client = new OmsClient({
        endpoint: toOms.url,
        api: '3.3',
        kind: 'migration',
        credentials: { read: account, reread: account },
        requestTimeoutMs: timeoutMs * 2,
        clock,
      });
      omsClients.push(client);
      return client;
    },
    bare: store(bare),
    async quiet() {
      for (const one of proxies) await one.quiet();
    },
    async close() {
      for (const one of omsClients) await one.close();
      for (const one of [dynamodb, publishing, bare]) one.destroy();
      for (const one of [...proxies, simulator, sns, database]) await one.close();
    },
  };
}
