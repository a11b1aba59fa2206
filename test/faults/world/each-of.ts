/** Runs work on each of a list, so many at a time: as many as make a busy machine, and no time-out that nobody asked for. */
export async function eachOf<T>(list: readonly T[], work: (one: T) => Promise<void>, atOnce = 12): Promise<void> {
  let next = 0;
  const worker = async () => {
    while (next < list.length) {
      const one = list[next] as T;
      next += 1;
      await work(one);
    }
  };
  await Promise.all(Array.from({ length: Math.min(atOnce, list.length) }, worker));
}
