/** What our own trouble looks like to a wait: long retries first, then a verdict like any other. */
import { Duration } from 'aws-cdk-lib';
import * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import type { OwnFailure } from '../../lambda/contract/check-result';
import type { AtSynth } from './json-path';

/**
 * Outlasts an outage of an hour: with full jitter a wait is half its limit on average, so 150 tries take about 73 minutes,
 * and less than an hour only once in ten thousand times.
 */
export const OUTAGE_RETRY: sfn.RetryProps = {
  errors: [sfn.Errors.ALL],
  interval: Duration.seconds(2),
  backoffRate: 2,
  maxDelay: Duration.seconds(60),
  maxAttempts: 150,
  jitterStrategy: sfn.JitterType.FULL,
};

/** The result of a check that never came about. The whole error, because not every error has a cause. */
export function ownFailure(what: string): AtSynth<OwnFailure> {
  return {
    verdict: 'FAILED',
    reason: {
      code: 'CheckFailed',
      message: sfn.JsonPath.format(`${what}: {}`, sfn.JsonPath.jsonToString(sfn.JsonPath.objectAt('$.error'))),
    },
  };
}
