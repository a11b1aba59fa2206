import { CATALOGUE, drawTrace, type TraceGroup } from '../../bench/wait/traces/catalogue';
import { BEGINS_AT, lastNotAfter, REFRESH_MS } from '../../bench/wait/traces/trace';
import { Random } from '../../local/random';
import { sample } from './support/samples';

const DAY_MS = 86_400_000;

function group(name: string): TraceGroup {
  const found = CATALOGUE.find((each) => each.name === name);
  if (found === undefined) throw new Error(`no trace is called ${name}`);
  return found;
}

test.each(CATALOGUE.map(({ name }) => name))('%s is the same again by its seed, and another by another', (name) => {
  const draw = (seed: number, index: number) => sample(drawTrace(group(name), seed, index), 7_777, 500);
  expect(draw(3, 1)).toEqual(draw(3, 1));
  expect(draw(3, 1)).not.toEqual(draw(4, 1));
  expect(draw(3, 1)).not.toEqual(draw(3, 2));
});

test('every kind and length that the comparison is about is there', () => {
  const names = CATALOGUE.map(({ name }) => name);
  for (const length of ['10min', '1h', '8h', '3d', '14d']) {
    for (const trouble of ['', '-stalls', '-resumed', '-fails']) expect(names).toContain(`copy-${length}${trouble}`);
  }
  expect(names).toEqual(expect.arrayContaining(['sync-30d', 'drain', 'drain-backlog']));
});

describe('a copy', () => {
  const indexes = Array.from({ length: 20 }, (_, i) => i);

  test.each(['copy-1h', 'copy-1h-stalls', 'copy-1h-resumed'])(
    '%s goes up in whole percent and ends FINISHED',
    (name) => {
      for (const index of indexes) {
        const { stateAt, ...trace } = drawTrace(group(name), 1, index);
        const reachedAt = trace.reachedAt as number;
        const moments = Array.from(
          { length: Math.ceil((reachedAt - BEGINS_AT) / 1_000) },
          (_, i) => BEGINS_AT + i * 1_000,
        );
        const before = moments.map(stateAt);
        const percents = before.map(({ full }) => full ?? 0);
        expect(percents.every(Number.isInteger)).toBe(true);
        expect(percents).toEqual([...percents].sort((a, b) => a - b));
        expect(before.filter(({ status }) => status === 'FINISHED')).toEqual([]);
        expect(stateAt(reachedAt - 1).status).not.toBe('FINISHED');
        expect(stateAt(reachedAt)).toMatchObject({ status: 'FINISHED', full: 100 });
      }
    },
  );

  test('that is resumed shows FAILED for less than two minutes each time', () => {
    for (const index of indexes) {
      const { failures, stateAt } = drawTrace(group('copy-8h-resumed'), 1, index);
      expect(failures.length).toBeGreaterThan(0);
      for (const { from, to } of failures) {
        expect(to - from).toBeLessThan(120_000);
        expect([from - 1, from, to - 1, to].map((at) => stateAt(at).status)).toEqual([
          'RUNNING',
          'FAILED',
          'FAILED',
          'RUNNING',
        ]);
      }
    }
  });

  test('that fails has no goal to reach and stays FAILED', () => {
    for (const index of indexes) {
      const { failures, reachedAt, stateAt } = drawTrace(group('copy-3d-fails'), 1, index);
      expect(reachedAt).toBeNull();
      const from = failures[0]?.from as number;
      expect([from - 1, from, from + 9 * DAY_MS].map((at) => stateAt(at).status === 'FAILED')).toEqual([
        false,
        true,
        true,
      ]);
    }
  });
});

describe('a checkpoint', () => {
  test.each(['sync-8h', 'drain', 'drain-backlog'])('of %s moves only every 10 s, and never back', (name) => {
    for (const index of [0, 1, 2]) {
      const { stateAt } = drawTrace(group(name), 1, index);
      const shown = Array.from({ length: 12_000 }, (_, i) => stateAt(BEGINS_AT + i * 100).checkpoint ?? 0);
      expect(shown.filter((value, i) => value < (shown[i - 1] ?? 0))).toEqual([]);
      const moves = shown.flatMap((value, i) =>
        i > 0 && shown[i - 1] !== 0 && value !== shown[i - 1] ? [i * 100] : [],
      );
      expect(moves.filter((at) => (at - (moves[0] as number)) % REFRESH_MS !== 0)).toEqual([]);
    }
  });

  test('of a drain passes the fence and its margin at the moment that counts as reached', () => {
    for (let index = 0; index < 20; index += 1) {
      const { goal, reachedAt, stateAt } = drawTrace(group('drain-backlog'), 1, index);
      if (goal.type !== 'DRAINED') throw new Error(`drew a trace for ${goal.type}`);
      const needed = Date.parse(String(goal.writesStoppedAt)) + (goal.marginSeconds ?? 0) * 1000;
      const at = Math.ceil(reachedAt as number);
      expect((stateAt(at).checkpoint as number) * 1000).toBeGreaterThan(needed);
      expect((stateAt(at - 2).checkpoint as number) * 1000).toBeLessThanOrEqual(needed);
    }
  });

  test('of a long synchronisation is within the limit again and again, and holds only at the end', () => {
    const { reachedAt, stateAt } = drawTrace(group('sync-30d'), 1, 0);
    expect(reachedAt).toBeGreaterThan(BEGINS_AT + 28 * DAY_MS);
    let dips = 0;
    let within = false;
    for (let at = BEGINS_AT + DAY_MS; at < (reachedAt as number) - 120_000; at += REFRESH_MS) {
      const now = at - (stateAt(at).checkpoint as number) * 1000 <= 20_000;
      if (now && !within) dips += 1;
      within = now;
    }
    expect(dips).toBeGreaterThan(3);
  });
});

test('chance is even, and around 1 where it is a factor', () => {
  const random = new Random('even');
  const draws = Array.from({ length: 10_000 }, () => random.uniform(0, 10));
  expect(draws.reduce((sum, each) => sum + each, 0) / draws.length).toBeCloseTo(5, 0);
  const factors = Array.from({ length: 10_001 }, () => random.logNormal(0.5)).sort((a, b) => a - b);
  expect(factors[5_000]).toBeCloseTo(1, 1);
});

test('the last moment that is not after another one is found', () => {
  expect([0, 1, 2, 3, 4, 9].map((at) => lastNotAfter([1, 3, 3, 5], at))).toEqual([-1, 0, 0, 2, 2, 3]);
});
