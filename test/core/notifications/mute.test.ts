/** A maintenance window: no change is sent in it, none is lost, and one summary follows it. */

import { LONGEST_MUTE_SECONDS, MuteEventSchema } from '../../../lambda/contract/requests/events';
import { CheckFailed } from '../../../lambda/core/model/errors';
import { read } from '../../../lambda/core/model/fields';
import type { ProjectState } from '../../../lambda/core/model/project-state';
import { mute } from '../../../lambda/core/notifications/mute';
import { Harness } from '../../support/harness';
import { MemoryStore } from '../../support/stores/memory-store';
import { detected } from '../../support/values/changes';
import { failed, HOUR, MINUTE, ok, SECOND, T0 } from '../../support/values/observations';

const at = (minutes: number, status = 'RUNNING') => ok(T0 + minutes * MINUTE, { status });
const muteFor = (run: Harness, forSeconds: number) => mute({ projectId: 'p_x', forSeconds }, run.ports());
const stored = (run: Harness) => (run.store as MemoryStore).projectStateOf.get('p_x') as ProjectState;
const sequences = (run: Harness) => run.notified.map(({ change }) => change.sequence);

/** Three changes in a window of an hour, then a check a minute after it. */
async function threeKept(store = new MemoryStore()): Promise<Harness> {
  const run = new Harness(
    [at(0), at(10, 'SUSPEND'), at(20), at(30, 'FAILED'), at(61, 'FAILED'), at(70, 'FAILED')],
    store,
  );
  await run.check();
  await muteFor(run, 3600);
  for (let i = 0; i < 3; i += 1) await run.check();
  return run;
}

describe('in the window', () => {
  test('changes are kept with their sequence and not sent', async () => {
    const run = await threeKept();
    expect(run.notified).toEqual([]);
    expect(stored(run)).toMatchObject({ lease: null, mutedUntil: T0 + HOUR });
    expect(
      stored(run).pending.map((change) => [change.sequence, change.kind === 'status' && change.params.to]),
    ).toEqual([
      [1, 'SUSPEND'],
      [2, 'RUNNING'],
      [3, 'FAILED'],
    ]);
  });

  test('kept changes do not count as stuck notifications', async () => {
    const run = new Harness([at(0), at(10, 'SUSPEND')]);
    const measured: number[] = [];
    const nothing = () => undefined;
    const metrics = {
      fleet: nothing,
      failed: nothing,
      flush: nothing,
      checked: (one: { changesPending: number }) => measured.push(one.changesPending),
    };
    await run.check();
    await muteFor(run, 3600);
    await run.check({ metrics });
    expect(measured).toEqual([0]);
    expect(stored(run).pending).toHaveLength(1);
  });

  test('a delivery under way stops after the change that it publishes, and keeps the rest', async () => {
    const run = new Harness([at(0, 'INIT'), at(10), at(20), at(90)]);
    await run.check();
    await run.check({ notifier: { publish: async () => Promise.reject(new Error('refused')) } });
    const notifier = run.ports().notifier;
    await run.check({
      notifier: {
        publish: async (notification) => {
          await muteFor(run, 3600);
          await notifier.publish(notification);
        },
      },
    });
    expect(sequences(run)).toEqual([1]);
    expect(stored(run)).toMatchObject({ lease: null, mutedUntil: T0 + 20 * MINUTE + HOUR });
  });
});

describe('at its end', () => {
  test('one summary lists all that happened, in order, with the greatest importance of it', async () => {
    const run = await threeKept();
    await run.check();
    expect(run.notified).toHaveLength(1);
    const [notified] = run.notified;
    expect(notified?.subject).toBe('[oms-cutover] p_x 3 changes while muted, now FAILED, FULL_MIGRATION 40 %');
    expect(notified?.attributes).toEqual({ project: 'p_x', change: 'summary', status: 'FAILED', importance: 'MEDIUM' });
    expect(notified?.event).toMatchObject({
      change: 'summary',
      sequence: 3,
      changeId: expect.stringMatching(/\/summary$/),
    });
    expect(notified?.body).toContain(
      [
        '1: 2026-11-23 00:10:00 UTC: SUSPEND (was RUNNING 10 min)',
        '2: 2026-11-23 00:20:00 UTC: RUNNING (was SUSPEND 10 min)',
        '3: 2026-11-23 00:30:00 UTC: FAILED (was RUNNING 10 min)',
      ].join('\n'),
    );
    expect(stored(run)).toMatchObject({ pending: [], lease: null });
    expect(stored(run)).not.toHaveProperty('mutedUntil');
    await run.check();
    expect(run.notified).toHaveLength(1);
  });

  test('a single change is sent as it is', async () => {
    const run = new Harness([at(0), at(10, 'SUSPEND'), at(61, 'SUSPEND')]);
    await run.check();
    await muteFor(run, 3600);
    await run.check();
    await run.check();
    expect(run.kinds).toEqual(['status']);
  });

  test('nothing is sent where nothing happened, and the next change is sent at once', async () => {
    const run = new Harness([at(0), at(61), at(62, 'SUSPEND')]);
    await run.check();
    await muteFor(run, 3600);
    await run.check();
    expect(run.notified).toEqual([]);
    expect(stored(run)).not.toHaveProperty('mutedUntil');
    await run.check();
    expect(run.kinds).toEqual(['status']);
  });

  test('a refused summary stays pending as it is', async () => {
    const run = await threeKept();
    run.refusal = new Error('SNS is down');
    await run.check();
    const [kept] = stored(run).pending;
    run.refusal = null;
    await run.check();
    expect(run.notified.map(({ change }) => change)).toEqual([kept]);
  });

  test('a crash between publish and clear repeats the summary with the same id and sequence', async () => {
    class DiesAtClear extends MemoryStore {
      dies = false;
      override async putState(projectState: ProjectState, expected: { readonly expectedVersion: number }) {
        if (this.dies && projectState.writeId.endsWith('/delivered')) throw new CheckFailed('killed');
        return await super.putState(projectState, expected);
      }
    }
    const store = new DiesAtClear();
    const run = await threeKept(store);
    store.dies = true;
    await expect(run.check()).rejects.toMatchObject({ message: 'killed' });
    store.dies = false;
    await run.check();
    const ids = run.notified.map(({ change }) => `${change.id} ${change.sequence}`);
    expect(ids).toHaveLength(2);
    expect(new Set(ids).size).toBe(1);
  });

  test('a lost answer to the write that sums up is recognised: one summary', async () => {
    class LosesAnAnswer extends MemoryStore {
      loses = false;
      override async putState(projectState: ProjectState, expected: { readonly expectedVersion: number }) {
        const put = await super.putState(projectState, expected);
        if (!this.loses || projectState.pending[0]?.kind !== 'summary') return put;
        this.loses = false;
        return 'conflict';
      }
    }
    const store = new LosesAnAnswer();
    const run = await threeKept(store);
    store.loses = true;
    await run.check();
    await run.check();
    expect(run.kinds).toEqual(['summary']);
    expect(store.loses).toBe(false);
  });

  test('a summary that a killed check did not publish is published by the first check after the lease', async () => {
    const run = await threeKept();
    void run.check({ notifier: { publish: () => new Promise<never>(() => undefined) } });
    while (stored(run).lease === null) await new Promise((resolve) => setImmediate(resolve));
    expect(stored(run).pending.map(({ kind }) => kind)).toEqual(['summary']);
    await run.check();
    expect(run.kinds).toEqual(['summary']);
    expect(stored(run)).toMatchObject({ pending: [], lease: null });
  });

  test('two concurrent checks send one summary', async () => {
    const run = await threeKept();
    await Promise.all([run.check(), run.check()]);
    expect(run.kinds).toEqual(['summary']);
    expect(stored(run)).toMatchObject({ pending: [], lease: null });
  });

  test('a summary that could not be sent before the next window is part of the next one, change by change', async () => {
    const run = new Harness([at(0), at(10, 'SUSPEND'), at(20), at(61), at(70, 'FAILED'), at(200, 'FAILED')]);
    await run.check();
    await muteFor(run, 3600);
    await run.check();
    await run.check();
    run.refusal = new Error('SNS is down');
    await run.check();
    await muteFor(run, 3600);
    run.refusal = null;
    await run.check();
    await run.check();
    expect(run.kinds).toEqual(['summary']);
    expect(run.notified[0]?.body).toMatch(/^1: .*SUSPEND.*\n2: .*RUNNING.*\n3: .*FAILED/m);
  });

  test('a notice of a cutover keeps a message of its own, in its place', async () => {
    const run = await threeKept();
    const projectState = stored(run);
    const [first, second, third] = projectState.pending;
    const question = { ...second, ...detected().cutover };
    (run.store as MemoryStore).projectStateOf.set('p_x', {
      ...projectState,
      pending: [first, question, third] as ProjectState['pending'],
    });
    await run.check();
    expect(run.notified.map(({ change }) => [change.kind, change.sequence])).toEqual([
      ['status', 1],
      ['cutover', 2],
      ['status', 3],
    ]);
  });
});

describe('muting', () => {
  test('again moves the end, and ending it lets the next check send', async () => {
    const run = await threeKept();
    expect(await muteFor(run, 7200)).toEqual({ projectId: 'p_x', mutedUntil: '2026-11-23T02:30:00.000Z', pending: 3 });
    const { version } = stored(run);
    await muteFor(run, 7200);
    expect(stored(run).version).toBe(version);
    expect(await muteFor(run, 0)).toEqual({ projectId: 'p_x', mutedUntil: null, pending: 3 });
    await muteFor(run, 0);
    expect(stored(run).version).toBe(version + 1);
    await run.check();
    expect(run.kinds).toEqual(['summary']);
  });

  test('works for a project that was never polled, whose first observation stays a first one', async () => {
    const run = new Harness([failed(T0), at(1, 'FAILED'), at(2, 'FAILED')]);
    await muteFor(run, 60);
    expect(stored(run)).toMatchObject({ version: 1, pending: [] });
    await run.check();
    await run.check();
    await run.check();
    expect(run.kinds).toEqual(['first-seen']);
  });

  test('is retried where another check stores meanwhile', async () => {
    const store = new MemoryStore();
    const run = new Harness([at(0), at(10, 'SUSPEND')], store);
    await run.check();
    let other: (() => Promise<unknown>) | null = () => run.check();
    const ports = run.ports();
    const busy: typeof store.putState = async (projectState, expected) => {
      const meanwhile = other;
      other = null;
      await meanwhile?.();
      return await store.putState(projectState, expected);
    };
    const between = { readState: (project: string) => store.readState(project), putState: busy };
    await mute({ projectId: 'p_x', forSeconds: 60 }, { ...ports, store: { ...ports.store, ...between } });
    expect(stored(run)).toMatchObject({ mutedUntil: T0 + 60 * SECOND, progress: { status: 'SUSPEND' } });
  });

  test('by a clock that was a month ahead mutes nothing', async () => {
    const run = new Harness([at(0), at(10, 'SUSPEND'), at(20, 'SUSPEND')]);
    await run.check();
    run.now = T0 + 30 * 24 * HOUR;
    await muteFor(run, 3600);
    run.now = T0;
    await run.check();
    expect(run.kinds).toEqual(['status']);
  });
});

test.each([
  [null, 'mute must be an object, got null'],
  [{ projectId: 'p_x' }, 'mute.forSeconds is required: a whole number from 0 (ends it) to 604800'],
  [{ projectId: 'p_x', forSeconds: 1.5 }, 'got 1.5'],
  [{ projectId: 'p_x', forSeconds: LONGEST_MUTE_SECONDS + 1 }, 'got 604801'],
  [{ projectId: '../../x', forSeconds: 1 }, 'project id "../../x" holds'],
  [{ projectId: 'p_x', forSeconds: 1, for: '2h' }, 'mute has no field "for"; it has projectId, forSeconds'],
])('refuses %j', (order, problem) => {
  expect(() => read(MuteEventSchema, { mute: order })).toThrow(problem);
});
