/** Finds the bundled handler: it is built once, by `npm run build`, and comes along in the published package. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import { InvalidSettings } from '../validation/problems';

/** From a checkout this file is lib/monitor/handler-bundle.ts, from the published package dist/lib/handler-bundle.js. */
const PLACES = ['../../dist/lambda/check', '../../lambda/check', 'lambda/check'].map((place) => join(__dirname, place));

export function handlerBundle(places: readonly string[] = PLACES): lambda.Code {
  const found = places.find((place) => existsSync(join(place, 'index.js')));
  if (found === undefined) {
    throw new InvalidSettings('oms-cutover', [
      `the handler is not bundled yet: run npm run build (looked for index.js in ${places.join(' and ')})`,
    ]);
  }
  return lambda.Code.fromAsset(found);
}
