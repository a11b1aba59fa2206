/** What any store must do, whatever it is made of. */
import { derive } from '../../lambda/core/derive';
import type { Store } from '../../lambda/core/ports';
import { DEFAULT_WAIT_SETTINGS } from '../../lambda/core/settings';
import { MINUTE, ok, T0 } from './looks';

function derived(project: string, at: number, checkId: string) {
  return derive(undefined, ok(at, {}, { anomalies: [{ field: 'importance', value: '', problem: 'is empty' }] }), {
    project,
    checkId,
    looker: 'wait',
    waitId: null,
    question: { goal: { type: 'FINISHED' }, settings: DEFAULT_WAIT_SETTINGS, firstLook: true, deadlineAt: null },
    scheduleIntervalSeconds: null,
  });
}

/** @param open gives the store under test; called once. */
export function storeContract(open: () => Promise<Store>): void {
  let store: Store;
  beforeAll(async () => {
    store = await open();
  });

  const seen = async (project: string, range?: Parameters<Store['snapshots']>[1]) => {
    const found = [];
    for await (const snapshot of store.snapshots(project, range)) found.push(snapshot.checkId);
    return found;
  };

  test('knows nothing of a project never seen', async () => {
    expect(await store.readLatest('p_never')).toBeUndefined();
    expect(await seen('p_never')).toEqual([]);
  });

  test('gives back latest and snapshots as they were', async () => {
    const { latest, snapshot } = derived('p_same', T0, 'c1');
    expect(await store.putLatest(latest, { expectedVersion: 0 })).toBe('stored');
    await store.putSnapshot(snapshot);
    expect(await store.readLatest('p_same')).toEqual(latest);
    for await (const kept of store.snapshots('p_same')) expect(kept).toEqual(snapshot);
  });

  test('writes latest only over the version that was read', async () => {
    const { latest } = derived('p_version', T0, 'c1');
    expect(await store.putLatest(latest, { expectedVersion: 0 })).toBe('stored');
    expect(await store.putLatest({ ...latest, writeId: 'other' }, { expectedVersion: 0 })).toBe('conflict');
    expect(await store.putLatest({ ...latest, version: 2 }, { expectedVersion: 1 })).toBe('stored');
    expect(await store.putLatest({ ...latest, version: 2 }, { expectedVersion: 1 })).toBe('conflict');
    expect((await store.readLatest('p_version'))?.version).toBe(2);
  });

  test('lets exactly one of many writers through', async () => {
    const { latest } = derived('p_race', T0, 'c1');
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, i) => store.putLatest({ ...latest, writeId: `w${i}` }, { expectedVersion: 0 })),
    );
    expect(answers.filter((answer) => answer === 'stored')).toHaveLength(1);
  });

  test('keeps the same check once, and gives snapshots by time, from and to included', async () => {
    const looks = [0, 1, 2, 3].map((i) => derived('p_many', T0 + i * MINUTE, `c${i}`).snapshot);
    for (const snapshot of [...looks, ...looks]) await store.putSnapshot(snapshot);
    expect(await seen('p_many')).toEqual(['c0', 'c1', 'c2', 'c3']);
    expect(await seen('p_many', { newestFirst: true, limit: 2 })).toEqual(['c3', 'c2']);
    expect(await seen('p_many', { from: T0 + MINUTE, to: T0 + 2 * MINUTE })).toEqual(['c1', 'c2']);
  });
}
