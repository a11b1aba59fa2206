import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ScanCommand } from '@aws-sdk/client-dynamodb';
import { CheckFailed, InvalidInput } from '../../lambda/core/model/errors';
import { LocalStack, type LocalStackOptions } from '../../local/stack';
import { VirtualClock } from '../../local/virtual-clock';
import { writeAssembly } from './support-assembly';

const START = Date.UTC(2026, 0, 5);
const CREDENTIALS = { username: 'watch', password: 'secret' };

let home: string;
let clock: VirtualClock;
const open: LocalStack[] = [];

beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'stack-'));
  clock = new VirtualClock(START);
});

afterEach(async () => {
  await Promise.all(open.splice(0).map((stack) => stack.close()));
  rmSync(home, { recursive: true });
});

async function start(options: Partial<LocalStackOptions> = {}): Promise<LocalStack> {
  const directory = options.directory ?? writeAssembly(join(home, 'cdk.out'));
  const stack = await LocalStack.start({ clock, credentials: CREDENTIALS, ...options, directory });
  open.push(stack);
  return stack;
}

test('an invocation reaches the table, the topic and the secret of the template', async () => {
  const stack = await start();
  expect(await stack.invoke({ projects: ['p_a'] })).toEqual({
    at: '2026-01-05T00:00:00.000Z',
    endpoint: 'http://10.0.0.5:8089',
    user: 'watch',
    polls: 1,
    id: 36,
  });
  expect(stack.messages).toEqual([
    {
      topicArn: 'arn:aws:sns:us-east-1:000000000000:Changes',
      subject: 'p_a done',
      message: expect.any(String),
      attributes: { project: 'p_a' },
      at: START,
      recipients: ['email:dba@example.com'],
    },
  ]);
  const client = stack.database.client();
  const { Items } = await client.send(new ScanCommand({ TableName: stack.database.tableName }));
  client.destroy();
  expect(Items).toEqual([{ pk: { S: 'p_a' }, sk: { S: 'latest' }, polls: { N: '1' } }]);
});

test('the synthesized endpoint of OMS can be overridden', async () => {
  const stack = await start({ omsEndpoint: 'http://127.0.0.1:4000' });
  expect(await stack.invoke({ projects: ['p_a'] })).toMatchObject({ endpoint: 'http://127.0.0.1:4000' });
});

test('a wait of a day runs through its legs, and time passes only between the polls', async () => {
  const stack = await start();
  const execution = await stack.startWait({ projectId: 'p_a', rounds: 145 });
  expect(execution).toMatchObject({
    status: 'SUCCEEDED',
    output: { verdict: 'MET', polls: 145, at: '2026-01-06T00:00:00.000Z' },
  });
  expect(stack.messages.map(({ at }) => at)).toEqual([START + 86_400_000]);
  expect(stack.counters()).toEqual({
    invocations: 145,
    failedInvocations: 0,
    executions: 2,
    // 145 checks and choices, 144 waits, done; and leg, verdict, met.
    transitions: 145 * 2 + 144 + 1 + 3,
    largestHistory: 2 + 145 * 7 + 144 * 2 + 2,
    messages: 1,
  });
});

test('a wait whose verdict is FAILED fails by its code', async () => {
  const stack = await start();
  expect(await stack.startWait({ projectId: 'p_a', verdict: 'FAILED' })).toMatchObject({
    status: 'FAILED',
    error: 'MigrationFailed',
    cause: 'it failed',
  });
});

test('a wait can be interrupted', async () => {
  const stop = new AbortController();
  const stack = await start({ log: { info: () => stop.abort(), warn: () => {} } });
  expect(await stack.startWait({ projectId: 'p_a', rounds: 9 }, { signal: stop.signal })).toMatchObject({
    status: 'ABORTED',
  });
  expect(stack.counters()).toMatchObject({ invocations: 1, executions: 2 });
});

test('the schedule runs once on request, and at its rate beside a wait', async () => {
  const stack = await start();
  expect(await stack.runScheduleOnce()).toMatchObject([{ schedule: 'Schedule', at: START, result: { polls: 1 } }]);
  const stop = new AbortController();
  await clock.participate(async () => {
    const schedule = stack.runSchedule(stop.signal);
    await stack.startWait({ projectId: 'p_a', rounds: 4 });
    stop.abort();
    await schedule;
  });
  expect(clock.now()).toBe(START + 1_800_000);
  // Once by hand, then at 0, 5, … 25 minutes; at 30 the two ran side by side.
  const polls = stack.messages.filter(({ attributes, at }) => attributes.project === 'p_a,p_b' && at < clock.now());
  expect(polls.map(({ at }) => (at - START) / 60_000)).toEqual([0, 0, 5, 10, 15, 20, 25]);
});

test('an error of a scheduled run is in its result', async () => {
  const stack = await start({
    directory: writeAssembly(join(home, 'cdk.out'), (template) => {
      const target = template.Resources.Schedule?.Properties?.Target as { Input: string };
      target.Input = '{"fail":"Boom"}';
      return template;
    }),
  });
  expect(await stack.runScheduleOnce()).toEqual([
    { schedule: 'Schedule', at: START, error: expect.objectContaining({ name: 'Boom' }) },
  ]);
  expect(stack.counters()).toMatchObject({ invocations: 1, failedInvocations: 1 });
});

test('a function has the timeout of its template, on this clock', async () => {
  const stack = await start();
  expect(await stack.invoke({ remaining: true, sleepMs: 45_000 })).toBe(15_000);
  await expect(stack.invoke({ remaining: true, sleepMs: 61_000 })).rejects.toMatchObject({
    name: 'Sandbox.Timedout',
    message: 'Task timed out after 60.00 seconds',
  });
});

test('a function that is not in the stack is not found', async () => {
  const stack = await start();
  await expect(stack.invoke({}, 'arn:aws:lambda:us-east-1:000000000000:function:Other')).rejects.toMatchObject({
    name: 'Lambda.ResourceNotFoundException',
  });
  expect(await stack.invoke({ remaining: true }, 'Small-Check:LIVE')).toBe(60_000);
});

test('data stored in a folder is there for the next stack', async () => {
  const dataFolder = join(home, 'data');
  const first = await start({ dataFolder });
  await first.invoke({ projects: ['p_a'] });
  await expect(start({ dataFolder })).rejects.toThrow(InvalidInput);
  await open.splice(0)[0]?.close();
  const second = await start({ dataFolder });
  expect(await second.invoke({ projects: ['p_a'] })).toMatchObject({ polls: 2 });
});

test.each([
  [
    'gives no clock to its handler',
    'exports.handler = async () => 1;',
    'does not export createHandler, which is needed to give it a clock',
  ],
  ['cannot be loaded', 'require("./gone");', 'cannot be loaded (Cannot find module'],
])('refuses a bundle that %s, and leaves nothing running', async (_, code, message) => {
  const directory = writeAssembly(join(home, 'cdk.out'));
  writeFileSync(join(directory, 'index.js'), code);
  writeFileSync(join(directory, 'Small.assets.json'), JSON.stringify({ files: { c0de: { source: { path: '.' } } } }));
  const dataFolder = join(home, 'data');
  await expect(start({ directory, dataFolder })).rejects.toThrow(CheckFailed);
  await expect(start({ directory, dataFolder })).rejects.toThrow(message);
});
