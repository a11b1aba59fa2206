/** The runbook's commands are pasted at night by somebody who cannot check them: the names and the events in them are held to the code here. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { DoctorRequestSchema } from '../../lambda/contract/doctor';
import { FleetRequestSchema } from '../../lambda/contract/fleet';
import { readWaitParameters } from '../../lambda/core/check/wait-input';
import { read } from '../../lambda/core/model/fields';
import { OmsCutoverStack } from '../../lib/app/oms-cutover-stack';
import { readSettings } from '../../lib/app/settings';
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

test('reads outputs that the stack has, of the stack as it is called', () => {
  const outputs = Object.keys(template.toJSON().Outputs);
  const read = [...shell.matchAll(/\$\(output (\w+)\)/g)].map(([, name]) => name);
  expect(read).toEqual(['CheckFunctionName', 'TableName', 'WaitMachineArn', 'FailuresUrl']);
  for (const name of read) expect(outputs).toContain(name);
  expect(shell).toContain(`STACK=${stack.stackName}`);
});

test('finds the log group where the function has it', () => {
  template.hasResourceProperties('AWS::Lambda::Function', {
    LoggingConfig: { LogGroup: { Ref: Match.stringLikeRegexp('^MonitorCheckLogs') } },
  });
  expect(shell).toContain('--query LoggingConfig.LogGroup');
});

test('finds the second queue by the beginning of its id', () => {
  expect(Object.keys(template.findResources('AWS::SQS::Queue'))).toContainEqual(
    expect.stringMatching(/FleetDeadLetters/),
  );
});

test('sends the function events that it takes', () => {
  const [doctor, round, ...others] = jsonAfter('--payload') as Record<string, unknown>[];
  expect(others).toEqual([]);
  expect(read(DoctorRequestSchema, doctor)).toMatchObject({ projectId: 'p_x', testNotification: false });
  expect(read(FleetRequestSchema, round)).toEqual({ projects: ['p_x'], intervalSeconds: 300 });
});

test('starts a wait with an input that it takes', () => {
  const [input, ...others] = jsonAfter('--input');
  expect(others).toEqual([]);
  expect(readWaitParameters(input)).toMatchObject({ projectId: 'p_x', goal: { type: 'SYNCED' } });
});

test('asks the log for events that it has', () => {
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
