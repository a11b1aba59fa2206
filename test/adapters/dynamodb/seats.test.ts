/** The seats of waits near their ends, on an embedded database. */
import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDbSeats, SEATS } from '../../../lambda/adapters/dynamodb/seats';
import type { Seat } from '../../../lambda/core/ports';
import type { EmbeddedDynamoDb } from '../../../local/data/embedded-dynamodb';
import { LOCAL_TABLE } from '../../../local/data/local-store';
import { startDynamoDb } from '../../support/stores/dynamodb';

let database: EmbeddedDynamoDb;
let client: DynamoDBClient;
let now = 1_800_000_000_000;
const logged: string[] = [];
const HELD_MS = 210_000;

beforeAll(async () => {
  database = await startDynamoDb();
  client = database.client();
});
afterAll(async () => {
  client.destroy();
  await database.close();
});

let ids = 0;
const seats = (tableName = LOCAL_TABLE.name) =>
  new DynamoDbSeats({
    client,
    tableName,
    clock: { now: () => now, sleep: async () => {} },
    log: { info: () => {}, warn: (event) => logged.push(event) },
    newId: () => `id${++ids}`,
    heldMs: HELD_MS,
  });

/** As many as there are, however often it has to ask. */
async function takeAll(): Promise<Seat[]> {
  const taken: Seat[] = [];
  for (let i = 0; i < 50; i += 1) {
    const seat = await seats().take();
    if (seat !== null) taken.push(seat);
  }
  return taken;
}

test('are as many as there are, and free again once released, or after their time', async () => {
  const taken = await takeAll();
  expect(taken).toHaveLength(SEATS);
  expect(await seats().take()).toBeNull();
  await taken[0]?.release();
  expect(await takeAll()).toHaveLength(1);
  // A late release of one who held it before frees nothing.
  await taken[0]?.release();
  expect(await takeAll()).toHaveLength(0);
  now += HELD_MS;
  expect(await takeAll()).toHaveLength(SEATS);
});

test('are free where a clock that was ahead has taken them for longer than they can be held', async () => {
  now += 86_400_000;
  await takeAll();
  now -= 86_400_000;
  expect(await takeAll()).toHaveLength(SEATS);
});

test('are none where the table does not answer', async () => {
  expect(await seats('no-such-table').take()).toBeNull();
  expect(logged).toContain('no-seat');
});
