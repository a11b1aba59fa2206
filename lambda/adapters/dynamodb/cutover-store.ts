/**
 * The memory of cutovers, in the same table: in the project's partition `CUTOVER` (which run is the current one), `CUTOVER#<run>` (its
 * receipt) and `CUTOVER#<run>#DECISION#<n>`; `#CUTOVER` / `<run>`, which leads from the run to its project; and `#CUTOVER#OPEN` / `<run>` until the
 * watchdog has seen the run closed. Only conditional writes of single items.
 */
import {
  ConditionalCheckFailedException,
  type DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  type PutItemCommandInput,
  QueryCommand,
  type QueryCommandOutput,
} from '@aws-sdk/client-dynamodb';
import { OPEN_RUNS } from '../../contract/requests/cutover';
import type { Schema } from '../../contract/values/schema';
import type {
  CurrentCutover,
  CutoverRecord,
  CutoverStore,
  Decision,
  OpenRun,
  Put,
  RunOwner,
} from '../../core/cutover/record';
import { CheckFailed } from '../../core/model/errors';
import { itemOf } from './item';
import * as stored from './stored-items';

const CURRENT = 'CUTOVER';
/** No project can be called so: `#` is not allowed in an id. */
const RUNS = '#CUTOVER';

export interface DynamoDbCutoversOptions {
  readonly client: DynamoDBClient;
  readonly tableName: string;
}

export class DynamoDbCutovers implements CutoverStore {
  private readonly options: DynamoDbCutoversOptions;

  constructor(options: DynamoDbCutoversOptions) {
    this.options = options;
  }

  async readCurrentCutover(project: string): Promise<CurrentCutover | undefined> {
    return await this.get(stored.currentCutover, { pk: project, sk: CURRENT });
  }

  async putCurrentCutover(
    current: CurrentCutover,
    { expectedVersion }: { readonly expectedVersion: number },
  ): Promise<Put> {
    return await this.put({ pk: current.project, sk: CURRENT }, { ...current }, versionIs(expectedVersion));
  }

  async readCutover(project: string, run: string): Promise<CutoverRecord | undefined> {
    return await this.get(stored.cutoverRecord, { pk: project, sk: `${CURRENT}#${run}` });
  }

  async putCutover(record: CutoverRecord, { expectedVersion }: { readonly expectedVersion: number }): Promise<Put> {
    const key = { pk: record.project, sk: `${CURRENT}#${record.run}` };
    return await this.put(key, { ...record }, versionIs(expectedVersion));
  }

  async readRunOwner(run: string): Promise<RunOwner | undefined> {
    return await this.get(stored.runOwner, { pk: RUNS, sk: run });
  }

  async putRunOwner(run: string, owner: RunOwner): Promise<Put> {
    return await this.put({ pk: RUNS, sk: run }, { ...owner }, versionIs(0));
  }

  async openRuns(): Promise<readonly OpenRun[]> {
    const { client, tableName: TableName } = this.options;
    const runs: OpenRun[] = [];
    let ExclusiveStartKey: QueryCommandOutput['LastEvaluatedKey'];
    do {
      const page: QueryCommandOutput = await client
        .send(
          new QueryCommand({
            TableName,
            ConsistentRead: true,
            KeyConditionExpression: 'pk = :open',
            FilterExpression: 'attribute_not_exists(closedAt)',
            ExpressionAttributeValues: { ':open': { S: OPEN_RUNS } },
            ...(ExclusiveStartKey === undefined ? {} : { ExclusiveStartKey }),
          }),
        )
        .catch((error: unknown) => {
          throw this.failed('read', { pk: OPEN_RUNS, sk: '*' }, error);
        });
      for (const item of page.Items ?? [])
        runs.push(stored.readItem(stored.openRun, item, { pk: OPEN_RUNS, sk: item.sk?.S ?? '' }, TableName));
      ExclusiveStartKey = page.LastEvaluatedKey;
    } while (ExclusiveStartKey !== undefined);
    return runs;
  }

  async putOpenRun(run: OpenRun): Promise<void> {
    const isOver = run.closedAt === undefined ? {} : { expiresAt: Math.ceil(Date.parse(run.closedAt) / 1000) };
    await this.put({ pk: OPEN_RUNS, sk: run.run }, { ...run, ...isOver }, {});
  }

  async readDecision(project: string, run: string, question: number): Promise<Decision | undefined> {
    return await this.get(stored.decision, { pk: project, sk: decisionKey(run, question) });
  }

  async putDecision(project: string, decision: Decision): Promise<Put> {
    const key = { pk: project, sk: decisionKey(decision.run, decision.question) };
    return await this.put(key, { ...decision }, versionIs(0));
  }

  private async get<T>(schema: Schema<unknown, T>, key: stored.ItemKey): Promise<T | undefined> {
    const { client, tableName: TableName } = this.options;
    const { Item } = await client
      .send(new GetItemCommand({ TableName, Key: itemOf(key), ConsistentRead: true }))
      .catch((error: unknown) => {
        throw this.failed('read', key, error);
      });
    return Item === undefined ? undefined : stored.readItem(schema, Item, key, TableName);
  }

  private async put(
    key: stored.ItemKey,
    item: Record<string, unknown>,
    condition: Partial<PutItemCommandInput>,
  ): Promise<Put> {
    const { client, tableName: TableName } = this.options;
    try {
      await client.send(new PutItemCommand({ TableName, Item: itemOf({ ...key, ...item }), ...condition }));
      return 'stored';
    } catch (error) {
      if (error instanceof ConditionalCheckFailedException) return 'conflict';
      throw this.failed('store', key, error);
    }
  }

  private failed(what: string, { pk, sk }: stored.ItemKey, error: unknown): CheckFailed {
    const cause = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
    return new CheckFailed(`could not ${what} ${sk} of ${pk} in table ${this.options.tableName}: ${cause}`, error);
  }
}

function decisionKey(run: string, question: number): string {
  return `${CURRENT}#${run}#DECISION#${question}`;
}

function versionIs(expected: number): Partial<PutItemCommandInput> {
  if (expected === 0) return { ConditionExpression: 'attribute_not_exists(pk)' };
  return {
    ConditionExpression: '#version = :expected',
    ExpressionAttributeNames: { '#version': 'version' },
    ExpressionAttributeValues: { ':expected': { N: String(expected) } },
  };
}
