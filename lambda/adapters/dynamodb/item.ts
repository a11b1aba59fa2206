/** An item or a key as it goes to DynamoDB: the one place where text is stored, and where it has to be text that UTF-8 can carry. */
import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import { wellFormed } from '../../contract/values/text';

/** An attribute that is undefined in the model is absent in the item. */
const MARSHALL = { removeUndefinedValues: true };

export function itemOf(fields: object): Record<string, AttributeValue> {
  return marshall(allWellFormed(fields), MARSHALL);
}

/** DynamoDB and what speaks like it differ in what they make of half a character: some refuse the whole item. */
function allWellFormed(value: unknown): unknown {
  if (typeof value === 'string') return wellFormed(value);
  if (Array.isArray(value)) return value.map(allWellFormed);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, allWellFormed(inner)]));
}
