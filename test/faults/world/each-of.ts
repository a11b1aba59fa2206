/** Runs `work` on each item. Few enough at a time that a busy machine causes no timeouts by itself. */
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
