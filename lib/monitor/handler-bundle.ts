/** Finds a bundled handler, which `npm run build` creates and the published package contains. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import { InvalidSettings } from '../validation/problems';

/** This file is lib/monitor/handler-bundle.ts in a checkout, and dist/lib/handler-bundle.js in the package. */
const PLACES = ['../../dist/lambda', '../../lambda', 'lambda'].map((place) => join(__dirname, place));

export type HandlerName = 'check' | 'cutover' | 'watchdog';

export function handlerBundle(name: HandlerName, places: readonly string[] = PLACES): lambda.Code {
  const folders = places.map((place) => join(place, name));
  const found = folders.find((folder) => existsSync(join(folder, 'index.js')));
  if (found === undefined) {
    throw new InvalidSettings('oms-cutover', [
      `the handler is not bundled: run npm run build (index.js not found in ${folders.join(' or ')})`,
    ]);
  }
  return lambda.Code.fromAsset(found);
}
