/** What any store must do, whatever it is made of. */

import { DEFAULT_WAIT_SETTINGS } from '../../../lambda/contract/defaults';
import { derive } from '../../../lambda/core/check/derive';
import type { FleetStore } from '../../../lambda/core/fleet/roster';
import type { Store } from '../../../lambda/core/ports';
import { MINUTE, ok, T0 } from '../values/observations';

function derived(project: string, at: number, checkId: string) {
  return derive(undefined, ok(at, {}, { anomalies: [{ field: 'importance', value: '', problem: 'is empty' }] }), {
    project,
    checkId,
    looker: 'wait',
    waitId: null,
    question: { goal: { type: 'FINISHED' }, settings: DEFAULT_WAIT_SETTINGS, firstPoll: true, deadlineAt: null },
    scheduleIntervalSeconds: null,
  });
}

/** @param open gives the store under test; called once. */
export function storeContract(open: () => Promise<Store & FleetStore>): void {
  let store: Store & FleetStore;
  beforeAll(async () => {
    store = await open();
  });

  const seen = async (project: string, range?: Parameters<Store['snapshots']>[1]) => {
    const found = [];
    for await (const snapshot of store.snapshots(project, range)) found.push(snapshot.checkId);
    return found;
  };

  test('knows nothing of a project never seen', async () => {
    expect(await store.readState('p_never')).toBeUndefined();
    expect(await seen('p_never')).toEqual([]);
  });

  test('gives back latest and snapshots as they were', async () => {
    const { projectState, snapshot } = derived('p_same', T0, 'c1');
    expect(await store.putState(projectState, { expectedVersion: 0 })).toBe('stored');
    await store.putSnapshot(snapshot);
    expect(await store.readState('p_same')).toEqual(projectState);
    for await (const kept of store.snapshots('p_same')) expect(kept).toEqual(snapshot);
  });

  test('writes latest only over the version that was read', async () => {
    const { projectState } = derived('p_version', T0, 'c1');
    expect(await store.putState(projectState, { expectedVersion: 0 })).toBe('stored');
    expect(await store.putState({ ...projectState, writeId: 'other' }, { expectedVersion: 0 })).toBe('conflict');
    expect(await store.putState({ ...projectState, version: 2 }, { expectedVersion: 1 })).toBe('stored');
    expect(await store.putState({ ...projectState, version: 2 }, { expectedVersion: 1 })).toBe('conflict');
    expect((await store.readState('p_version'))?.version).toBe(2);
  });

  test('lets exactly one of many writers through', async () => {
    const { projectState } = derived('p_race', T0, 'c1');
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, i) =>
        store.putState({ ...projectState, writeId: `w${i}` }, { expectedVersion: 0 }),
      ),
    );
    expect(answers.filter((answer) => answer === 'stored')).toHaveLength(1);
  });

  test('keeps the same check once, and gives snapshots by time, from and to included', async () => {
    const polls = [0, 1, 2, 3].map((i) => derived('p_many', T0 + i * MINUTE, `c${i}`).snapshot);
    for (const snapshot of [...polls, ...polls]) await store.putSnapshot(snapshot);
    expect(await seen('p_many')).toEqual(['c0', 'c1', 'c2', 'c3']);
    expect(await seen('p_many', { newestFirst: true, limit: 2 })).toEqual(['c3', 'c2']);
    expect(await seen('p_many', { from: T0 + MINUTE, to: T0 + 2 * MINUTE })).toEqual(['c1', 'c2']);
  });

  const remembered = (notReached: readonly string[]) => ({
    endedAt: '2026-11-23T00:00:00.000Z',
    notReached,
    known: ['p_a', 'p_b', 'p_gone'],
    leaving: { p_gone: 2 },
  });

  test('remembers nothing of a schedule that never ran', async () => {
    expect(await store.readFleet('all')).toBeUndefined();
    expect(await store.readFleet(['p_never'])).toBeUndefined();
  });

  test('gives back what a schedule remembers as it was, and keeps the last', async () => {
    await store.putFleet('all', remembered(['p_b', 'p_a']));
    expect(await store.readFleet('all')).toEqual(remembered(['p_b', 'p_a']));
    await store.putFleet('all', remembered([]));
    expect(await store.readFleet('all')).toEqual(remembered([]));
  });

  test('tells the memories of schedules apart by what they look at, "all" and a project called so too', async () => {
    await store.putFleet(['p_a', 'p_b'], remembered(['p_b']));
    await store.putFleet(['p_a', 'p_b', 'p_c'], remembered(['p_c']));
    await store.putFleet(['all'], remembered(['all']));
    expect((await store.readFleet(['p_a', 'p_b']))?.notReached).toEqual(['p_b']);
    expect((await store.readFleet(['p_a', 'p_b', 'p_c']))?.notReached).toEqual(['p_c']);
    expect((await store.readFleet('all'))?.notReached).toEqual([]);
  });

  test('remembers as many projects as OMS lists at most', async () => {
    const many = Array.from({ length: 3_000 }, (_, i) => `np_${String(i).padStart(14, '0')}`);
    await store.putFleet('all', { ...remembered(many), known: many });
    expect((await store.readFleet('all'))?.known).toEqual(many);
  });
}
