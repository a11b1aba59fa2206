/** Tests that mostly wait for other processes, run side by side; each is still reported by itself, and `-t` runs only those it names. */

/** Far beyond what any takes: only a test that hangs meets it, on a machine that is busy with other work too. */
const LIMIT_MS = 180_000;

/** Title to body, each as for `test`. Bodies share nothing. At most `maxConcurrency` of jest's configuration run at a time. */
export function sideBySide(bodies: Readonly<Record<string, () => Promise<void>>>): void {
  for (const [title, body] of Object.entries(bodies)) test.concurrent(title, body, LIMIT_MS);
}
