/** Delivery through crashes, concurrent checks and wrong clocks: found by the fault run (docs/reliability.md). */
import { CheckFailed } from '../../../lambda/core/model/errors';
import type { ProjectState } from '../../../lambda/core/model/project-state';
import { Harness } from '../../support/harness';
import { MemoryStore } from '../../support/stores/memory-store';
import { HOUR, MINUTE, ok, SECOND, T0 } from '../../support/values/observations';

const INIT = ok(T0, { status: 'INIT' });
/** Two changes in a wait for FINISHED: `status` and `may-never-finish`. */
const RUNNING = ok(T0 + MINUTE, { enableIncrSync: true });
const later = (at: number, status = 'RUNNING') => ok(at, { status, enableIncrSync: true });

const sequences = (run: Harness) => run.notified.map(({ change }) => change.sequence);

describe('several changes', () => {
  /** Dies at the n-th clear. */
  class DiesAtClear extends MemoryStore {
    dieAt = Number.POSITIVE_INFINITY;
    private clears = 0;
    override async putState(projectState: ProjectState, expected: { readonly expectedVersion: number }) {
      if (projectState.writeId.endsWith('/delivered')) {
        this.clears += 1;
        if (this.clears === this.dieAt) throw new CheckFailed('killed');
      }
      return await super.putState(projectState, expected);
    }
  }

  test.each([
    [1, [1, 1, 2]],
    [2, [1, 2, 2]],
  ])('repeat at most one after a crash (at clear %i)', async (dieAt, notified) => {
    const store = new DiesAtClear();
    store.dieAt = dieAt;
    const run = new Harness([INIT, RUNNING, later(T0 + 10 * MINUTE)], store);
    await run.check();
    await expect(run.check()).rejects.toMatchObject({ code: 'CheckFailed', message: 'killed' });
    await run.check();
    expect(sequences(run)).toEqual(notified);
    expect(store.projectStateOf.get('p_x')).toMatchObject({ pending: [], lease: null });
  });

  test('are published together with those that another check stored meanwhile, since a next check may never come', async () => {
    const store = new MemoryStore();
    const run = new Harness([INIT, RUNNING, later(T0 + MINUTE + SECOND, 'FINISHED')], store);
    await run.check();
    let other: (() => Promise<unknown>) | null = () => run.check();
    const publish = run.ports().notifier.publish;
    await run.check({
      notifier: {
        publish: async (notification) => {
          const meanwhile = other;
          other = null;
          await meanwhile?.();
          await publish(notification);
        },
      },
    });
    expect(sequences(run)).toEqual([1, 2, 3]);
    expect(store.projectStateOf.get('p_x')).toMatchObject({ pending: [], lease: null });
  });
});

describe('a lease', () => {
  const diesBeforePublish = { publish: () => new Promise<never>(() => undefined) };

  /** A check that takes the lease and is killed before it publishes. */
  async function claimedAndKilled(store: MemoryStore, run: Harness): Promise<void> {
    void run.check({ notifier: diesBeforePublish });
    while (store.projectStateOf.get('p_x')?.lease == null) await new Promise((resolve) => setImmediate(resolve));
  }

  test('of a clock that was an hour ahead blocks no delivery once the clock is right', async () => {
    const store = new MemoryStore();
    const run = new Harness([INIT, later(T0 + HOUR), later(T0 + 2 * MINUTE)], store);
    await run.check();
    await claimedAndKilled(store, run);
    run.now = T0 + MINUTE;
    await run.check();
    expect(sequences(run)).toEqual([1, 2]);
    expect(store.projectStateOf.get('p_x')).toMatchObject({ pending: [], lease: null });
  });

  test('of a clock that is some seconds ahead holds', async () => {
    const store = new MemoryStore();
    const run = new Harness([INIT, later(T0 + MINUTE + 5 * SECOND), later(T0 + MINUTE + SECOND)], store);
    await run.check();
    await claimedAndKilled(store, run);
    run.now = T0 + MINUTE;
    await run.check();
    expect(run.notified).toEqual([]);
  });
});
