import type { CheckResult } from '../../../lambda/contract/check-result';
import { CheckFailed, Interrupted } from '../../../lambda/core/model/errors';
import type { ProjectState } from '../../../lambda/core/model/project-state';
import type { Poller } from '../../../lambda/core/model/snapshot';
import type { Notification } from '../../../lambda/core/notifications/notification';
import type { MeasuredCheck, Metrics } from '../../../lambda/core/ports';
import { Harness } from '../../support/harness';
import { MemoryStore } from '../../support/stores/memory-store';
import { MINUTE, ok, SECOND, T0 } from '../../support/values/observations';

const INIT = ok(T0, { status: 'INIT' });
const RUNNING = ok(T0 + MINUTE);
const FINISHED = ok(T0 + 2 * MINUTE, { status: 'FINISHED', fullMigrationProgress: 100 });

const all = async (store: MemoryStore) => {
  const found = [];
  for await (const snapshot of store.snapshots('p_x')) found.push(snapshot);
  return found;
};

describe('a check', () => {
  test('stores a snapshot and the project state, and notifies once of each change, in sequence', async () => {
    const store = new MemoryStore();
    const run = new Harness([INIT, RUNNING, RUNNING, FINISHED], store);
    for (let i = 0; i < 4; i += 1) await run.check();
    expect(await all(store)).toHaveLength(3 /* the third poll is the second one again: same time, another check */ + 1);
    expect(run.notified.map(({ attributes, change }) => [change.sequence, attributes.from, attributes.to])).toEqual([
      [1, 'INIT', 'RUNNING'],
      [2, 'RUNNING', 'FINISHED'],
    ]);
    expect(store.projectStateOf.get('p_x')).toMatchObject({ pending: [], lease: null, sequence: 2 });
  });

  test('says MET only when everything is stored', async () => {
    class FullDisk extends MemoryStore {
      override async putState(): Promise<never> {
        throw new CheckFailed('could not store the project state: the disk is full');
      }
    }
    const run = new Harness([FINISHED], new FullDisk());
    await expect(run.check()).rejects.toMatchObject({
      code: 'CheckFailed',
      message: expect.stringContaining('disk is full'),
    });
  });

  test('hands a check over once it is stored, before its changes are delivered', async () => {
    const store = new MemoryStore();
    const run = new Harness([INIT, RUNNING], store);
    const order: string[] = [];
    const onCheck = ({ checkId, status }: CheckResult, looker: Poller) =>
      order.push(`${looker} ${status} in version ${store.projectStateOf.get('p_x')?.version}`, checkId);
    const notifier = { publish: async ({ subject }: Notification) => void order.push(subject) };
    await run.check({ onCheck, notifier });
    await run.check({ onCheck, notifier });
    expect(order).toEqual([
      'wait INIT in version 1',
      'check1',
      'wait RUNNING in version 2',
      'check2',
      expect.stringContaining('RUNNING (was INIT'),
    ]);
  });

  test('stores a failed poll too: what failed, since when', async () => {
    const store = new MemoryStore();
    const run = new Harness([{ ...RUNNING, outcome: 'OmsBadReply', problem: 'OMS sent HTML' } as never], store);
    const result = await run.check();
    expect(result).toMatchObject({
      outcome: 'OmsBadReply',
      problem: 'OMS sent HTML',
      status: null,
      verdict: 'NOT_YET',
    });
    expect(await all(store)).toMatchObject([{ outcome: 'OmsBadReply', problem: 'OMS sent HTML', progress: null }]);
  });

  test('stores a reply to a request from before the last poll as a snapshot only', async () => {
    const store = new MemoryStore();
    const run = new Harness([INIT, FINISHED, RUNNING], store);
    for (let i = 0; i < 2; i += 1) await run.check();
    const before = store.projectStateOf.get('p_x');
    const result = await run.check();
    expect(result).toMatchObject({ verdict: 'NOT_YET', reason: { code: 'OlderLook' } });
    expect(store.projectStateOf.get('p_x')).toEqual(before);
    expect(await all(store)).toHaveLength(3);
    expect(run.kinds).toEqual(['status']);
  });

  test('continues when our clock goes back, and says so', async () => {
    const store = new MemoryStore();
    const run = new Harness(
      [FINISHED, ok(T0 - 60 * MINUTE, { status: 'FINISHED', fullMigrationProgress: 100 })],
      store,
    );
    await run.check();
    run.now = T0 - 60 * MINUTE;
    const result = await run.check({ clock: { now: () => T0 - 60 * MINUTE, sleep: async () => undefined } });
    expect(result.verdict).toBe('MET');
    expect(result.anomalies).toMatchObject([
      { field: 'clock', problem: expect.stringContaining('our own clock went back') },
    ]);
  });
});

describe('two checks at once', () => {
  /** Lets another check's write in between our read and our write. */
  class Contended extends MemoryStore {
    intruder: (() => Promise<unknown>) | null = null;
    override async putState(projectState: ProjectState, expected: { readonly expectedVersion: number }) {
      const { intruder } = this;
      this.intruder = null;
      await intruder?.();
      return await super.putState(projectState, expected);
    }
  }

  test('notify once of a change between them, with no version left out', async () => {
    const store = new Contended();
    const run = new Harness([INIT, ok(T0 + MINUTE + SECOND), RUNNING], store);
    await run.check();
    // The intruder's request begins before ours ends and after ours began, so ours is derived again from the state it left.
    store.intruder = async () => await run.check();
    await run.check();
    expect(run.kinds).toEqual(['status']);
    expect(store.projectStateOf.get('p_x')).toMatchObject({ sequence: 1, pending: [], lease: null });
  });

  test('never report a status that went back and forth: a poll that overlaps the one that counts is only stored', async () => {
    const store = new MemoryStore();
    // Both were under way when the status changed: the first saw it, the second did not and was answered last.
    const [began, ended] = [T0 + MINUTE, T0 + MINUTE + 5 * SECOND];
    const run = new Harness(
      [
        ok(T0),
        ok(ended, { status: 'FINISHED' }, { requestedAt: began }),
        ok(ended + SECOND, {}, { requestedAt: began + SECOND }),
        ok(ended + MINUTE, { status: 'FINISHED' }),
      ],
      store,
    );
    for (let i = 0; i < 2; i += 1) await run.check();
    expect(await run.check()).toMatchObject({
      verdict: 'NOT_YET',
      reason: { code: 'OlderLook', message: expect.stringContaining('polled this project at the same time or later') },
    });
    expect(await run.check()).toMatchObject({ verdict: 'MET' });
    expect(run.notified.map(({ attributes }) => attributes.to)).toEqual(['FINISHED']);
    expect(await all(store)).toHaveLength(4);
  });

  test('recognize a write whose answer was lost as their own, even after another check wrote', async () => {
    class LostAnswer extends MemoryStore {
      lose = false;
      after: (() => Promise<unknown>) | null = null;
      override async putState(projectState: ProjectState, expected: { readonly expectedVersion: number }) {
        const answer = await super.putState(projectState, expected);
        if (!this.lose || answer !== 'stored') return answer;
        this.lose = false;
        await this.after?.();
        // The SDK tries again and finds its own write in the way.
        return 'conflict' as const;
      }
    }
    const store = new LostAnswer();
    const run = new Harness([INIT, RUNNING, ok(T0 + MINUTE + SECOND)], store);
    await run.check();
    store.lose = true;
    store.after = async () => await run.check();
    await run.check();
    expect(run.kinds).toEqual(['status']);
    expect(store.projectStateOf.get('p_x')?.marks).toHaveLength(1);
    expect(store.projectStateOf.get('p_x')?.pending).toEqual([]);
  });
});

describe('delivery', () => {
  test('keeps what the notifier rejects, and publishes it in order when it accepts again', async () => {
    const store = new MemoryStore();
    const FINISHED_STILL = ok(T0 + 3 * MINUTE, { status: 'FINISHED', fullMigrationProgress: 100 });
    const run = new Harness([INIT, RUNNING, FINISHED, FINISHED_STILL], store);
    run.refusal = new Error('SNS is down');
    for (let i = 0; i < 3; i += 1) await run.check();
    expect(run.notified).toEqual([]);
    expect(store.projectStateOf.get('p_x')?.pending.map((change) => change.sequence)).toEqual([1, 2]);
    expect(run.logged).toContainEqual({
      event: 'notification-refused',
      fields: expect.objectContaining({ problem: 'SNS is down', sequence: 1 }),
    });
    run.refusal = null;
    await run.check();
    expect(run.notified.map(({ change }) => change.sequence)).toEqual([1, 2]);
    expect(store.projectStateOf.get('p_x')?.pending).toEqual([]);
  });

  test('leaves what another invocation has claimed to it until its lease runs out', async () => {
    const store = new MemoryStore();
    const run = new Harness([INIT, RUNNING, ok(T0 + 2 * MINUTE), ok(T0 + 10 * MINUTE)], store);
    await run.check();
    // A crash between the write and the publish: the lease stays.
    await new Promise<void>((stopped) => {
      void run.check({ notifier: { publish: () => new Promise(() => stopped()) } });
    });
    expect(store.projectStateOf.get('p_x')?.lease).not.toBeNull();
    await run.check();
    expect(run.notified).toEqual([]);
    await run.check();
    expect(run.notified.map(({ change }) => [change.sequence, change.kind])).toEqual([[1, 'status']]);
  });

  test('repeats a change after a crash between publish and clear, with the same id and sequence', async () => {
    class CrashBeforeClear extends MemoryStore {
      crash = false;
      override async putState(projectState: ProjectState, expected: { readonly expectedVersion: number }) {
        if (this.crash && projectState.writeId.endsWith('/delivered')) throw new CheckFailed('killed');
        return await super.putState(projectState, expected);
      }
    }
    const store = new CrashBeforeClear();
    const run = new Harness([INIT, RUNNING, ok(T0 + 10 * MINUTE)], store);
    await run.check();
    store.crash = true;
    await expect(run.check()).rejects.toMatchObject({ code: 'CheckFailed' });
    store.crash = false;
    await run.check();
    expect(run.notified).toHaveLength(2);
    expect(run.notified[0]?.change).toEqual(run.notified[1]?.change);
  });
});

describe('a check is measured', () => {
  const measuring = () => {
    const checked: MeasuredCheck[] = [];
    const failures: string[] = [];
    const metrics: Metrics = {
      fleet: () => {},
      checked: (check) => checked.push(check),
      failed: (looker) => failures.push(looker),
      flush: () => {},
    };
    return { checked, failures, metrics };
  };

  test('with its result, its duration, and the number of pending changes', async () => {
    const run = new Harness([INIT, RUNNING]);
    run.refusal = new Error('no such topic');
    const { checked, metrics } = measuring();
    await run.check({ metrics });
    const result = await run.check({ metrics });
    expect(checked).toMatchObject([{ changesPending: 0 }, { looker: 'wait', importance: 'MEDIUM', changesPending: 1 }]);
    expect(checked[1]).toMatchObject({ result, stalled: false, durationMs: MINUTE });
  });

  test('as failed where it failed by itself, and not where it was interrupted', async () => {
    class Broken extends MemoryStore {
      override async putSnapshot(): Promise<never> {
        throw new CheckFailed('the disk is full');
      }
    }
    const { checked, failures, metrics } = measuring();
    await expect(new Harness([INIT], new Broken()).check({ metrics })).rejects.toThrow(CheckFailed);
    const interrupted = { poll: () => Promise.reject(new Interrupted()) };
    await expect(new Harness().check({ metrics, oms: interrupted })).rejects.toThrow(Interrupted);
    expect({ checked, failures }).toEqual({ checked: [], failures: ['wait'] });
  });
});
