import { FLEET_CONCURRENCY, sideBySide } from '../../../lambda/core/fleet/pool';
import { BROKEN, FleetRun, listed } from '../../support/fleet-run';
import { MemoryStore } from '../../support/memory-store';
import { failed, ok } from '../../support/observations';

const numbered = (count: number) => Array.from({ length: count }, (_, i) => `p_${i}`);

describe('work side by side', () => {
  test('is never more than its bound, and all of it', async () => {
    let now = 0;
    let most = 0;
    const done: number[] = [];
    const left = await sideBySide(
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

  test('gives back what it did not begin, in order', async () => {
    let budget = 3;
    const left = await sideBySide(
      ['a', 'b', 'c', 'd', 'e'],
      () => budget-- > 0,
      async () => {},
    );
    expect(left).toEqual(['d', 'e']);
  });
});

describe('a round over named projects', () => {
  test('looks at each of them once', async () => {
    const run = new FleetRun();
    const report = await run.round(['p_a', 'p_b', 'p_c']);
    expect(report).toEqual({ checked: 3, failed: [], notReached: [], notListed: null });
    expect(run.polled).toEqual(['p_a', 'p_b', 'p_c']);
    expect([...run.store.projectStateOf.keys()]).toEqual(['p_a', 'p_b', 'p_c']);
  });

  test('promises that the next look comes with the next round', async () => {
    const run = new FleetRun();
    await run.round(['p_a']);
    expect(run.store.projectStateOf.get('p_a')?.nextScheduledBy).toBeGreaterThan(run.harness.now + 300_000);
  });

  test('lets no slow project hold up the others', async () => {
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
          // Only when all others are through does the slow one get its answer.
          if (run.polled.length === others.length) release();
          return observation;
        },
      },
      clock: ports.clock,
    });
    expect((await round).checked).toBe(51);
    expect(run.polled.at(-1)).toBe('p_slow');
  });

  test("takes OMS's trouble with a project as a look like any other", async () => {
    const run = new FleetRun();
    run.shows.set('p_b', (at) => failed(at, 'OmsUnreachable'));
    expect(await run.round(['p_a', 'p_b', 'p_c'])).toMatchObject({ checked: 3, failed: [] });
    expect(run.store.projectStateOf.get('p_b')?.outcome).toBe('OmsUnreachable');
  });

  test('fails for our own trouble with one project, when all others have had their look', async () => {
    const run = new FleetRun();
    run.shows.set('p_a', BROKEN);
    await expect(run.round(['p_a', 'p_b', 'p_c'])).rejects.toMatchObject({
      errors: [BROKEN],
      message: `1 of 3 checks failed for our own reasons: ${BROKEN.message}`,
    });
    expect([...run.store.projectStateOf.keys()]).toEqual(['p_b', 'p_c']);
    expect(run.harness.logged).toContainEqual({
      event: 'check-failed',
      fields: { projectId: 'p_a', problem: BROKEN.message },
    });
  });

  test('begins no look that could outlast the invocation, and gives those not reached their turn first next time', async () => {
    const run = new FleetRun();
    run.pollsPerRound = 3;
    const fleet = ['p_a', 'p_b', 'p_c', 'p_d', 'p_e'];
    expect(await run.round(fleet)).toMatchObject({ checked: 3, notReached: ['p_d', 'p_e'] });
    expect(await run.round(fleet)).toMatchObject({ checked: 3, notReached: ['p_b', 'p_c'] });
    expect(run.polled).toEqual(['p_d', 'p_e', 'p_a']);
    expect(await run.round(fleet)).toMatchObject({ checked: 3, notReached: ['p_d', 'p_e'] });
    expect(run.polled).toEqual(['p_b', 'p_c', 'p_a']);
  });

  test('forgets what was not reached once it was', async () => {
    const run = new FleetRun();
    run.pollsPerRound = 1;
    await run.round(['p_a', 'p_b']);
    run.pollsPerRound = 2;
    expect(await run.round(['p_a', 'p_b'])).toMatchObject({ notReached: [] });
    await run.round(['p_a', 'p_b']);
    expect(run.polled).toEqual(['p_a', 'p_b']);
  });

  test('remembers what was not reached of its own list only', async () => {
    const run = new FleetRun();
    run.pollsPerRound = 1;
    await run.round(['p_a', 'p_b']);
    await run.round(['p_c', 'p_b']);
    expect(run.polled).toEqual(['p_c']);
  });

  test('writes nothing of its own where everything was reached', async () => {
    const run = new FleetRun();
    await run.round(['p_a']);
    expect(run.store.fleets.size).toBe(0);
  });

  test.each([1, 7, 15, 16, 17, 40])('gives everyone a turn, however few looks fit into a round (%d)', async (few) => {
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

  test('looks all the same where its memory cannot be read, says so in the end, and does not write over it', async () => {
    class Forgetful extends MemoryStore {
      override async readFleet(): Promise<never> {
        throw BROKEN;
      }
    }
    const run = new FleetRun();
    run.pollsPerRound = 1;
    const store = new Forgetful();
    await expect(run.round(['p_a', 'p_b'], { store })).rejects.toMatchObject({
      message: `the round failed for our own reasons: ${BROKEN.message}`,
    });
    expect(run.polled).toEqual(['p_a']);
    expect(store.fleets.size).toBe(0);
  });

  test('keeps the errors of a store that is down few', async () => {
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
  test('looks at the projects of its kind, and leaves out what is over', async () => {
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

  test('takes in a project that is new, and writes its memory only then', async () => {
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

  test('goes by the last known list where OMS gives none, and says why', async () => {
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

  test('on an OMS that cannot list says that projects have to be named, and fails for nobody', async () => {
    const run = new FleetRun();
    run.listing = { outcome: 'OmsBadReply', problem: 'OMS answered HTTP 404; name them', missingCall: true };
    expect(await run.round()).toEqual({ checked: 0, failed: [], notReached: [], notListed: run.listing });
    expect(run.harness.logged[0]).toEqual({
      event: 'fleet-not-listed',
      fields: { ...run.listing, lastKnown: 0 },
    });
  });

  test('looks all the same where the account for OMS cannot be read for the list, and fails in the end', async () => {
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

  test('is looked at once more, so that its end is told', async () => {
    const run = await gone();
    run.shows.set('p_gone', (at) => ok(at, { status: 'RELEASED' }));
    await run.round();
    expect(run.polled).toEqual(['p_a', 'p_gone']);
    expect(run.harness.kinds).toEqual(['status']);
    await run.round();
    expect(run.polled).toEqual(['p_a']);
  });

  test('is told to have vanished where OMS knows it no longer, at the first look, and is let go after three', async () => {
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

  test('is looked at until that is told, where OMS refuses to speak of it', async () => {
    const run = await gone();
    run.shows.set('p_gone', (at) => failed(at, 'OmsRefused'));
    for (let i = 0; i < 3; i += 1) await run.round();
    expect(run.harness.kinds).toEqual(['unreachable']);
    await run.round();
    expect(run.polled).toEqual(['p_a']);
  });

  test('is told to be back where OMS lists it again', async () => {
    const run = await gone();
    run.shows.set('p_gone', (at) => failed(at, 'OmsProjectNotFound'));
    for (let i = 0; i < 4; i += 1) await run.round();
    run.shows.delete('p_gone');
    run.listing = [listed('p_a'), listed('p_gone')];
    await run.round();
    expect(run.harness.kinds).toEqual(['gone-from-oms', 'found-again']);
  });

  test('stays known while its look shows nothing', async () => {
    const run = await gone();
    run.shows.set('p_gone', (at) => failed(at, 'OmsUnreachable'));
    for (let i = 0; i < 5; i += 1) await run.round();
    expect(run.polled).toEqual(['p_a', 'p_gone']);
    run.shows.set('p_gone', (at) => ok(at, { status: 'DELETED' }));
    await run.round();
    await run.round();
    expect(run.polled).toEqual(['p_a']);
  });

  test('goes on being looked at where its look finds it alive: a list can be wrong', async () => {
    const run = await gone();
    for (let i = 0; i < 5; i += 1) await run.round();
    expect(run.polled).toEqual(['p_a', 'p_gone']);
  });

  test('keeps its turn where time did not suffice for it', async () => {
    const run = await gone();
    run.shows.set('p_gone', (at) => ok(at, { status: 'RELEASED' }));
    run.pollsPerRound = 1;
    await run.round();
    expect(run.polled).toEqual(['p_a']);
    await run.round();
    expect(run.polled).toEqual(['p_gone']);
    expect(run.harness.kinds).toEqual(['status']);
  });

  test('is nothing to tell where it is of the kind that was looked at before', async () => {
    const run = new FleetRun();
    run.listing = [listed('p_a'), listed('p_sync', { kind: 'sync' })];
    await run.round();
    await run.round('all', { kind: 'sync' });
    expect(run.polled).toEqual(['p_sync']);
    expect(run.store.fleets.get('"all"')).toMatchObject({ known: ['p_sync'], leaving: {} });
  });

  test('is no farewell where OMS gave no list at all', async () => {
    const run = await gone();
    run.listing = { outcome: 'OmsUnreachable', problem: 'OMS did not answer' };
    run.shows.set('p_gone', (at) => failed(at, 'OmsProjectNotFound'));
    for (let i = 0; i < 4; i += 1) await run.round();
    expect(run.polled).toEqual(['p_a', 'p_gone']);
  });
});
