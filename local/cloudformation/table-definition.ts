/** A DynamoDB table as the template (or a command without one) asks for it. */
import type {
  AttributeDefinition,
  GlobalSecondaryIndex,
  KeySchemaElement,
  LocalSecondaryIndex,
} from '@aws-sdk/client-dynamodb';

export interface TableDefinition {
  readonly name: string;
  readonly keySchema: readonly KeySchemaElement[];
  readonly attributes: readonly AttributeDefinition[];
  readonly billingMode: 'PAY_PER_REQUEST' | 'PROVISIONED';
  readonly provisionedThroughput?: { readonly ReadCapacityUnits: number; readonly WriteCapacityUnits: number };
  readonly globalIndexes?: readonly GlobalSecondaryIndex[];
  readonly localIndexes?: readonly LocalSecondaryIndex[];
  /** Where items say when they expire. The embedded database has no TTL: nothing expires on a laptop. */
  readonly ttlAttribute?: string;
}

/** `project HASH S, at RANGE S`: what must not differ between a table and its definition. */
export function describeKeys(table: {
  readonly keySchema: readonly KeySchemaElement[];
  readonly attributes: readonly AttributeDefinition[];
}): string {
  return table.keySchema
    .map(({ AttributeName: name, KeyType: kind }) => {
      const type = table.attributes.find((attribute) => attribute.AttributeName === name)?.AttributeType;
      return `${name} ${kind} ${type}`;
    })
    .join(', ');
}
