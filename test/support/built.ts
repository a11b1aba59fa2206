/** What the build made, for tests that run it. Refuses a bundle that is older than its source: the test would pass or fail for yesterday's code. */
import { join } from 'node:path';
import { staleness } from '../../bin/bundled-from';

const ROOT = join(__dirname, '../..');

/** The code of the Lambda functions. */
export const HANDLERS = ['dist/lambda/check/index.js', 'dist/lambda/cutover/index.js'] as const;

type Bundle =
  | (typeof HANDLERS)[number]
  | 'dist/oms-cutover.js'
  | 'dist/command-line.js'
  | 'dist/packaged-app.js'
  | 'dist/cutover-demo.js';

/** Absolute path of a bundle. Throws where it is missing or stale. */
export function built(bundle: Bundle): string {
  const problem = staleness(ROOT, bundle);
  if (problem !== null) throw new Error(problem);
  return join(ROOT, bundle);
}
