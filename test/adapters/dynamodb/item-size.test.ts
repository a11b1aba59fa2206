/** What a poll of a synchronization costs: the item of its state after a day, in units of 1 KB. */
import { itemBytes, writeUnits } from '../../../bench/wait/pollers/item-size';
import { packed } from '../../../lambda/adapters/dynamodb/stored-items';
import { DEFAULT_WAIT_SETTINGS } from '../../../lambda/contract/defaults';
import { derive } from '../../../lambda/core/check/derive';
import type { ProjectState } from '../../../lambda/core/model/project-state';
import { MINUTE, ok, SECOND, syncing, T0 } from '../../support/values/observations';

/** A copy of 100 minutes, then polls of its synchronization as a wait for SYNCED makes them. */
function afterADay(): ProjectState {
  let state: ProjectState | undefined;
  const look = (observation: Parameters<typeof derive>[1], n: number) => {
    state = derive(state, observation, {
      project: 'p_4gmn25m4rvwg',
      checkId: `0f3c2a9d1b7e4c5-${n}`,
      looker: 'wait',
      waitId: 'wait-1',
      question: {
        goal: { type: 'SYNCED', maxLagSeconds: 30, holdSeconds: 3_600 },
        settings: DEFAULT_WAIT_SETTINGS,
        firstPoll: false,
        deadlineAt: null,
      },
      scheduleIntervalSeconds: null,
    }).projectState;
  };
  for (let percent = 0; percent <= 100; percent += 1)
    look(ok(T0 + percent * MINUTE, { fullMigrationProgress: percent, enableIncrSync: true }), percent);
  for (let n = 0; n < 200; n += 1) look(syncing(T0 + 101 * MINUTE + n * 20 * SECOND, 1 + (n % 7)), 1_000 + n);
  return state as ProjectState;
}

test('the state of a synchronization has no marks of its copy and is half as large', () => {
  const state = afterADay();
  expect(state.marks).toEqual([]);
  expect(state.spans).toHaveLength(24);
  const marks = Array.from({ length: 24 }, (_, i) => ({ percent: i, seenAt: i * 60_000, notBefore: i * 59_000 }));
  const key = { pk: state.project, sk: 'STATE' };
  const units = [{ ...state, marks }, packed(state)].map((item) => writeUnits(itemBytes({ ...key, ...item })));
  expect(units).toEqual([4, 2]);
});
