import { CHANGE_KINDS } from '../../../lambda/core/model/change';
import { notificationOf } from '../../../lambda/core/notifications/notification';
import { example, FACTS, FAILED } from '../../support/values/changes';

test('the subject says what happened, how long the previous status lasted, and where the project is', () => {
  expect(notificationOf(FAILED).subject).toBe('[oms-cutover] p_x FAILED (was RUNNING 3 h 12 min), FULL_MIGRATION 63 %');
});

test.each(CHANGE_KINDS)('the subject of %s is ASCII of less than 100 characters, whatever OMS says', (kind) => {
  const { subject } = notificationOf({
    ...example(kind, '状態'.repeat(32)),
    project: `p_${'é'.repeat(120)}`,
    step: 'S'.repeat(64),
    status: '状態'.repeat(32),
  });
  expect(subject).toMatch(/^[\x20-\x7e]{1,99}$/);
});

test('a long project id is shortened in the middle, so that what happened stays readable', () => {
  const { subject } = notificationOf({ ...FAILED, project: `p_${'4w3oc0k1x2y4'.repeat(8)}` });
  expect(subject).toHaveLength(99);
  expect(subject).toMatch(
    /^\[oms-cutover\] p_4w3oc0k1x2y4\w*\.\.\.\w+ FAILED \(was RUNNING 3 h 12 min\), FULL_MIGRATION 63 %$/,
  );
});

test('attributes are flat, non-empty texts; from and to only of a change of status', () => {
  expect(notificationOf(FAILED).attributes).toEqual({
    project: 'p_x',
    change: 'status',
    from: 'RUNNING',
    to: 'FAILED',
    status: 'FAILED',
    importance: 'HIGH',
  });
  expect(notificationOf({ ...example('stalled'), importance: null }).attributes).toEqual({
    project: 'p_x',
    change: 'stalled',
    status: 'FAILED',
  });
});

test('a change that matters more than its project says so in the attributes and in the event', () => {
  const { attributes, event } = notificationOf({ ...example('rollback-path-lost'), importance: 'LOW' });
  expect([attributes.importance, event.importance]).toEqual(['HIGH', 'HIGH']);
});

test('the importance of a summary is the greatest in it', () => {
  const lost = { ...FACTS, importance: null, kind: 'rollback-path-lost', params: { cause: 'stopped' } } as const;
  const params = { changes: [{ ...FAILED, importance: 'LOW' as const }, lost], omitted: 0 };
  expect(notificationOf({ ...FACTS, kind: 'summary', params }).attributes.importance).toBe('HIGH');
});
