/** A scheduled round: which projects it checks, in which order, and what it leaves to the next round. */
import { FLEET_CONCURRENCY, inParallel } from '../../../lambda/core/fleet/fleet';
import { BROKEN, FleetRun, listed } from '../../support/fleet-run';
import { MemoryStore } from '../../support/memory-store';
import { failed, ok } from '../../support/observations';

const numbered = (count: number) => Array.from({ length: count }, (_, i) => `p_${i}`);

describe('work in parallel', () => {
  test('is limited, and complete', async () => {
    let now = 0;
    let most = 0;
    const done: number[] = [];
    const left = await inParallel(
      Array.from({ length: 100 }, (_, i) => i),
      () => true,
      async (item) => {
        now += 1;
        most = Math.max(most, now);
        await new Promise((resolve) => setImmediate(resolve));
        now -= 1;
        done.push(item);
      },
    );
    expect(most).toBe(FLEET_CONCURRENCY);
    expect(done).toHaveLength(100);
    expect(left).toEqual([]);
  });

  test('returns what was not started, in order', async () => {
    let budget = 3;
    const left = await inParallel(
      ['a', 'b', 'c', 'd', 'e'],
      () => budget-- > 0,
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
    const round = run.round(['p_slow', ...others], {
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

describe('a round over all that OMS lists', () => {
  test('checks the projects of its kind, except those released or deleted', async () => {
    const run = new FleetRun();
    run.listing = [
      listed('p_a'),
      listed('p_sync', { kind: 'sync' }),
      listed('p_done', { status: 'FINISHED' }),
      listed('p_released', { status: 'RELEASED' }),
      listed('p_deleted', { status: 'DELETED' }),
      listed('p_releasing', { status: 'RELEASING' }),
    ];
    expect(await run.round()).toMatchObject({ checked: 3, notListed: null });
    expect(run.polled).toEqual(['p_a', 'p_done', 'p_releasing']);
    await run.round('all', { kind: 'sync' });
    expect(run.polled).toEqual(expect.arrayContaining(['p_sync']));
  });

  test('includes a new project, and writes the memory only then', async () => {
    const run = new FleetRun();
    run.listing = [listed('p_a')];
    await run.round();
    const first = run.store.fleets.get('"all"');
    await run.round();
    expect(run.store.fleets.get('"all"')).toEqual(first);
    run.listing = [listed('p_new'), listed('p_a')];
    await run.round();
    expect(run.polled).toEqual(['p_new', 'p_a']);
    expect(run.store.fleets.get('"all"')?.known).toEqual(['p_new', 'p_a']);
  });

  test('checks the last known list where OMS does not list its projects, and reports why', async () => {
    const run = new FleetRun();
    run.listing = [listed('p_a'), listed('p_b')];
    await run.round();
    run.listing = { outcome: 'OmsUnreachable', problem: 'OMS did not answer' };
    run.shows.set('p_a', (at) => failed(at)).set('p_b', (at) => failed(at));
    expect(await run.round()).toMatchObject({ checked: 2, failed: [], notListed: run.listing });
    expect(run.polled).toEqual(['p_a', 'p_b']);
    run.listing = [listed('p_a'), listed('p_b')];
    await run.round();
    expect(run.polled).toEqual(['p_a', 'p_b']);
  });

  test('on an OMS without the call reports that projects have to be named, and does not fail', async () => {
    const run = new FleetRun();
    run.listing = { outcome: 'OmsBadReply', problem: 'OMS answered HTTP 404; name them', missingCall: true };
    expect(await run.round()).toEqual({ checked: 0, failed: [], notReached: [], notListed: run.listing });
    expect(run.harness.logged[0]).toEqual({
      event: 'fleet-not-listed',
      fields: { ...run.listing, lastKnown: 0 },
    });
  });

  test('checks the last known list where the OMS credentials cannot be read, then fails', async () => {
    const run = new FleetRun();
    run.listing = [listed('p_a')];
    await run.round();
    run.listing = BROKEN;
    await expect(run.round()).rejects.toMatchObject({ errors: [BROKEN] });
    expect(run.polled).toEqual(['p_a']);
    expect(run.store.fleets.get('"all"')?.known).toEqual(['p_a']);
  });
});

describe('a project that is no longer listed', () => {
  const gone = async () => {
    const run = new FleetRun();
    run.listing = [listed('p_a'), listed('p_gone')];
    await run.round();
    run.listing = [listed('p_a')];
    return run;
  };

  test('is checked once more, so that its end is notified', async () => {
    const run = await gone();
    run.shows.set('p_gone', (at) => ok(at, { status: 'RELEASED' }));
    await run.round();
    expect(run.polled).toEqual(['p_a', 'p_gone']);
    expect(run.harness.kinds).toEqual(['status']);
    await run.round();
    expect(run.polled).toEqual(['p_a']);
  });

  test('is notified as gone from OMS at the first poll, and dropped after three', async () => {
    const run = await gone();
    run.shows.set('p_gone', (at) => failed(at, 'OmsProjectNotFound'));
    for (let i = 0; i < 3; i += 1) {
      await run.round();
      expect(run.polled).toContain('p_gone');
    }
    expect(run.harness.kinds).toEqual(['gone-from-oms']);
    await run.round();
    expect(run.polled).toEqual(['p_a']);
  });

  test('is checked until that is notified, where OMS refuses to report it', async () => {
    const run = await gone();
    run.shows.set('p_gone', (at) => failed(at, 'OmsRefused'));
    for (let i = 0; i < 3; i += 1) await run.round();
    expect(run.harness.kinds).toEqual(['unreachable']);
    await run.round();
    expect(run.polled).toEqual(['p_a']);
  });

  test('is notified as found again where OMS lists it again', async () => {
    const run = await gone();
    run.shows.set('p_gone', (at) => failed(at, 'OmsProjectNotFound'));
    for (let i = 0; i < 4; i += 1) await run.round();
    run.shows.delete('p_gone');
    run.listing = [listed('p_a'), listed('p_gone')];
    await run.round();
    expect(run.harness.kinds).toEqual(['gone-from-oms', 'found-again']);
  });

  test('stays known while its checks fail', async () => {
    const run = await gone();
    run.shows.set('p_gone', (at) => failed(at, 'OmsUnreachable'));
    for (let i = 0; i < 5; i += 1) await run.round();
    expect(run.polled).toEqual(['p_a', 'p_gone']);
    run.shows.set('p_gone', (at) => ok(at, { status: 'DELETED' }));
    await run.round();
    await run.round();
    expect(run.polled).toEqual(['p_a']);
  });

  test('is still checked where its check finds it, because a list can be wrong', async () => {
    const run = await gone();
    for (let i = 0; i < 5; i += 1) await run.round();
    expect(run.polled).toEqual(['p_a', 'p_gone']);
  });

  test('is checked in the next round where it was not reached', async () => {
    const run = await gone();
    run.shows.set('p_gone', (at) => ok(at, { status: 'RELEASED' }));
    run.pollsPerRound = 1;
    await run.round();
    expect(run.polled).toEqual(['p_a']);
    await run.round();
    expect(run.polled).toEqual(['p_gone']);
    expect(run.harness.kinds).toEqual(['status']);
  });

  test('is not notified where it is of the kind that was checked before', async () => {
    const run = new FleetRun();
    run.listing = [listed('p_a'), listed('p_sync', { kind: 'sync' })];
    await run.round();
    await run.round('all', { kind: 'sync' });
    expect(run.polled).toEqual(['p_sync']);
    expect(run.store.fleets.get('"all"')).toMatchObject({ known: ['p_sync'], leaving: {} });
  });

  test('is not dropped while OMS does not list its projects', async () => {
    const run = await gone();
    run.listing = { outcome: 'OmsUnreachable', problem: 'OMS did not answer' };
    run.shows.set('p_gone', (at) => failed(at, 'OmsProjectNotFound'));
    for (let i = 0; i < 4; i += 1) await run.round();
    expect(run.polled).toEqual(['p_a', 'p_gone']);
  });
});
