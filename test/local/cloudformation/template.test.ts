// biome-ignore-all lint/suspicious/noTemplateCurlyInString: CloudFormation's and Step Functions' own placeholders.
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
        billingMode: 'PAY_PER_REQUEST',
        ttlAttribute: 'expiresAt',
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

test('a definition may be an object with substitutions', () => {
  const directory = writeAssembly(home, (template) => ({
    ...template,
    Resources: {
      Check: template.Resources.Check,
      Role: template.Resources.Role,
      Table: template.Resources.Table,
      Topic: template.Resources.Topic,
      Machine: {
        Type: 'AWS::StepFunctions::StateMachine',
        Properties: {
          Definition: { StartAt: 'A', States: { A: { Type: 'Task', Resource: '${function}', End: true } } },
          DefinitionSubstitutions: { function: { 'Fn::GetAtt': ['Check', 'Arn'] } },
        },
      },
    },
  }));
  expect(readStack(directory).machines[0]?.definition.States.A?.Resource).toBe(
    'arn:aws:lambda:us-east-1:000000000000:function:Small-Check',
  );
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

test('refuses a folder without a stack, one with several, and one that is not there', () => {
  expect(() => readStack(home)).toThrow(CheckFailed);
  expect(() => readStack(home)).toThrow(`${home} holds no synthesized stack`);
  expect(() => readStack(join(home, 'none'))).toThrow(`${join(home, 'none')} is no folder with a synthesized stack`);
  writeAssembly(home);
  writeFileSync(join(home, 'Other.template.json'), '{}');
  expect(() => readStack(home)).toThrow(`${home} holds several stacks, say which: Other, Small`);
  expect(readStack(home, 'Small').name).toBe('Small');
});

test('refuses a function whose asset is not in the assembly, or whose code is in the template', () => {
  const withCode = (code: object) =>
    writeAssembly(home, (template) => {
      Object.assign(template.Resources.Check?.Properties ?? {}, { Code: code });
      return template;
    });
  expect(() => readStack(withCode({ S3Key: 'gone.zip' }))).toThrow(
    `Small names the asset gone.zip, which ${home} does not hold`,
  );
  expect(() => readStack(withCode({ ZipFile: 'x' }))).toThrow(
    'the function Check has its code in the template; expected an asset',
  );
});

test('refuses an output that the stack does not have', () => {
  expect(() => readStack(writeAssembly(home)).output('Nothing')).toThrow('Small has no output Nothing');
});
