import { marshall } from '@aws-sdk/util-dynamodb';
import { dollars } from '../../bench/wait/pollers/bill';
import { itemBytes, readUnits, writeUnits } from '../../bench/wait/pollers/item-size';

const NOTHING = {
  transitions: 0,
  invocations: 0,
  billedMs: 0,
  dynamoDbReadUnits: 0,
  dynamoDbWriteUnits: 0,
  messages: 0,
};

test.each([
  ['transitions', 1_000, 0.025],
  ['invocations', 1_000_000, 0.2],
  ['billedMs', 4_000_000, 0.0133334],
  ['dynamoDbReadUnits', 1_000_000, 0.125],
  ['dynamoDbWriteUnits', 1_000_000, 0.625],
  ['messages', 100_000, 2],
] as const)('%s: %d cost $%d', (what, count, price) => {
  expect(dollars({ ...NOTHING, [what]: count })).toBeCloseTo(price, 10);
});

test('an item is as large as DynamoDB says', () => {
  expect(itemBytes({ pk: 'p_x' })).toBe(2 + 3);
  expect(itemBytes({ n: 0 })).toBe(1 + 1);
  expect(itemBytes({ n: 42 })).toBe(1 + 2);
  expect(itemBytes({ n: 1_767_571_200_123 })).toBe(1 + 8);
  expect(itemBytes({ n: -1.5 })).toBe(1 + 3);
  expect(itemBytes({ yes: true, no: null })).toBe(3 + 1 + 2 + 1);
  expect(itemBytes({ list: ['ab', 'c'] })).toBe(4 + 3 + (2 + 1) + (1 + 1));
  expect(itemBytes({ map: { a: 'ü' } })).toBe(3 + 3 + (1 + 2 + 1));
  expect(itemBytes({ there: 1, left: undefined })).toBe(itemBytes({ there: 1 }));
});

test('an item is never taken for larger than its own wire format', () => {
  const item = { project: 'p_x', at: 1_767_571_200_123, list: [{ percent: 12, seenAt: 3.5 }], none: null };
  expect(itemBytes(item)).toBeLessThan(Buffer.byteLength(JSON.stringify(marshall(item))));
});

test('units are started KB of a write, and started 4 KB of a consistent read', () => {
  expect([0, 1, 1_024, 1_025, 5_000].map(writeUnits)).toEqual([1, 1, 1, 2, 5]);
  expect([0, 4_096, 4_097].map(readUnits)).toEqual([1, 1, 2]);
});
