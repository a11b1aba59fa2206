/**
 * The memory, in one DynamoDB table: a partition a project, `STATE` and `SNAPSHOT#<time>#<check id>` as sort keys; and one of the schedules.
 * Only conditional writes of single items: they are enough.
 */
import { createHash } from 'node:crypto';
import {
  ConditionalCheckFailedException,
  type DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  QueryCommand,
  type QueryCommandInput,
} from '@aws-sdk/client-dynamodb';
import { ALL } from '../../contract/fleet';
import type { Schema } from '../../contract/values/schema';
import type { FleetKey, FleetMemory, FleetStore } from '../../core/fleet/roster';
import { CheckFailed } from '../../core/model/errors';
import type { ProjectState } from '../../core/model/project-state';
import type { Snapshot } from '../../core/model/snapshot';
import type { SnapshotRange, Store } from '../../core/ports';
import { itemOf } from './item';
import * as stored from './stored-items';

const STATE = 'STATE';
const SNAPSHOT = 'SNAPSHOT#';
/** No project can be called so: `#` is not allowed in an id. */
const FLEET = '#FLEET';
const DAY_SECONDS = 86_400;

export interface DynamoDbStoreOptions {
  readonly client: DynamoDBClient;
  readonly tableName: string;
  /** Whole days after which DynamoDB may drop a snapshot (attribute `expiresAt`, Unix seconds). Latest never expires. */
  readonly retentionDays: number;
}

export class DynamoDbStore implements Store, FleetStore {
  private readonly options: DynamoDbStoreOptions;

  constructor(options: DynamoDbStoreOptions) {
    this.options = options;
  }

  async readState(project: string): Promise<ProjectState | undefined> {
    const { Item } = await this.send(`read the latest item of ${project}`, (client, TableName) =>
      client.send(new GetItemCommand({ TableName, Key: itemOf({ pk: project, sk: STATE }), ConsistentRead: true })),
    );
    return Item === undefined ? undefined : this.read(stored.projectState, Item, { pk: project, sk: STATE });
  }

  async putSnapshot(snapshot: Snapshot): Promise<void> {
    const expiresAt = this.expiryAfter(snapshot.observedAt);
    const key = { pk: snapshot.project, sk: `${SNAPSHOT}${snapshot.observedAt}#${snapshot.checkId}` };
    await this.send(`keep a snapshot of ${snapshot.project}`, (client, TableName) =>
      client.send(new PutItemCommand({ TableName, Item: itemOf({ ...key, ...snapshot, expiresAt }) })),
    );
  }

  async putState(
    projectState: ProjectState,
    { expectedVersion }: { readonly expectedVersion: number },
  ): Promise<'stored' | 'conflict'> {
    const condition =
      expectedVersion === 0
        ? { ConditionExpression: 'attribute_not_exists(pk)' }
        : {
            ConditionExpression: '#version = :expected',
            ExpressionAttributeNames: { '#version': 'version' },
            ExpressionAttributeValues: { ':expected': { N: String(expectedVersion) } },
          };
    return await this.send(`store the latest item of ${projectState.project}`, async (client, TableName) => {
      try {
        await client.send(
          new PutItemCommand({
            TableName,
            Item: itemOf({ pk: projectState.project, sk: STATE, ...stored.packed(projectState) }),
            ...condition,
          }),
        );
        return 'stored' as const;
      } catch (error) {
        if (error instanceof ConditionalCheckFailedException) return 'conflict' as const;
        throw error;
      }
    });
  }

  async *snapshots(project: string, range: SnapshotRange = {}): AsyncIterable<Snapshot> {
    let left = range.limit ?? Number.POSITIVE_INFINITY;
    let startKey: QueryCommandInput['ExclusiveStartKey'];
    const from = range.from === undefined ? SNAPSHOT : `${SNAPSHOT}${new Date(range.from).toISOString()}`;
    // `~` sorts after every character of a key, so the whole last millisecond is in.
    const to = range.to === undefined ? `${SNAPSHOT}~` : `${SNAPSHOT}${new Date(range.to).toISOString()}~`;
    do {
      const page = await this.send(`read the snapshots of ${project}`, (client, TableName) =>
        client.send(
          new QueryCommand({
            TableName,
            KeyConditionExpression: 'pk = :project AND sk BETWEEN :from AND :to',
            ExpressionAttributeValues: itemOf({ ':project': project, ':from': from, ':to': to }),
            ScanIndexForward: range.newestFirst !== true,
            ...(Number.isFinite(left) ? { Limit: left } : {}),
            ...(startKey === undefined ? {} : { ExclusiveStartKey: startKey }),
          }),
        ),
      );
      for (const item of page.Items ?? []) {
        yield this.read(stored.snapshot, item, { pk: project, sk: item.sk?.S ?? SNAPSHOT });
        left -= 1;
        if (left <= 0) return;
      }
      startKey = page.LastEvaluatedKey;
    } while (startKey !== undefined);
  }

  async readFleet(key: FleetKey): Promise<FleetMemory | undefined> {
    const { Item } = await this.send("read the schedule's memory", (client, TableName) =>
      client.send(new GetItemCommand({ TableName, Key: itemOf(itemKeyOf(key)), ConsistentRead: true })),
    );
    return Item === undefined ? undefined : this.read(stored.fleetMemory, Item, itemKeyOf(key));
  }

  async putFleet(key: FleetKey, memory: FleetMemory): Promise<void> {
    // A changed list is another schedule: the item of the old one is never read again.
    const expiry = typeof key === 'string' ? {} : { expiresAt: this.expiryAfter(memory.endedAt) };
    await this.send("keep the schedule's memory", (client, TableName) =>
      client.send(new PutItemCommand({ TableName, Item: itemOf({ ...itemKeyOf(key), ...memory, ...expiry }) })),
    );
  }

  private read<T>(schema: Schema<unknown, T>, item: stored.Item, key: stored.ItemKey): T {
    return stored.readItem(schema, item, key, this.options.tableName);
  }

  private expiryAfter(moment: string): number {
    return Math.floor(Date.parse(moment) / 1000) + this.options.retentionDays * DAY_SECONDS;
  }

  /** @throws CheckFailed that says what could not be done; the SDK has tried again by then. */
  private async send<T>(what: string, call: (client: DynamoDBClient, tableName: string) => Promise<T>): Promise<T> {
    try {
      return await call(this.options.client, this.options.tableName);
    } catch (error) {
      const cause = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
      throw new CheckFailed(`could not ${what} in table ${this.options.tableName}: ${cause}`, error);
    }
  }
}

function itemKeyOf(key: FleetKey): stored.ItemKey {
  if (typeof key === 'string') return { pk: FLEET, sk: key === ALL ? 'ALL' : key };
  return { pk: FLEET, sk: `LIST#${createHash('sha256').update(key.join('\n')).digest('hex').slice(0, 32)}` };
}
