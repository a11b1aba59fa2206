/** An update from the last release replaces no resource that holds state. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { lostByUpdate, RELEASED_STACKS, releasedTemplate, synthesizeStacks, type Template } from './released';

let folder: string;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'oms-cutover-update-'));
  await synthesizeStacks(folder);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test.each(RELEASED_STACKS)(
  'an update of %s from the last release replaces and removes nothing that holds state',
  (stack) => {
    expect(lostByUpdate(folder, stack, releasedTemplate(stack))).toEqual([]);
  },
);

test('the stored release has every type of resource that holds state', () => {
  const types = new Set(RELEASED_STACKS.flatMap((stack) => resourcesOf(stack).map(([, { Type }]) => Type)));
  expect([...types].sort()).toEqual([
    'AWS::CloudWatch::Alarm',
    'AWS::CloudWatch::Dashboard',
    'AWS::DynamoDB::Table',
    'AWS::KMS::Key',
    'AWS::Lambda::Function',
    'AWS::Logs::LogGroup',
    'AWS::SNS::Subscription',
    'AWS::SNS::Topic',
    'AWS::SQS::Queue',
    'AWS::StepFunctions::StateMachine',
  ]);
});

test('refuses an update that replaces or removes a resource, or moves its name', () => {
  const [table, topic, logs, machine, alarm] = [
    idOf('AWS::DynamoDB::Table', 'Table'),
    idOf('AWS::SNS::Topic', 'Topic'),
    idOf('AWS::Logs::LogGroup', 'CheckLogs'),
    idOf('AWS::StepFunctions::StateMachine', 'Wait'),
    idOf('AWS::CloudWatch::Alarm', 'FunctionErrors'),
  ];
  const name = releasedTemplate('Least').Resources[alarm]?.Properties?.AlarmName;
  const released: Template = {
    Resources: Object.fromEntries(
      resourcesOf('Least').map(([id, resource]) => {
        if (id === table) return [id, { ...resource, Properties: { ...resource.Properties, TableName: 'theirs' } }];
        if (id === machine) return [id, { ...resource, Properties: { StateMachineType: 'EXPRESS' } }];
        return [[topic, logs, alarm].includes(id) ? `Former${id}` : id, resource];
      }),
    ),
  };
  expect(lostByUpdate(folder, 'Least', released).sort()).toEqual([
    `Former${alarm}: its name ${JSON.stringify(name)} moves to ${alarm}`,
    `Former${logs}: orphan`,
    `Former${topic}: destroy`,
    `${table}: replace`,
    `${machine}: replace`,
  ]);
});

function resourcesOf(stack: (typeof RELEASED_STACKS)[number]) {
  return Object.entries(releasedTemplate(stack).Resources);
}

function idOf(type: string, part: string): string {
  const ids = resourcesOf('Least').filter(([id, { Type }]) => Type === type && id.includes(part));
  expect(ids).toHaveLength(1);
  return ids[0]?.[0] ?? '';
}
