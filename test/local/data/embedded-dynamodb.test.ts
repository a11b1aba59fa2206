import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { GetItemCommand, PutItemCommand, QueryCommand, ScanCommand } from '@aws-sdk/client-dynamodb';
import { CheckFailed, InvalidInput } from '../../../lambda/core/model/errors';
import type { TableDefinition } from '../../../local/cloudformation/table-definition';
import {
  type EmbeddedDynamoDb,
  joinEmbeddedDynamoDb,
  startEmbeddedDynamoDb,
} from '../../../local/data/embedded-dynamodb';

const TABLE: TableDefinition = {
  name: 'Looks',
  keySchema: [
    { AttributeName: 'project', KeyType: 'HASH' },
    { AttributeName: 'at', KeyType: 'RANGE' },
  ],
  attributes: [
    { AttributeName: 'project', AttributeType: 'S' },
    { AttributeName: 'at', AttributeType: 'S' },
  ],
};

let home: string;
const open: EmbeddedDynamoDb[] = [];

beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'embedded-dynamodb-'));
});

afterEach(async () => {
  await Promise.all(open.splice(0).map((database) => database.close()));
  rmSync(home, { recursive: true, force: true });
});

async function start(folder?: string, table = TABLE): Promise<EmbeddedDynamoDb> {
  const database = await startEmbeddedDynamoDb({ table, ...(folder === undefined ? {} : { folder }) });
  open.push(database);
  return database;
}

async function stop(database: EmbeddedDynamoDb): Promise<void> {
  open.splice(open.indexOf(database), 1);
  await database.close();
}

async function using<T>(
  database: EmbeddedDynamoDb,
  work: (client: ReturnType<EmbeddedDynamoDb['client']>) => Promise<T>,
): Promise<T> {
  const client = database.client();
  try {
    return await work(client);
  } finally {
    client.destroy();
  }
}

async function beside(): Promise<EmbeddedDynamoDb> {
  const database = await joinEmbeddedDynamoDb({ table: TABLE, folder: home });
  open.push(database);
  return database;
}

const put = (database: EmbeddedDynamoDb, at: string, condition?: string) =>
  using(database, (client) =>
    client.send(
      new PutItemCommand({
        TableName: TABLE.name,
        Item: { project: { S: 'p_a' }, at: { S: at } },
        ...(condition ? { ConditionExpression: condition, ExpressionAttributeNames: { '#at': 'at' } } : {}),
      }),
    ),
  );

const stored = (database: EmbeddedDynamoDb) =>
  using(database, async (client) => {
    const { Items } = await client.send(new ScanCommand({ TableName: TABLE.name }));
    return (Items ?? []).map((item) => item.at?.S).sort();
  });

test('a conditional put is refused where the condition does not hold, and changes nothing', async () => {
  const database = await start();
  await put(database, '1', 'attribute_not_exists(#at)');
  await expect(put(database, '1', 'attribute_not_exists(#at)')).rejects.toMatchObject({
    name: 'ConditionalCheckFailedException',
  });
  expect(await stored(database)).toEqual(['1']);
});

test('a query returns items by sort key, in either direction', async () => {
  const database = await start();
  for (const at of ['3', '1', '2']) await put(database, at);
  const query = (forward: boolean) =>
    using(database, (client) =>
      client.send(
        new QueryCommand({
          TableName: TABLE.name,
          KeyConditionExpression: '#project = :p AND #at >= :from',
          ExpressionAttributeNames: { '#project': 'project', '#at': 'at' },
          ExpressionAttributeValues: { ':p': { S: 'p_a' }, ':from': { S: '2' } },
          ScanIndexForward: forward,
        }),
      ),
    );
  expect((await query(true)).Items?.map((item) => item.at?.S)).toEqual(['2', '3']);
  expect((await query(false)).Items?.map((item) => item.at?.S)).toEqual(['3', '2']);
});

test('data in a folder is there in the next run', async () => {
  const first = await start(join(home, 'a/b'));
  await put(first, '1');
  await stop(first);
  const second = await start(join(home, 'a/b'));
  expect(await stored(second)).toEqual(['1']);
});

test('two databases in memory share nothing', async () => {
  const [one, other] = await Promise.all([start(), start()]);
  await put(one, '1');
  expect(await stored(other)).toEqual([]);
});

test('refuses a folder that another run holds, and does not disturb that run', async () => {
  const holder = await start(home);
  const second = start(home);
  await expect(second).rejects.toThrow(InvalidInput);
  await expect(second).rejects.toThrow(
    `data directory ${home} is in use by another run; wait for it to end, or choose another with --data-dir`,
  );
  await put(holder, '1');
  expect(await stored(holder)).toEqual(['1']);
});

describe('beside the run that holds a folder', () => {
  test('reads through that run', async () => {
    const holder = await start(home);
    const guest = await beside();
    await put(guest, '1');
    expect(await stored(holder)).toEqual(['1']);
    await stop(guest);
    await put(holder, '2');
    expect(await stored(holder)).toEqual(['1', '2']);
  });

  test('holds a folder that is free', async () => {
    await stop(await start(home));
    await beside();
    await expect(start(home)).rejects.toThrow('is in use by another run');
  });

  test.each([
    ['that was killed, and another has begun since', { pid: 2 ** 22, port: 1 }],
    ['that listens no more', { pid: process.pid, port: 1 }],
    ['of which nothing can be read', 'garbage'],
  ])('ignores the holder file of a run %s', async (_, word) => {
    await start(home);
    writeFileSync(join(home, 'dynamodb/held-by.json'), JSON.stringify(word));
    await expect(beside()).rejects.toThrow('is in use by another run');
  });

  test('refuses the database of another version', async () => {
    const other = await start(undefined, { ...TABLE, name: 'other' });
    await start(home);
    writeFileSync(
      join(home, 'dynamodb/held-by.json'),
      JSON.stringify({ pid: process.pid, port: Number(new URL(other.url).port) }),
    );
    await expect(beside()).rejects.toThrow('is in use by another run');
  });

  test('leaves no holder file behind', async () => {
    await stop(await start(home));
    expect(readdirSync(home)).toEqual(['dynamodb']);
    expect(readdirSync(join(home, 'dynamodb'))).not.toContain('held-by.json');
  });
});

test('of two runs that start at once in a folder one gets it, and the other is refused', async () => {
  for (let i = 0; i < 5; i += 1) {
    const both = await Promise.allSettled([start(home), start(home)]);
    expect(both.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    const refused = both.find(({ status }) => status === 'rejected') as PromiseRejectedResult;
    expect(refused.reason.message).toContain('is in use by another run');
    await stop(open[0] as EmbeddedDynamoDb);
  }
});

test.each([
  ['that was killed', String(2 ** 22)],
  ['of which nothing can be read', 'garbage'],
])('the turn to start of a run %s has ended', async (_, word) => {
  mkdirSync(join(home, 'dynamodb'));
  writeFileSync(join(home, 'dynamodb/starting'), word);
  await start(home);
  expect(readdirSync(join(home, 'dynamodb'))).not.toContain('starting');
});

test('refuses a path that is a file, and leaves the file alone', async () => {
  const file = join(home, 'notes.txt');
  writeFileSync(file, 'mine');
  await expect(start(file)).rejects.toThrow(InvalidInput);
  await expect(start(file)).rejects.toThrow(`data directory ${file} is a file; expected a folder`);
  expect(readFileSync(file, 'utf8')).toBe('mine');
});

test('refuses a folder that cannot be created', async () => {
  const under = join(home, 'notes.txt');
  writeFileSync(under, 'mine');
  await expect(start(join(under, 'data'))).rejects.toThrow(InvalidInput);
  await expect(start(join(under, 'data'))).rejects.toThrow(
    /cannot be used \(ENOTDIR\); expected a folder that can be created/,
  );
});

test.each([
  ['a pointer that is garbage', 'garbage'],
  ['a pointer to a file that is gone', 'MANIFEST-009999\n'],
])('names the data that cannot be read: %s', async (_, current) => {
  await stop(await start(home));
  writeFileSync(join(home, 'dynamodb/CURRENT'), current);
  const again = start(home);
  await expect(again).rejects.toThrow(CheckFailed);
  await expect(again).rejects.toThrow(`the data in ${join(home, 'dynamodb')} cannot be read`);
});

test('refuses a table with other keys than the definition', async () => {
  await stop(await start(home));
  const other: TableDefinition = {
    ...TABLE,
    keySchema: TABLE.keySchema.slice(0, 1),
    attributes: TABLE.attributes.slice(0, 1),
  };
  await expect(start(home, other)).rejects.toThrow(CheckFailed);
  await expect(start(home, other)).rejects.toThrow(
    'has the keys project HASH S, at RANGE S, but this version needs project HASH S;',
  );
});

test('waits on close for requests whose client has disconnected', async () => {
  for (let i = 0; i < 20; i += 1) {
    const database = await start(home);
    const client = database.client();
    const asked = [1, 2, 3].map(() => client.send(new ScanCommand({ TableName: TABLE.name })).catch(() => undefined));
    await new Promise((resolve) => setTimeout(resolve, i % 5));
    client.destroy();
    // An uncaught exception would end the test run here.
    await stop(database);
    await Promise.all(asked);
  }
});

test('a missing item is undefined', async () => {
  const database = await start();
  const reply = await using(database, (client) =>
    client.send(new GetItemCommand({ TableName: TABLE.name, Key: { project: { S: 'p_b' }, at: { S: '1' } } })),
  );
  expect(reply.Item).toBeUndefined();
});
