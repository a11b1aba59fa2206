/** What any memory of cutovers must do, whatever it is made of. */
import type { CutoverStore } from '../../../lambda/core/cutover/record';
import { newRecord } from '../../../lambda/core/cutover/transitions';
import { T0 } from '../values/observations';

const SETTINGS = {
  maxLagSeconds: 30,
  holdSeconds: 60,
  drainTimeoutSeconds: 300,
  marginSeconds: 10,
  approvalSeconds: null,
  switchover: 'none',
  switchoverTimeoutSeconds: 1800,
  verification: true,
  verify: false,
  rollback: false,
  rehearse: false,
  stopWritesTimeoutSeconds: 900,
  lateStopSeconds: 900,
} as const;

/** @param open gives the store under test; called once. */
export function cutoversContract(open: () => Promise<CutoverStore>): void {
  let store: CutoverStore;
  beforeAll(async () => {
    store = await open();
  });

  test('knows nothing of a cutover that was never stored', async () => {
    expect(await store.readCutover('p_never', 'r')).toBeUndefined();
    expect(await store.readCurrentCutover('p_never')).toBeUndefined();
    expect(await store.readRunOwner('never')).toBeUndefined();
    expect(await store.readDecision('p_never', 'r', 1)).toBeUndefined();
  });

  test('gives back a record as it was, and writes only over the version that was read', async () => {
    const record = newRecord('p_a', 'run-1', SETTINGS, T0);
    expect(await store.putCutover(record, { expectedVersion: 0 })).toBe('stored');
    expect(await store.putCutover(record, { expectedVersion: 0 })).toBe('conflict');
    expect(await store.readCutover('p_a', 'run-1')).toEqual(record);
    expect(await store.putCutover({ ...record, version: 2 }, { expectedVersion: 1 })).toBe('stored');
    expect(await store.putCutover({ ...record, version: 2 }, { expectedVersion: 1 })).toBe('conflict');
  });

  test('lets exactly one of many runs become the current one', async () => {
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, i) =>
        store.putCurrentCutover({ project: 'p_race', run: `r${i}`, version: 1 }, { expectedVersion: 0 }),
      ),
    );
    expect(answers.filter((answer) => answer === 'stored')).toHaveLength(1);
  });

  test('keeps the first answer to a question, and the next question apart', async () => {
    const decision = {
      run: 'run-1',
      question: 1,
      decision: 'APPROVED',
      by: 'a',
      at: '2026-11-23T00:00:00.000Z',
    } as const;
    expect(await store.putDecision('p_a', decision)).toBe('stored');
    expect(await store.putDecision('p_a', { ...decision, decision: 'REJECTED', by: 'b' })).toBe('conflict');
    expect(await store.readDecision('p_a', 'run-1', 1)).toEqual(decision);
    expect(await store.readDecision('p_a', 'run-1', 2)).toBeUndefined();
  });

  test('knows which project a run is of, and which execution: the first one', async () => {
    const owner = { project: 'p_a', execution: 'arn:one:run-1' };
    expect(await store.putRunOwner('run-1', owner)).toBe('stored');
    expect(await store.putRunOwner('run-1', { project: 'p_b', execution: 'arn:two:run-1' })).toBe('conflict');
    expect(await store.readRunOwner('run-1')).toEqual(owner);
  });
}
