import type { Goal } from '../../../lambda/contract/goal';
import { play } from '../../support/run';
import { failed, MINUTE, ok, SECOND, syncing, T0 } from '../../support/values/observations';

const goal: Goal = { type: 'SWITCHED' };
const REVERSE = {
  currentStep: 'REVERSE_INCR_SYNC',
  enableIncrSync: true,
  enableReverseIncrSync: true,
  fullMigrationProgress: 100,
};
const reverse = (at: number, checkpoint: number | null, more: object = {}) =>
  ok(at, { ...REVERSE, incrSyncCheckpoint: 1, reverseIncrSyncCheckpoint: checkpoint, ...more });
const seconds = Math.round(T0 / 1000);

describe('the goal SWITCHED', () => {
  test('is met when the reverse checkpoint was seen at two values', () => {
    const { results } = play([reverse(T0, seconds - 5), reverse(T0 + 10 * SECOND, seconds + 5)], { goal });
    expect(results.map(({ verdict, reason }) => [verdict, reason.code])).toEqual([
      ['NOT_YET', 'ReverseNotMoving'],
      ['MET', 'Switched'],
    ]);
  });

  test('is not met by a reverse checkpoint that moved yesterday', () => {
    const polls = [reverse(T0, seconds - 5), reverse(T0 + 10 * SECOND, seconds + 5)];
    const later = reverse(T0 + 1800 * MINUTE, seconds + 5);
    expect(play([...polls, later], { goal }).last).toMatchObject({
      verdict: 'NOT_YET',
      reason: { code: 'ReverseNotMoving', message: expect.stringContaining('has not moved for 1 d 5 h') },
    });
  });

  test.each([
    ['the step is still a forward one', syncing(T0, 2), 'NotSwitched'],
    ['OMS waits for its operator', syncing(T0, 2, { currentStep: 'APP_SWITCH' }), 'NotSwitched'],
    ['there is no reverse checkpoint', reverse(T0, null), 'CheckpointUnknown'],
    ['the reverse checkpoint lies far ahead', reverse(T0, seconds + 600), 'CheckpointImplausible'],
    ['the project is suspended', reverse(T0, seconds, { status: 'SUSPEND' }), 'MigrationSuspended'],
    ['OMS gives no answer', failed(T0), 'OmsUnreachable'],
  ])('is not met while %s', (_, observation, code) => {
    expect(play([observation], { goal }).last).toMatchObject({ verdict: 'NOT_YET', reason: { code } });
  });

  test('does not count a value from before the reverse step, nor one that goes backwards', () => {
    const polls = [
      syncing(T0, 2, { reverseIncrSyncCheckpoint: seconds - 100 }),
      reverse(T0 + 10 * SECOND, seconds + 8),
      reverse(T0 + 20 * SECOND, seconds + 2),
    ];
    expect(play(polls, { goal }).last).toMatchObject({ verdict: 'NOT_YET', reason: { code: 'OddValue' } });
  });

  /** The checkpoint of a reverse step every 10 s, as offsets from `seconds`. */
  const moving = (...offsets: readonly number[]) =>
    offsets.map((offset, i) => reverse(T0 + i * 10 * SECOND, seconds + offset));

  test.each([
    ['two hours', [0, 10, -7190, -7180]],
    ['two hours, in several steps', [0, 10, -3600, -7200, -7190]],
    ['from far in the future', [0, 86_000, 20, 30]],
  ])('is met again when the reverse checkpoint moves on after it jumped back %s', (_, offsets) => {
    const { results } = play(moving(...offsets), { goal });
    expect(results.at(-2)?.verdict).toBe('NOT_YET');
    expect(results.at(-1)).toMatchObject({
      verdict: 'MET',
      reason: { params: { reverse: { values: 2 } } },
    });
  });

  test('is not met by a reverse checkpoint that jumps back and stands still', () => {
    const { last } = play(moving(0, 10, -7190, -7190, -7190), { goal });
    expect(last).toMatchObject({ verdict: 'NOT_YET', reason: { code: 'ReverseNotMoving' } });
  });

  test('is met by FINISHED where reverse synchronization is off, and becomes unreachable where it is on', () => {
    const finished = (enableReverseIncrSync: boolean | null) => ok(T0, { status: 'FINISHED', enableReverseIncrSync });
    expect(play([finished(false)], { goal }).last.verdict).toBe('MET');
    expect(play([finished(true)], { goal }).last).toMatchObject({
      verdict: 'FAILED',
      reason: { code: 'GoalUnreachable' },
    });
    expect(play([finished(null)], { goal }).last.verdict).toBe('FAILED');
  });
});

describe('the rollback path', () => {
  const open = [reverse(T0, seconds - 5), reverse(T0 + 10 * SECOND, seconds + 5)];

  test.each([
    [
      'the reverse checkpoint stands still for a quarter of an hour',
      [20 * MINUTE].map((at) => reverse(T0 + at, seconds + 5)),
    ],
    ['the project is suspended', [reverse(T0 + MINUTE, seconds + 5, { status: 'SUSPEND' })]],
    ['the project is FINISHED', [reverse(T0 + MINUTE, seconds + 5, { status: 'FINISHED' })]],
    ['the step is no longer a reverse one', [syncing(T0 + MINUTE, 1)]],
    ['OMS knows the project no longer', [failed(T0 + MINUTE, 'OmsProjectNotFound')]],
  ])('is notified as lost when %s', (_, polls) => {
    expect(play([...open, ...polls]).changes).toContain('rollback-path-lost');
  });

  test('is not lost when the reverse checkpoint jumps back two hours and moves on', () => {
    const back = Array.from({ length: 130 }, (_, i) => reverse(T0 + (i + 2) * 10 * SECOND, seconds - 7190 + i * 10));
    const { changes, results, last } = play([...open, ...back], { goal });
    expect(changes).toEqual(['goal-met', 'lagging']);
    expect(last).toMatchObject({ verdict: 'MET', reason: { params: { reverse: { values: 130 } } } });
    expect(results[2]?.anomalies).toMatchObject([{ field: 'reverseIncrSyncCheckpoint' }]);
    expect(results[3]?.anomalies).toEqual([]);
  });

  test('is lost when the reverse checkpoint jumps back and stands still from then on', () => {
    const stuck = [1, 9, 17].map((minutes) => reverse(T0 + minutes * MINUTE, seconds - 7190));
    expect(play([...open, ...stuck], { waitId: null }).changes).toEqual(['lagging', 'rollback-path-lost']);
  });

  test.each([null, 'REVERSE_INCR_SYNC_V2'])('is not lost with an unrecognized step: %j', (currentStep) => {
    expect(play([...open, reverse(T0 + MINUTE, seconds + 60, { currentStep })]).changes).not.toContain(
      'rollback-path-lost',
    );
  });

  test('is notified once, and again when it is restored', () => {
    const still = reverse(T0 + MINUTE, seconds + 5, { status: 'SUSPEND' });
    const after = reverse(T0 + 3 * MINUTE, seconds + 100);
    const { changes } = play([...open, still, { ...still, answeredAt: T0 + 2 * MINUTE }, after]);
    expect(changes.filter((kind) => kind.startsWith('rollback-path'))).toEqual([
      'rollback-path-lost',
      'rollback-path-restored',
    ]);
  });

  test('is notified once for a project that vanishes, and again when OMS has it again and its reverse checkpoint moves', () => {
    const missing = [1, 2].map((minutes) => failed(T0 + minutes * MINUTE, 'OmsProjectNotFound'));
    const { changes } = play([...open, ...missing, reverse(T0 + 3 * MINUTE, seconds + 100)], { waitId: null });
    expect(changes).toEqual(['gone-from-oms', 'rollback-path-lost', 'found-again', 'rollback-path-restored']);
  });

  test('is never notified where there was none', () => {
    const { changes } = play([syncing(T0, 1), syncing(T0 + MINUTE, 1, { status: 'SUSPEND' })]);
    expect(changes.filter((kind) => kind.startsWith('rollback-path'))).toEqual([]);
  });
});
