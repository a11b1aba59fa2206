/** Many pieces of work side by side, within bounds. */

/**
 * How many projects are looked at side by side. As many as the OMS client keeps connections: more would wait there, on their own deadline.
 * OMS's console is a small server that people are working with, and 16 are enough: 1,000 projects of 100 ms take 8 s of the 150 s that an
 * invocation has, and those of one schedule (200 at most, lib/monitor/fleet-schedule.ts) 125 s even where OMS hangs on every look until its
 * deadline of 10 s.
 */
export const FLEET_CONCURRENCY = 16;

/**
 * Begins the items in order, at most `FLEET_CONCURRENCY` at a time, while `goOn` says so.
 * @param work must not reject: one item's trouble is no other's.
 * @returns what was not begun.
 */
export async function sideBySide<T>(
  items: readonly T[],
  goOn: () => boolean,
  work: (item: T) => Promise<void>,
): Promise<readonly T[]> {
  let next = 0;
  const worker = async () => {
    while (next < items.length && goOn()) {
      const item = items[next] as T;
      next += 1;
      await work(item);
    }
  };
  await Promise.all(Array.from({ length: Math.min(FLEET_CONCURRENCY, items.length) }, worker));
  return items.slice(next);
}
