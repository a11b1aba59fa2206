/** The commands of the runbook are pasted at night: the names in them are checked against the code. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type AttributeValue, GetItemCommand, QueryCommand } from '@aws-sdk/client-dynamodb';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { DynamoDbStore } from '../../lambda/adapters/dynamodb/project-store';
import { FleetRequestSchema } from '../../lambda/contract/fleet';
import { DoctorRequestSchema } from '../../lambda/contract/requests/events';
import { readWaitParameters } from '../../lambda/core/check/wait-input';
import { read } from '../../lambda/core/model/fields';
import { OmsCutoverStack } from '../../lib/app/oms-cutover-stack';
import { readSettings } from '../../lib/app/settings';
import { startEmbeddedDynamoDb } from '../../local/data/embedded-dynamodb';
import { LOCAL_TABLE } from '../../local/data/local-store';
import { Harness } from '../support/harness';
import { syncing, T0 } from '../support/values/observations';
import { ENDPOINT, newStack } from './stacks';

const ROOT = join(__dirname, '../..');
const runbook = readFileSync(join(ROOT, 'docs/runbook.md'), 'utf8');
const shell = [...runbook.matchAll(/^```sh\n([\s\S]*?)^```/gm)].map(([, block = '']) => block).join('');
const stack = new OmsCutoverStack(newStack().node.root, 'OmsCutover', {
  settings: readSettings({ omsEndpoint: ENDPOINT, projects: 'p_a' }),
});
const template = Template.fromStack(stack);

const jsonAfter = (flag: string): unknown[] =>
  [...shell.matchAll(new RegExp(`${flag} '([^']+)'`, 'g'))].map(([, json = '']) => JSON.parse(json));

test('reads outputs of the stack, by the name of the stack', () => {
  const outputs = Object.keys(template.toJSON().Outputs);
  const read = [...shell.matchAll(/\$\(output (\w+)\)/g)].map(([, name]) => name);
  expect(read).toEqual(['CheckFunctionName', 'TableName', 'WaitMachineArn', 'FailuresUrl', 'LegMachineArn']);
  for (const name of read) expect(outputs).toContain(name);
  expect(shell).toContain(`STACK=${stack.stackName}`);
});

test('reads the log group from the configuration of the function', () => {
  template.hasResourceProperties('AWS::Lambda::Function', {
    LoggingConfig: { LogGroup: { Ref: Match.stringLikeRegexp('^MonitorCheckLogs') } },
  });
  expect(shell).toContain('--query LoggingConfig.LogGroup');
});

test('names the logical id of the dead-letter queue of the schedule', () => {
  expect(Object.keys(template.findResources('AWS::SQS::Queue'))).toContainEqual(
    expect.stringMatching(/FleetDeadLetters/),
  );
});

test('sends events that the function accepts', () => {
  const [doctor, poll, ...others] = jsonAfter('--payload') as Record<string, unknown>[];
  expect(others).toEqual([]);
  expect(read(DoctorRequestSchema, doctor)).toMatchObject({ projectId: 'p_x', testNotification: false });
  expect(read(FleetRequestSchema, poll)).toEqual({ projects: ['p_x'], intervalSeconds: 300 });
});

test('reads keys and attributes that the table has', async () => {
  const database = await startEmbeddedDynamoDb({ table: LOCAL_TABLE });
  const client = database.client();
  const store = new DynamoDbStore({ client, tableName: LOCAL_TABLE.name, retentionDays: 90 });
  await new Harness([syncing(T0, 1)], store).check({}, { project: 'p_x' });
  const [Key] = jsonAfter('--key') as Record<string, AttributeValue>[];
  const { Item = {} } = await client.send(new GetItemCommand({ TableName: LOCAL_TABLE.name, Key }));
  const [values] = jsonAfter('--expression-attribute-values') as Record<string, AttributeValue>[];
  const { Items = [] } = await client.send(
    new QueryCommand({
      TableName: LOCAL_TABLE.name,
      KeyConditionExpression: /--key-condition-expression '([^']+)'/.exec(shell)?.[1],
      ExpressionAttributeValues: { ...values, ':project': { S: 'p_x' } },
    }),
  );
  client.destroy();
  await database.close();
  const attributes = (command: string) =>
    [...(new RegExp(`${command} [^]*?--query '([^']+)'`).exec(shell)?.[1] ?? '').matchAll(/(\w+)\.[SMNL]\b/g)].map(
      ([, name]) => name,
    );
  // Within progress, and stored for a muted project only.
  const ofState = attributes('get-item').filter((name) => name !== 'status' && name !== 'mutedUntil');
  expect(ofState).toContain('pending');
  expect(Object.keys(Item)).toEqual(expect.arrayContaining(ofState));
  expect(Item.progress?.M).toHaveProperty('status');
  expect(Items).toHaveLength(1);
  expect(Object.keys(Items[0] ?? {})).toEqual(expect.arrayContaining(attributes('aws dynamodb query')));
});

test('starts a wait with an input that it accepts', () => {
  const [input, ...others] = jsonAfter('--input');
  expect(others).toEqual([]);
  expect(readWaitParameters(input)).toMatchObject({ projectId: 'p_x', goal: { type: 'SYNCED' } });
});

test('filters the log by events that the function logs', () => {
  const asked = [...runbook.matchAll(/event (?:=|in) (\[[^\]]+\]|"[^"]+")/g)].flatMap(([, names = '']) =>
    [...names.matchAll(/"([\w-]+)"/g)].map(([, name]) => name),
  );
  const sources = ['check/check', 'fleet/fleet', 'notifications/deliver'].map((name) =>
    readFileSync(join(ROOT, `lambda/core/${name}.ts`), 'utf8'),
  );
  const logged = sources
    .flatMap((source) => [...source.matchAll(/log\.(?:info|warn)\(\s*'([\w-]+)'/g)])
    .map(([, name]) => name);
  expect(asked.length).toBeGreaterThan(4);
  for (const name of asked) expect(logged).toContain(name);
});
