/** The event for programs against its published schema, and the page about it against both. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import Ajv2020 from 'ajv/dist/2020';
import { CHANGE_KINDS, type Change, type ChangeFacts, type ChangeKind } from '../../../lambda/core/model/change';
import { CHANGE_EVENT_VERSION } from '../../../lambda/core/notifications/change-event';
import { notificationOf } from '../../../lambda/core/notifications/notification';
import { detected, example, FAILED } from '../../support/values/changes';
import { T0 } from '../../support/values/observations';

const DOCS = join(__dirname, '../../../docs');
const schema = JSON.parse(readFileSync(join(DOCS, 'change-event.schema.json'), 'utf8')) as {
  properties: { change: { enum: string[] }; version: { const: string } };
  required: string[];
};
const validate = new Ajv2020({ strict: true, allowUnionTypes: true, allErrors: true }).compile(schema);

/** With little known, and with all. */
const BARE: ChangeFacts = {
  id: 'c1-1',
  sequence: 1,
  project: 'p_x',
  at: T0,
  status: null,
  step: null,
  importance: null,
  structProgress: null,
  fullProgress: null,
  lagSeconds: null,
  eta: null,
  said: {},
  anomalies: [],
};
const FULL: ChangeFacts = {
  ...BARE,
  status: 'FAILED',
  step: 'FULL_MIGRATION',
  importance: 'LOW',
  structProgress: 100,
  fullProgress: 63,
  lagSeconds: 12,
  eta: T0 + 60_000,
  execution: 'arn:aws:states:eu-central-1:111122223333:execution:Wait:run-1',
  said: {
    code: 'c',
    message: 'm',
    advice: 'a',
    requestId: 'r',
    cost: '1 ms',
    level: 'ERROR',
    reason: 'r',
    proposal: 'p',
    failedStep: 's',
    failedStepMessage: 'w'.repeat(10_000),
  },
};

const eventOf = (change: Change): unknown =>
  JSON.parse(JSON.stringify(notificationOf(change, { dashboardUrl: 'https://example.com' }).event));

test.each(CHANGE_KINDS)('the event of %s keeps to the schema, with little known and with all', (kind) => {
  for (const facts of [BARE, FULL]) {
    const words = 'w'.repeat(10_000);
    expect({ valid: validate(eventOf({ ...facts, ...detected(words)[kind] })), errors: validate.errors }).toEqual({
      valid: true,
      errors: null,
    });
  }
});

test.each<[ChangeKind, object]>([
  ['unreachable', { outcome: 'OmsUnreachable' }],
  ['stalled', { stillSeconds: 1800 }],
  ['lagging', { thresholdSeconds: 30 }],
  ['expiring', { leftSeconds: 31_680 }],
  ['goal-met', { goal: 'SWITCHED' }],
  ['rollback-path-lost', { cause: 'stopped' }],
  ['status', {}],
])('the event of %s has its facts as %j, so that no program reads sentences', (kind, params) => {
  expect(eventOf(example(kind))).toMatchObject({ params });
});

test('an event has every field in it that the schema names, and no other', () => {
  expect(Object.keys(eventOf(FAILED) as object).sort()).toEqual([...schema.required].sort());
  expect(Object.keys(schema.properties).sort()).toEqual([...schema.required].sort());
});

test('the schema has every kind of change, and the version', () => {
  expect(schema.properties.change.enum).toEqual([...CHANGE_KINDS]);
  expect(schema.properties.version.const).toBe(CHANGE_EVENT_VERSION);
});

describe('docs/notifications.md', () => {
  const page = readFileSync(join(DOCS, 'notifications.md'), 'utf8');
  const blocks = [...page.matchAll(/```json\n([\s\S]*?)```/g)].map(
    ([, json = '']) => JSON.parse(json) as Record<string, unknown>,
  );

  test('shows an event that keeps to the schema', () => {
    const examples = blocks.filter((block) => 'version' in block);
    expect(examples).toHaveLength(1);
    expect({ valid: validate(examples[0]), errors: validate.errors }).toEqual({ valid: true, errors: null });
  });

  test('has a filter policy for every attribute, and for no other', () => {
    const policies = blocks.filter((block) => !('version' in block));
    const shown = new Set(policies.flatMap((policy) => Object.keys(policy)));
    const attributes = [...Object.keys(notificationOf(FAILED).attributes), 'changeId', 'sequence'];
    expect([...shown].sort()).toEqual(attributes.sort());
  });

  test('names every kind of change', () => {
    for (const kind of CHANGE_KINDS) expect(page).toContain(`| \`${kind}\` |`);
  });
});
