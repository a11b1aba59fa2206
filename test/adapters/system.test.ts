import { systemClock } from '../../lambda/adapters/system';
import { Interrupted } from '../../lambda/core/model/errors';

test('a sleep lasts at least as long as requested', async () => {
  const before = performance.now();
  await systemClock.sleep(15);
  expect(performance.now() - before).toBeGreaterThanOrEqual(15);
});

test.each([0, -5, Number.NaN])('a sleep of %d ms ends at once', async (ms) => {
  await expect(systemClock.sleep(ms)).resolves.toBeUndefined();
});

test('a sleep longer than a timer can hold goes on until it is interrupted', async () => {
  const stop = new AbortController();
  let over = false;
  const sleep = systemClock.sleep(364 * 86_400_000, stop.signal).finally(() => {
    over = true;
  });
  await systemClock.sleep(20);
  expect(over).toBe(false);
  stop.abort();
  await expect(sleep).rejects.toThrow(Interrupted);
});

test('a signal that is already aborted interrupts the sleep', async () => {
  await expect(systemClock.sleep(1_000, AbortSignal.abort())).rejects.toThrow(Interrupted);
});
