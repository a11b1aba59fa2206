/** A large fleet in turns over the interval, and a turn in parts. */
import type { FleetRequest } from '../../../lambda/contract/fleet';
import { concurrencyOf, isDue } from '../../../lambda/core/fleet/shares';
import { FleetRun, INTERVAL_SECONDS, listed } from '../../support/fleet-run';
import { MINUTE, T0 } from '../../support/values/observations';

const numbered = (count: number) => Array.from({ length: count }, (_, i) => `p_${String(i).padStart(12, '0')}`);
const TURNS = 5;

/** The event of the nth turn. */
function turnEvent(n: number, projects: FleetRequest['projects'], at = T0 + n * MINUTE): FleetRequest {
  return { projects, intervalSeconds: INTERVAL_SECONDS, turn: { at, of: TURNS } };
}

describe('the turns of an interval', () => {
  test('poll each project once, in shares of about the same size', () => {
    const fleet = numbered(1_600);
    const shares = Array.from({ length: TURNS }, (_, n) => fleet.filter((id) => isDue(id, turnEvent(n, 'listed'))));
    expect(shares.flat().sort()).toEqual(fleet);
    for (const { length } of shares) expect(Math.abs(length - 320)).toBeLessThan(60);
  });

  test('give a project the same place in every interval, however late its event is delivered', () => {
    for (const id of numbered(50)) {
      const due = (at: number) => isDue(id, turnEvent(0, 'listed', at));
      const first = [0, 1, 2, 3, 4].find((n) => due(T0 + n * MINUTE)) ?? -1;
      expect(due(T0 + (first + TURNS * 1_000) * MINUTE)).toBe(true);
    }
  });

  test('poll what the turn before did not reach first', async () => {
    const run = new FleetRun();
    run.deployed = numbered(300);
    run.pollsPerRound = 10;
    const first = await run.answer(turnEvent(0, 'listed'));
    run.pollsPerRound = Number.POSITIVE_INFINITY;
    await run.answer(turnEvent(1, 'listed'));
    expect(run.polled.slice(0, first.notReached.length)).toEqual(first.notReached);
    for (const n of [2, 3, 4]) await run.answer(turnEvent(n, 'listed'));
    expect(run.store.projectStateOf.size).toBe(300);
  });

  test('do not overlap: a turn starts no poll after the next has begun', async () => {
    const run = new FleetRun();
    run.deployed = numbered(300);
    const { oms, ...ports } = run.ports();
    const slow = {
      poll: async (project: string) => {
        run.harness.now += 10_000;
        return await oms.poll(project);
      },
    };
    const { checked } = await run.answer(turnEvent(0, 'listed'), { ...ports, oms: slow });
    expect(checked).toBeLessThanOrEqual(MINUTE / 10_000 + concurrencyOf(1));
  });
});

describe('a fleet that is too large for one invocation', () => {
  test('is divided into parts, which poll each project once with few polls at a time', async () => {
    const run = new FleetRun();
    run.deployed = numbered(10_000);
    const report = await run.answer(turnEvent(0, 'listed'));
    const events = run.started;
    expect(report).toEqual({ checked: 0, failed: [], notReached: [], notListed: null, parts: 3 });
    expect(events.map(({ part }) => part)).toEqual([0, 1, 2].map((index) => ({ index, of: 3 })));
    expect(events[0]?.turn).toEqual({ at: '2026-11-23T00:00:00.000Z', of: TURNS });
    const polled: string[] = [];
    for (const index of [0, 1, 2]) {
      await run.answer({ ...turnEvent(0, 'listed'), part: { index, of: 3 } });
      expect(run.polled.length).toBeLessThan(900);
      polled.push(...run.polled);
    }
    expect(polled.sort()).toEqual(run.deployed.filter((id) => isDue(id, turnEvent(0, 'listed'))));
  });

  test('has 16 polls side by side in all up to three parts, and five in each of more', () => {
    expect([1, 2, 3, 25].map((parts) => parts * concurrencyOf(parts))).toEqual([16, 16, 15, 125]);
  });

  test('fails where a part could not be started, after it has started the others', async () => {
    const run = new FleetRun();
    run.deployed = numbered(10_000);
    const started: number[] = [];
    const start = async ({ part }: { part?: { index: number } }) => {
      if (part?.index === 1) throw new Error('throttled');
      started.push(part?.index ?? -1);
    };
    await expect(run.answer(turnEvent(0, 'listed'), { start })).rejects.toThrow('throttled');
    expect(started).toEqual([0, 2]);
  });
});

describe('a fleet that OMS lists', () => {
  test('is kept in pages of at most 4,000 projects, each a part', async () => {
    const run = new FleetRun();
    run.listing = numbered(9_000).map((id) => listed(id));
    expect(await run.answer(turnEvent(0, 'all'))).toMatchObject({ parts: 3 });
    expect([...run.store.fleets.values()].map(({ known }) => known.length).sort()).toEqual([1_000, 4_000, 4_000]);
    const polled: string[] = [];
    for (const n of [0, 1, 2, 3, 4]) {
      for (const index of [0, 1, 2]) {
        await run.answer({ ...turnEvent(n, 'all'), part: { index, of: 3 } });
        polled.push(...run.polled);
      }
    }
    expect(polled.sort()).toEqual(numbered(9_000));
  });

  test('keeps items far below 400 KB with the longest ids', async () => {
    const run = new FleetRun();
    run.listing = numbered(3_000).map((id) => listed(id.padEnd(128, '\u{4e00}')));
    await run.answer(turnEvent(0, 'all'));
    run.listing = [];
    await run.answer(turnEvent(0, 'all'));
    for (const memory of run.store.fleets.values())
      expect(Buffer.byteLength(JSON.stringify(memory))).toBeLessThan(200_000);
    expect([...run.store.fleets.values()].flatMap(({ leaving }) => Object.keys(leaving))).toHaveLength(3_000);
  });

  test('is listed in the first turn only, and a project stays on its page', async () => {
    const run = new FleetRun();
    run.listing = numbered(5_000).map((id) => listed(id));
    await run.answer(turnEvent(0, 'all'));
    const page = () => run.store.fleets.get('"all/2"')?.known;
    const before = page();
    run.listing = [listed('p_new'), ...run.listing.slice(1)];
    await run.answer(turnEvent(1, 'all'));
    expect(page()).toEqual(before);
    await run.answer(turnEvent(5, 'all'));
    expect(page()).toEqual(['p_new', ...(before ?? [])]);
    expect(run.store.fleets.get('"all"')).toMatchObject({ leaving: { p_000000000000: 0 }, pages: 2 });
  });

  test('is polled at once, in the first turn, where it is small', async () => {
    const run = new FleetRun();
    run.listing = numbered(200).map((id) => listed(id));
    await run.answer(turnEvent(0, 'all'));
    expect(run.polled).toHaveLength(200);
    await run.answer(turnEvent(1, 'all'));
    expect(run.polled).toEqual([]);
  });

  test('is listed in any turn before it was ever listed', async () => {
    const run = new FleetRun();
    run.listing = numbered(1_000).map((id) => listed(id));
    await run.answer(turnEvent(3, 'all'));
    expect(run.polled.length).toBeGreaterThan(100);
  });
});
