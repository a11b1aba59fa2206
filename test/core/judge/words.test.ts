import type { Reason } from '../../../lambda/contract/reason';
import { conditionOf, graceOf, messageOf } from '../../../lambda/core/judge/words';

const SAID = {
  code: 'GHANA-TRANS000017',
  message: 'The target is full.',
  reason: 'No space.',
  failedStep: 'FULL_MIGRATION',
  failedStepCode: 'CM-RESOAT1111',
  failedStepMessage: 'write failed',
  proposal: 'Free some disk.',
};
const FAILING: Reason<'MigrationFailed'> = {
  code: 'MigrationFailed',
  params: { lastedSeconds: 30, graceSeconds: 120, said: SAID },
};
const FENCE = {
  checkpointAt: '2026-11-23T00:00:20.000Z',
  neededAfter: '2026-11-23T00:00:40.000Z',
  writesStoppedAt: '2026-11-23T00:00:00.000Z',
  marginSeconds: 10,
  clockAheadSeconds: 30,
};

test('a reason with a grace period says what OMS says, how long it has lasted and when it fails a wait', () => {
  const condition =
    'the project is FAILED; OMS says: GHANA-TRANS000017: The target is full; No space; step FULL_MIGRATION failed: CM-RESOAT1111: write failed; Free some disk';
  expect(conditionOf(FAILING)).toBe(condition);
  expect(graceOf(FAILING)).toBe('observed for 30 s, fails after 2 min');
  expect(messageOf(FAILING)).toBe(`${condition}; observed for 30 s, fails after 2 min`);
});

test('a reason with what OMS says in Chinese has no second stop after a full-width one', () => {
  const said = { message: '目标租户已满。', reason: '磁盘空间不足！', proposal: '请扩容后恢复项目。' };
  const message = messageOf({ ...FAILING, params: { ...FAILING.params, said } });
  expect(message).toContain('OMS says: 目标租户已满; 磁盘空间不足！ 请扩容后恢复项目; observed for 30 s');
  const problem = '目标租户已满。';
  const params = { lastedSeconds: 30, graceSeconds: 120, problem };
  expect(messageOf({ code: 'OmsUnreachable', params })).toBe('目标租户已满。 observed for 30 s, fails after 2 min');
});

test('a grace period that is over is named as the cause', () => {
  expect(graceOf({ code: 'UnknownStatus', params: { lastedSeconds: 600, graceSeconds: 600, status: 'SHINY' } })).toBe(
    'observed for 10 min, grace period 10 min',
  );
  expect(graceOf({ code: 'Finished', params: { unfinished: [] } })).toBeNull();
});

test.each<[Reason, string]>([
  [
    { code: 'DeadlineExceeded', params: { goal: 'SYNCED', deadlineAt: '2026-11-23T01:00:00.000Z', last: FAILING } },
    `not SYNCED by 2026-11-23T01:00:00.000Z; last seen: ${messageOf(FAILING)}`,
  ],
  [
    { code: 'NotDrained', params: FENCE },
    "checkpoint 2026-11-23T00:00:20.000Z, must be past 2026-11-23T00:00:40.000Z (writes stopped 2026-11-23T00:00:00.000Z, margin 10 s, OMS's clock ahead by 30 s)",
  ],
  [
    { code: 'LagTooHigh', params: { lagSeconds: 4198, maxLagSeconds: 900, holdSeconds: 3600, bestLagSeconds: 1234 } },
    'lag 1 h 9 min, must be 15 min or less for 1 h; best so far 20 min',
  ],
  [
    { code: 'LagTooHigh', params: { lagSeconds: 301, maxLagSeconds: 300, holdSeconds: 60, bestLagSeconds: null } },
    'lag 5 min (301 s), must be 5 min (300 s) or less for 60 s',
  ],
  [
    { code: 'Synced', params: { lagSeconds: 130, maxLagSeconds: 3600, heldSeconds: 60, checkpoints: 7 } },
    'lag 2 min 10 s, within 1 h for 60 s over 7 checkpoints',
  ],
  [
    { code: 'CheckpointNotMoving', params: { stillSeconds: 45, fence: null } },
    'the checkpoint has not moved for 45 s; if the source is idle, write a marker row there',
  ],
  [
    {
      code: 'LookBeforeFence',
      params: { pollBeganAt: FENCE.checkpointAt, writesStoppedAt: FENCE.neededAfter, byOmsClock: true },
    },
    "this poll began at 2026-11-23T00:00:20.000Z by OMS's clock, which is behind ours, before writes stopped at 2026-11-23T00:00:40.000Z",
  ],
  [
    { code: 'NotSwitched', params: { step: null, enableReverseIncrSync: false } },
    'step is unknown, the project must become FINISHED, because reverse synchronization is off; switch over in the OMS console',
  ],
  [
    { code: 'MigrationGone', params: { status: 'RELEASED', problem: null } },
    'the project is RELEASED: it is being removed, which cannot be undone',
  ],
  [
    { code: 'GoalUnreachable', params: { goal: 'SWITCHED', because: 'REVERSE_SYNC_NOT_OFF' } },
    'the project is FINISHED, and OMS did not report that reverse synchronization is off, so it cannot become SWITCHED',
  ],
  [
    { code: 'CopyNotDone', params: { phase: 'full', percent: null } },
    'full migration is at an unknown percentage, must be at 100 %',
  ],
])('words %j', (reason, message) => {
  expect(messageOf(reason)).toBe(message);
});
