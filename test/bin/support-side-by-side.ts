/** Tests that mostly wait for other processes, run beside each other; each is still reported by itself. */

type Body = () => Promise<void>;

/** So many at once: more would only fight for the processors. */
const AT_ONCE = 10;

/** Far beyond what any takes: only what hangs meets it, on a machine that is busy with other things too. */
const LIMIT_MS = 180_000;

/** Title to body, each as for `test`. Bodies share nothing. */
export function sideBySide(bodies: Readonly<Record<string, Body>>, atOnce = AT_ONCE): void {
  const queue = Object.entries(bodies);
  const settled = new Map(queue.map(([title]) => [title, deferred()]));

  async function worker(): Promise<void> {
    for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
      const [title, body] = next;
      const end = settled.get(title) as Deferred;
      await body().then(end.resolve, end.reject);
    }
  }

  beforeAll(() => {
    for (let i = 0; i < atOnce; i += 1) void worker();
  });

  // Nothing may outlive its file.
  afterAll(async () => {
    for (const [title] of queue.splice(0)) settled.get(title)?.resolve();
    await Promise.allSettled([...settled.values()].map(({ promise }) => promise));
  }, LIMIT_MS);

  for (const [title, { promise }] of settled) test(title, () => promise, LIMIT_MS);
}

interface Deferred {
  readonly promise: Promise<void>;
  readonly resolve: () => void;
  readonly reject: (reason: unknown) => void;
}

function deferred(): Deferred {
  const parts: { resolve?: () => void; reject?: (reason: unknown) => void } = {};
  const promise = new Promise<void>((resolve, reject) => Object.assign(parts, { resolve, reject }));
  // Reported by its own test, however late that comes.
  promise.catch(() => undefined);
  return { promise, resolve: () => parts.resolve?.(), reject: (reason) => parts.reject?.(reason) };
}
