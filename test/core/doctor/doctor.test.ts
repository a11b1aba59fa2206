/** The findings for each observation, clock and topic, and how to fix them. */

import { DoctorRequestSchema } from '../../../lambda/contract/requests/events';
import { examine } from '../../../lambda/core/doctor/examine';
import {
  type Finding,
  findingOfMute,
  findingsOfOms,
  findingsOfSubscriptions,
  stateOf,
} from '../../../lambda/core/doctor/findings';
import { read } from '../../../lambda/core/model/fields';
import type { Observation } from '../../../lambda/core/model/progress';
import { initialState } from '../../../lambda/core/model/project-state';
import { Harness } from '../../support/harness';
import { failed, ok, T0 } from '../../support/values/observations';

const states = (findings: readonly Finding[]) => Object.fromEntries(findings.map(({ check, state }) => [check, state]));
const answered = { api: '3.3', clockSkewMs: 0 } as const;
const refused = (outcome: 'OmsRefused' | 'OmsProjectNotFound' | 'OmsBadReply'): Observation => ({
  ...failed(T0, outcome, { clockSkewMs: 0 }),
  api: '3.3',
});
const ALL_OK = { reachable: 'ok', credentials: 'ok', version: 'ok', clock: 'ok' };

test.each([
  ['a good observation', ok(T0), 'p_x', { ...ALL_OK, project: 'ok' }],
  ...['FAILED', 'SUSPEND', 'RELEASED', 'STRANGE'].map(
    (status) =>
      [`a project that is ${status}`, ok(T0, { status }), 'p_x', { ...ALL_OK, project: 'attention' }] as const,
  ),
  ['a project that does not exist', refused('OmsProjectNotFound'), 'p_x', { ...ALL_OK, project: 'problem' }],
  ['the placeholder, where no project was named', refused('OmsProjectNotFound'), null, ALL_OK],
  ['a refusal', refused('OmsRefused'), 'p_x', { ...ALL_OK, credentials: 'attention', project: 'problem' }],
  [
    'a refusal, where no project was named',
    refused('OmsRefused'),
    null,
    { ...ALL_OK, credentials: 'attention', project: 'attention' },
  ],
  [
    'no answer',
    failed(T0),
    'p_x',
    { reachable: 'problem', credentials: 'attention', version: 'attention', clock: 'attention', project: 'attention' },
  ],
  [
    'another server',
    failed(T0, 'OmsBadReply'),
    null,
    { reachable: 'problem', credentials: 'attention', version: 'attention', clock: 'attention' },
  ],
  [
    'rejected credentials',
    failed(T0, 'OmsRejectedCredentials', { clockSkewMs: 0 }),
    null,
    { reachable: 'ok', credentials: 'problem', version: 'attention', clock: 'ok' },
  ],
] as const)('%s', (_, observation, project, expected) => {
  const findings = findingsOfOms(observation, project);
  expect(states(findings)).toEqual(expected);
  for (const { state, seen, todo } of findings) {
    expect(seen).not.toBe('');
    expect(todo === null).toBe(state === 'ok');
  }
});

test.each([
  [0, 'ok', 'OMS and this host show the same time'],
  [-5_000, 'ok', 'the clock of OMS is 5 s behind'],
  [6_000, 'attention', 'the clock of OMS is 6 s ahead: the lag may be wrong by that much'],
  [
    -90_000,
    'attention',
    'the clock of OMS is 90 s behind: the lag may be wrong by that much, and a wait for SYNCED or DRAINED may never end',
  ],
])('a clock %i ms off is %s', (clockSkewMs, state, seen) => {
  const clock = findingsOfOms(ok(T0, {}, { clockSkewMs }), 'p_x').find(({ check }) => check === 'clock');
  expect(clock).toMatchObject({ state, seen });
});

test('the version is the calls that answered', () => {
  const seen = (observation: Observation) =>
    findingsOfOms(observation, 'p_x').find(({ check }) => check === 'version')?.seen;
  expect(seen(ok(T0))).toBe('OMS supports the API calls of 3.3.0 to 4.1.0');
  expect(seen({ ...ok(T0), ...answered, api: '4.1.1' })).toBe('OMS supports the API calls of 4.1.1 and later');
});

test.each([
  [[], 'problem', 'the topic has no subscriptions'],
  [[['a@x.org', true]], 'ok', '1 confirmed'],
  [
    [
      ['a@x.org', true],
      ['b@x.org', false],
    ],
    'attention',
    '1 confirmed; not confirmed: email b@x.org',
  ],
  [[['b@x.org', false]], 'problem', '0 confirmed; not confirmed: email b@x.org'],
] as const)('subscriptions %j: %s', (listeners, state, seen) => {
  const all = listeners.map(([endpoint, confirmed]) => ({ protocol: 'email', endpoint, confirmed }));
  const [topic, subscriptions] = findingsOfSubscriptions(all);
  expect(topic).toMatchObject({ check: 'topic', state: 'ok' });
  expect(subscriptions).toMatchObject({ state, seen });
});

test('a muted project is a finding while it is muted', () => {
  const projectState = { ...initialState('p_x'), mutedUntil: T0 + 1000 };
  expect(findingOfMute(projectState, T0)).toMatchObject([
    { state: 'attention', seen: 'muted until 2026-11-23T00:00:01.000Z, 0 changes held back' },
  ]);
  expect(findingOfMute(projectState, T0 + 1000)).toEqual([]);
  expect(findingOfMute(undefined, T0)).toEqual([]);
});

test('the worst finding counts', () => {
  const finding = (state: Finding['state']): Finding => ({ check: 'x', state, seen: '', todo: null });
  expect(stateOf([])).toBe('ok');
  expect(stateOf([finding('ok'), finding('attention')])).toBe('attention');
  expect(stateOf([finding('problem'), finding('attention'), finding('ok')])).toBe('problem');
});

test('everything is checked, whatever else fails', async () => {
  const run = new Harness();
  run.refusal = new Error('topic\nis gone');
  const broken = async (): Promise<never> => Promise.reject(new Error('no access'));
  const ports = run.ports({ oms: { poll: broken } });
  const report = await examine(
    { projectId: 'p_x', testNotification: true },
    { ...ports, store: { ...ports.store, readState: broken }, subscriptions: { list: broken } },
  );
  expect(report.state).toBe('problem');
  expect(states(report.findings)).toEqual({
    credentials: 'problem',
    table: 'problem',
    topic: 'problem',
    'test-notification': 'problem',
  });
  expect(report.findings.at(-1)?.seen).toBe('topic is gone');
});

test.each([
  [{ doctor: 'yes' }, 'doctor must be true'],
  [{ doctor: true, testNotification: 1 }, 'testNotification must be true or false'],
  [{ doctor: true, projectId: '../x' }, 'project id "../x" holds'],
  [{ doctor: true, project: 'p_x' }, 'unknown field "project"; known are doctor, projectId, testNotification'],
])('refuses %j', (event, problem) => {
  expect(() => read(DoctorRequestSchema, event)).toThrow(problem);
});
