/** A scheduled round over named projects: in parallel, in turn, and what it leaves to the next round. */
import { inParallel } from '../../../lambda/core/fleet/fleet';
import { BROKEN, FleetRun } from '../../support/fleet-run';
import { MemoryStore } from '../../support/stores/memory-store';
import { failed } from '../../support/values/observations';

const numbered = (count: number) => Array.from({ length: count }, (_, i) => `p_${i}`);

describe('work in parallel', () => {
  test('is limited, and complete', async () => {
    let now = 0;
    let most = 0;
    const done: number[] = [];
    const left = await inParallel(
      Array.from({ length: 100 }, (_, i) => i),
      { limit: () => 16, goOn: () => true },
      async (item) => {
        now += 1;
        most = Math.max(most, now);
        await new Promise((resolve) => setImmediate(resolve));
        now -= 1;
        done.push(item);
      },
    );
    expect(most).toBe(16);
    expect(done).toHaveLength(100);
    expect(left).toEqual([]);
  });

  test('returns what was not started, in order', async () => {
    let budget = 3;
    const left = await inParallel(
      ['a', 'b', 'c', 'd', 'e'],
      { limit: () => 16, goOn: () => budget-- > 0 },
      async () => {},
    );
    expect(left).toEqual(['d', 'e']);
  });
});

describe('a round over named projects', () => {
  test('checks each of them once', async () => {
    const run = new FleetRun();
    const report = await run.round(['p_a', 'p_b', 'p_c']);
    expect(report).toEqual({ checked: 3, failed: [], notReached: [], notListed: null });
    expect(run.polled).toEqual(['p_a', 'p_b', 'p_c']);
    expect([...run.store.projectStateOf.keys()]).toEqual(['p_a', 'p_b', 'p_c']);
  });

  test('announces the next poll for the next round', async () => {
    const run = new FleetRun();
    await run.round(['p_a']);
    expect(run.store.projectStateOf.get('p_a')?.nextScheduledBy).toBeGreaterThan(run.harness.now + 300_000);
  });

  test('does not delay other projects for a slow one', async () => {
    const run = new FleetRun();
    const others = numbered(50);
    let release = () => {};
    const slow = new Promise<void>((resolve) => {
      release = resolve;
    });
    const { oms, ...ports } = run.ports();
    const round = run.round([...others.slice(0, 20), 'p_slow', ...others.slice(20)], {
      oms: {
        poll: async (project, hint) => {
          if (project === 'p_slow') await slow;
          const observation = await oms.poll(project, hint);
          // The slow project gets its answer only after all others.
          if (run.polled.length === others.length) release();
          return observation;
        },
      },
      clock: ports.clock,
    });
    expect((await round).checked).toBe(51);
    expect(run.polled.at(-1)).toBe('p_slow');
  });

  test('records a failure of OMS as the result of a check', async () => {
    const run = new FleetRun();
    run.shows.set('p_b', (at) => failed(at, 'OmsUnreachable'));
    expect(await run.round(['p_a', 'p_b', 'p_c'])).toMatchObject({ checked: 3, failed: [] });
    expect(run.store.projectStateOf.get('p_b')?.outcome).toBe('OmsUnreachable');
  });

  test('fails after checking all other projects, where a check fails on our side', async () => {
    const run = new FleetRun();
    run.shows.set('p_a', BROKEN);
    await expect(run.round(['p_a', 'p_b', 'p_c'])).rejects.toMatchObject({
      errors: [BROKEN],
      message: `1 of 3 checks failed on our side: ${BROKEN.message}`,
    });
    expect([...run.store.projectStateOf.keys()]).toEqual(['p_b', 'p_c']);
    expect(run.harness.logged).toContainEqual({
      event: 'check-failed',
      fields: { projectId: 'p_a', problem: BROKEN.message },
    });
  });

  test('starts no check that could outlast the invocation, and begins the next round with those not reached', async () => {
    const run = new FleetRun();
    run.pollsPerRound = 3;
    const fleet = ['p_a', 'p_b', 'p_c', 'p_d', 'p_e'];
    expect(await run.round(fleet)).toMatchObject({ checked: 3, notReached: ['p_d', 'p_e'] });
    expect(await run.round(fleet)).toMatchObject({ checked: 3, notReached: ['p_b', 'p_c'] });
    expect(run.polled).toEqual(['p_d', 'p_e', 'p_a']);
    expect(await run.round(fleet)).toMatchObject({ checked: 3, notReached: ['p_d', 'p_e'] });
    expect(run.polled).toEqual(['p_b', 'p_c', 'p_a']);
  });

  test('no longer begins with a project that has been reached', async () => {
    const run = new FleetRun();
    run.pollsPerRound = 1;
    await run.round(['p_a', 'p_b']);
    run.pollsPerRound = 2;
    expect(await run.round(['p_a', 'p_b'])).toMatchObject({ notReached: [] });
    await run.round(['p_a', 'p_b']);
    expect(run.polled).toEqual(['p_a', 'p_b']);
  });

  test('remembers what was not reached for each list of projects', async () => {
    const run = new FleetRun();
    run.pollsPerRound = 1;
    await run.round(['p_a', 'p_b']);
    await run.round(['p_c', 'p_b']);
    expect(run.polled).toEqual(['p_c']);
  });

  test('writes no memory where every project was reached', async () => {
    const run = new FleetRun();
    await run.round(['p_a']);
    expect(run.store.fleets.size).toBe(0);
  });

  test.each([1, 7, 15, 16, 17, 40])('reaches every project, however few checks fit into a round (%d)', async (few) => {
    const run = new FleetRun();
    run.pollsPerRound = few;
    const fleet = numbered(40);
    const seen = new Set<string>();
    for (let i = 0; i < Math.ceil(40 / few); i += 1) {
      await run.round(fleet);
      for (const project of run.polled) seen.add(project);
    }
    expect(seen.size).toBe(40);
  });

  test('checks where its memory cannot be read, then fails, and does not overwrite the memory', async () => {
    class Forgetful extends MemoryStore {
      override async readFleet(): Promise<never> {
        throw BROKEN;
      }
    }
    const run = new FleetRun();
    run.pollsPerRound = 1;
    const store = new Forgetful();
    await expect(run.round(['p_a', 'p_b'], { store })).rejects.toMatchObject({
      message: `the round failed on our side: ${BROKEN.message}`,
    });
    expect(run.polled).toEqual(['p_a']);
    expect(store.fleets.size).toBe(0);
  });

  test('reports at most ten errors of a store that is unavailable', async () => {
    const run = new FleetRun();
    const fleet = numbered(100);
    for (const project of fleet) run.shows.set(project, BROKEN);
    await expect(run.round(fleet)).rejects.toMatchObject({
      errors: Array.from({ length: 10 }, () => BROKEN),
      message: expect.stringMatching(/^100 of 100 checks failed/),
    });
  });
});
