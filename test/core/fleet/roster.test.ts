/** Which projects a round over the whole OMS checks: those listed, those new, and those that leave. */
import { BROKEN, FleetRun, listed } from '../../support/fleet-run';
import { failed, ok } from '../../support/values/observations';

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
