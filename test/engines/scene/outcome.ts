/** How a scenario ended somewhere: what is compared between a laptop and an engine. */
import type { AwsApi } from '../server/aws-api';
import type { Mail } from './world';

export interface Outcome {
  readonly status: string;
  readonly output?: unknown;
  readonly error?: string;
  readonly cause?: string;
  /** Of the scenario's project, in order. */
  readonly mails: readonly Mail[];
  readonly items: readonly Item[];
  /** The user's steps that were taken. */
  readonly steps: readonly string[];
}

/** As DynamoDB sends them. */
export type Item = Readonly<Record<string, Attribute>>;
type Attribute = Readonly<Record<string, unknown>>;

export async function itemsOf(api: AwsApi, tableName: string, project: string): Promise<Item[]> {
  const items: Item[] = [];
  let next: unknown;
  do {
    const page = await api.json('dynamodb', 'DynamoDB_20120810.Query', {
      TableName: tableName,
      KeyConditionExpression: 'pk = :p',
      ExpressionAttributeValues: { ':p': { S: project } },
      ConsistentRead: true,
      ...(next === undefined ? {} : { ExclusiveStartKey: next }),
    });
    items.push(...(page.Items as Item[]));
    next = page.LastEvaluatedKey;
  } while (next !== undefined);
  return items;
}
