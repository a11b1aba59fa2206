/** The result of a scenario: compared between a local run and an engine. */
import type { AwsApi } from '../server/aws-api';
import type { Mail } from './world';

export interface Outcome {
  readonly status: string;
  readonly output?: unknown;
  readonly error?: string;
  readonly cause?: string;
  /** For the project of the scenario, in order. */
  readonly mails: readonly Mail[];
  readonly items: readonly Item[];
  /** The user's steps that ran. */
  readonly steps: readonly string[];
}

/** In DynamoDB's JSON. */
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
