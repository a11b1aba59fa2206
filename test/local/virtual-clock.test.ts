import { setTimeout as realPause } from 'node:timers/promises';
import fc from 'fast-check';
import { Interrupted } from '../../lambda/core/model/errors';
import { VirtualClock } from '../../local/virtual-clock';

const START = 1_000_000;

test('a single sleeper wakes at the end of its sleep at once', async () => {
  const clock = new VirtualClock(START);
  await clock.sleep(14 * 86_400_000);
  expect(clock.now()).toBe(START + 14 * 86_400_000);
});

test('sleepers wake in the order of their times, whatever order they started in', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.nat(5_000), { maxLength: 30 }), async (naps) => {
      const clock = new VirtualClock(START);
      const woken: { at: number; nap: number; index: number }[] = [];
      await Promise.all(
        naps.map((nap, index) => clock.sleep(nap).then(() => woken.push({ at: clock.now(), nap, index }))),
      );
      const expected = naps
        .map((nap, index) => ({ at: START + nap, nap, index }))
        .sort((a, b) => a.nap - b.nap || a.index - b.index);
      expect(woken).toEqual(expected);
    }),
    { numRuns: 50 },
  );
});

test('time never goes back, and moves only in sleeps', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.array(fc.integer({ min: -10, max: 900 }), { maxLength: 8 }), { maxLength: 5 }),
      async (actors) => {
        const clock = new VirtualClock(START);
        const seen: number[] = [];
        await Promise.all(
          actors.map((naps) =>
            clock.participate(async () => {
              for (const nap of naps) {
                const before = clock.now();
                await clock.sleep(nap);
                expect(clock.now()).toBe(before + Math.max(0, nap));
                seen.push(clock.now());
              }
            }),
          ),
        );
        expect(seen).toEqual([...seen].sort((a, b) => a - b));
        const longest = Math.max(0, ...actors.map((naps) => naps.reduce((sum, nap) => sum + Math.max(0, nap), 0)));
        expect(clock.now()).toBe(START + longest);
      },
    ),
    { numRuns: 50 },
  );
});

test('time stands still while a participant does input or output, although another one sleeps', async () => {
  const clock = new VirtualClock(START);
  const busy = clock.participate(async () => {
    await realPause(20);
    return clock.now();
  });
  const sleeper = clock.sleep(60_000).then(() => clock.now());
  expect(await busy).toBe(START);
  expect(await sleeper).toBe(START + 60_000);
});

test('work that waits for nested work does not hold time', async () => {
  const clock = new VirtualClock(START);
  const seen: string[] = [];
  await clock.participate(async () => {
    await Promise.all([
      clock.participate(async () => {
        await clock.sleep(500);
        await realPause(5);
        seen.push(`a ${clock.now() - START}`);
      }),
      clock.participate(async () => {
        await clock.sleep(900);
        seen.push(`b ${clock.now() - START}`);
      }),
    ]);
    await clock.sleep(100);
  });
  expect(seen).toEqual(['a 500', 'b 900']);
  expect(clock.now()).toBe(START + 1_000);
});

test('work that failed does not hold time', async () => {
  const clock = new VirtualClock(START);
  await expect(
    clock.participate(async () => {
      await clock.sleep(10);
      throw new Error('broke');
    }),
  ).rejects.toThrow('broke');
  await clock.sleep(10);
  expect(clock.now()).toBe(START + 20);
});

test('an interrupted sleep ends at once, and time stays where it is', async () => {
  const clock = new VirtualClock(START);
  const stop = new AbortController();
  const sleep = clock.participate(() => clock.sleep(1_000, stop.signal));
  stop.abort();
  await expect(sleep).rejects.toThrow(Interrupted);
  await expect(clock.sleep(1_000, stop.signal)).rejects.toThrow(Interrupted);
  expect(clock.now()).toBe(START);
});

test.each([Number.NaN, Number.POSITIVE_INFINITY])('refuses to sleep %d ms', async (ms) => {
  await expect(new VirtualClock().sleep(ms)).rejects.toThrow(`cannot sleep ${ms} ms`);
});
