/** Which sources a bundle was built from, so that a test never runs a bundle that is older than its source. */
import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Where the build records it: by bundle, the digest of each source. */
export const BUNDLED_FROM = 'dist/bundled-from.json';

/** SHA-256 by path from the repository's root. */
export type BundledFrom = Readonly<Record<string, string>>;

export function digestOf(root: string, sources: readonly string[]): BundledFrom {
  return Object.fromEntries(
    [...sources].sort().map((source) => {
      const file = join(root, source);
      return [source, existsSync(file) ? createHash('sha256').update(readFileSync(file)).digest('hex') : 'deleted'];
    }),
  );
}

/** One sentence on why a bundle cannot be tested as it is; null for one that matches its sources. */
export function staleness(root: string, bundle: string): string | null {
  const record = join(root, BUNDLED_FROM);
  const built = existsSync(record) ? (JSON.parse(readFileSync(record, 'utf8')) as Record<string, BundledFrom>) : {};
  const before = built[bundle];
  if (before === undefined || !existsSync(join(root, bundle))) return `${bundle} is not built: run npm run build`;
  const now = digestOf(root, Object.keys(before));
  const changed = Object.keys(before).find((source) => before[source] !== now[source]);
  return changed === undefined ? null : `${bundle} is older than ${changed}: run npm run build`;
}
