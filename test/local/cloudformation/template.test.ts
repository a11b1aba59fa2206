import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CheckFailed } from '../../../lambda/core/model/errors';
import { readStack } from '../../../local/cloudformation/template';
import { writeAssembly } from '../support-assembly';

let home: string;

beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'template-'));
});

afterEach(() => rmSync(home, { recursive: true }));

test('a stack is read as plain values', () => {
  const model = readStack(writeAssembly(home));
  expect(model).toMatchObject({
    name: 'Small',
    tables: [
      {
        name: 'Small-Table',
        keySchema: [
          { AttributeName: 'pk', KeyType: 'HASH' },
          { AttributeName: 'sk', KeyType: 'RANGE' },
        ],
      },
    ],
    functions: [
      {
        name: 'Small-Check',
        arn: 'arn:aws:lambda:us-east-1:000000000000:function:Small-Check',
        environment: {
          TABLE_NAME: 'Small-Table',
          TOPIC_ARN: 'arn:aws:sns:us-east-1:000000000000:Changes',
          OMS_ENDPOINT: 'http://10.0.0.5:8089',
          OMS_SECRET_ID: 'arn:aws:secretsmanager:us-east-1:000000000000:secret:oms',
        },
        codeDirectory: join(__dirname, '../fixtures/bundle'),
        handler: 'index.handler',
        timeoutSeconds: 60,
      },
    ],
    schedules: [
      {
        expression: 'rate(5 minutes)',
        intervalSeconds: 300,
        targetArn: 'arn:aws:lambda:us-east-1:000000000000:function:Small-Check',
        input: { projects: ['p_a', 'p_b'] },
      },
    ],
    topics: [{ arn: 'arn:aws:sns:us-east-1:000000000000:Changes' }],
    subscriptions: [
      { topicArn: 'arn:aws:sns:us-east-1:000000000000:Changes', protocol: 'email', endpoint: 'dba@example.com' },
    ],
  });
  expect(model.machines.map(({ name, definition }) => [name, Object.keys(definition.States)])).toEqual([
    ['Small-Leg', ['Check', 'Go on?', 'Wait', 'Done']],
    ['Small-Wait', ['Leg', 'Verdict', 'Met', 'Not met']],
  ]);
  expect(model.output('WaitMachineArn')).toBe('arn:aws:states:us-east-1:000000000000:stateMachine:Small-Wait');
});

test.each<[string, string, Record<string, unknown>, string]>([
  [
    'a table with an index',
    'Table',
    { GlobalSecondaryIndexes: [] },
    'the table Table has GlobalSecondaryIndexes, which is not supported here',
  ],
  [
    'a table with provisioned capacity',
    'Table',
    { BillingMode: 'PROVISIONED' },
    'the table Table has provisioned capacity, which is not supported here',
  ],
  [
    'a state machine whose definition is an object',
    'Leg',
    { DefinitionString: undefined, Definition: { StartAt: 'A' } },
    'the state machine Leg has no DefinitionString',
  ],
  [
    'a definition that is not JSON',
    'Leg',
    { DefinitionString: '{' },
    'the definition of the state machine Leg is not JSON',
  ],
])('refuses %s', (_, logicalId, properties, message) => {
  const directory = writeAssembly(home, (template) => {
    Object.assign(template.Resources[logicalId]?.Properties ?? {}, properties);
    return template;
  });
  expect(() => readStack(directory)).toThrow(CheckFailed);
  expect(() => readStack(directory)).toThrow(message);
});

test.each([
  ['rate(1 hour)', 3_600],
  ['rate(2 days)', 172_800],
  ['cron(0 12 * * ? *)', undefined],
])('a schedule of %s has an interval of %s s', (expression, seconds) => {
  const directory = writeAssembly(home, (template) => {
    Object.assign(template.Resources.Schedule?.Properties ?? {}, { ScheduleExpression: expression });
    return template;
  });
  expect(readStack(directory).schedules[0]?.intervalSeconds).toBe(seconds);
});

test('refuses a folder without a stack, with several, and one that does not exist', () => {
  expect(() => readStack(home)).toThrow(CheckFailed);
  expect(() => readStack(home)).toThrow(`${home} has no synthesized stack`);
  expect(() => readStack(join(home, 'none'))).toThrow(`${join(home, 'none')} is not a folder with a synthesized stack`);
  writeAssembly(home);
  writeFileSync(join(home, 'Other.template.json'), '{}');
  expect(() => readStack(home)).toThrow(`${home} has several stacks, name one of them: Other, Small`);
  expect(readStack(home, 'Small').name).toBe('Small');
});

test('refuses a function whose asset is not in the assembly, or whose code is in the template', () => {
  const withCode = (code: object) =>
    writeAssembly(home, (template) => {
      Object.assign(template.Resources.Check?.Properties ?? {}, { Code: code });
      return template;
    });
  expect(() => readStack(withCode({ S3Key: 'gone.zip' }))).toThrow(
    `Small refers to the asset gone.zip, which is not in ${home}`,
  );
  expect(() => readStack(withCode({ ZipFile: 'x' }))).toThrow(
    'the function Check has its code in the template; expected an asset',
  );
});

test('refuses an output that the stack does not have', () => {
  expect(() => readStack(writeAssembly(home)).output('Nothing')).toThrow('Small has no output Nothing');
});
