/** How many bytes DynamoDB counts for an item: its rules for attribute names, texts, numbers, lists and maps. */

/** Undefined attributes are left out, as by the store. */
export function itemBytes(item: object): number {
  return fieldsBytes(item);
}

/** A write is charged by the started KB. */
export const writeUnits = (bytes: number): number => Math.max(1, Math.ceil(bytes / 1024));

/** A consistent read is charged by the started 4 KB, one unit at least, also where there is nothing. */
export const readUnits = (bytes: number): number => Math.max(1, Math.ceil(bytes / 4096));

function fieldsBytes(fields: object, perField = 0): number {
  let bytes = 0;
  for (const [name, value] of Object.entries(fields)) {
    if (value !== undefined) bytes += Buffer.byteLength(name) + valueBytes(value) + perField;
  }
  return bytes;
}

/** A list or a map costs 3 bytes, and 1 more for each element. */
function valueBytes(value: unknown): number {
  if (typeof value === 'string') return Buffer.byteLength(value);
  if (typeof value === 'number') return numberBytes(value);
  if (value === null || typeof value === 'boolean') return 1;
  if (Array.isArray(value)) return value.reduce((sum: number, each) => sum + valueBytes(each) + 1, 3);
  if (typeof value === 'object') return 3 + fieldsBytes(value, 1);
  throw new TypeError(`DynamoDB has no ${typeof value}`);
}

/** About one byte for two significant digits, and one more. */
function numberBytes(value: number): number {
  const digits = String(Math.abs(value))
    .replace(/e.*$/, '')
    .replace('.', '')
    .replace(/^0+/, '')
    .replace(/0+$/, '').length;
  return Math.ceil(digits / 2) + 1 + (value < 0 ? 1 : 0);
}
