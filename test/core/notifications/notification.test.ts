import type { Change } from '../../../lambda/core/model/change';
import { CHANGE_KINDS } from '../../../lambda/core/model/change';
import { notificationOf } from '../../../lambda/core/notifications/notification';
import { FAILED } from '../../support/changes';

test('the subject says what happened, how long it was otherwise, and where', () => {
  expect(notificationOf(FAILED).subject).toBe('[oms-cutover] p_x FAILED (was RUNNING 3 h 12 min), FULL_MIGRATION 63 %');
});

test.each(CHANGE_KINDS)(
  'the subject of %s is ASCII of at most 100 characters, however long and strange the words are',
  (kind) => {
    const odd: Change = {
      ...FAILED,
      kind,
      project: `p_${'é'.repeat(120)}`,
      step: 'S'.repeat(64),
      status: '状態'.repeat(32),
      to: 'T'.repeat(64),
      detail: 'd: x',
    };
    const { subject } = notificationOf(odd);
    expect(subject).toMatch(/^[\x20-\x7e]{1,99}$/);
  },
);

test('a long project id is shortened in the middle, so that what happened stays readable', () => {
  const { subject } = notificationOf({ ...FAILED, project: `p_${'4w3oc0k1x2y4'.repeat(8)}` });
  expect(subject).toHaveLength(99);
  expect(subject).toMatch(
    /^\[oms-cutover\] p_4w3oc0k1x2y4\w*\.\.\.\w+ FAILED \(was RUNNING 3 h 12 min\), FULL_MIGRATION 63 %$/,
  );
});

test.each([
  ['OmsUnreachable', 'OMS unreachable for 3 h 12 min', 'see that the OMS console answers'],
  ['OmsBadReply', 'OMS gives no valid answer for 3 h 12 min', 'see that the address is that of OMS itself'],
  ['OmsRefused', 'OMS refuses to answer for 3 h 12 min', 'ask the OMS console for the same project'],
  ['OmsProjectNotFound', 'OMS knows no such project for 3 h 12 min', 'compare the project id'],
] as const)('no valid answer is told as what it is, and with what to do about it: %s', (outcome, said, advice) => {
  const { subject, body } = notificationOf({ ...FAILED, kind: 'unreachable', outcome, step: null });
  expect(subject).toBe(`[oms-cutover] p_x ${said}`);
  expect(body).toContain(`What to do: ${advice}`);
});

test('the subject of a project that has vanished says so, and where it was', () => {
  const { to: _to, from: _from, ...rest } = FAILED;
  const { subject } = notificationOf({ ...rest, kind: 'vanished' });
  expect(subject).toBe('[oms-cutover] p_x VANISHED: OMS knows it no longer, FULL_MIGRATION 63 %');
});

test('attributes are flat, non-empty texts; from and to only of a status change', () => {
  expect(notificationOf(FAILED).attributes).toEqual({
    project: 'p_x',
    change: 'status',
    from: 'RUNNING',
    to: 'FAILED',
    status: 'FAILED',
    importance: 'HIGH',
  });
  const { from: _from, to: _to, ...stalled } = { ...FAILED, kind: 'stalled' as const, importance: null };
  expect(notificationOf(stalled).attributes).toEqual({ project: 'p_x', change: 'stalled', status: 'FAILED' });
});
