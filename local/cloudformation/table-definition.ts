/** A DynamoDB table: on-demand, without indexes. Items of the embedded database do not expire. */
import type { AttributeDefinition, KeySchemaElement } from '@aws-sdk/client-dynamodb';

export interface TableDefinition {
  readonly name: string;
  readonly keySchema: readonly KeySchemaElement[];
  readonly attributes: readonly AttributeDefinition[];
}

/** `project HASH S, at RANGE S`: what must be equal in a stored table and its definition. */
export function describeKeys({ keySchema, attributes }: Omit<TableDefinition, 'name'>): string {
  return keySchema
    .map(({ AttributeName: name, KeyType: kind }) => {
      const type = attributes.find((attribute) => attribute.AttributeName === name)?.AttributeType;
      return `${name} ${kind} ${type}`;
    })
    .join(', ');
}
