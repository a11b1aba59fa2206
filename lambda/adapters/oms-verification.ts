/** Reads what OMS says of a full verification: the step that does it, and how many differences it found. Fails closed. */

import type { Verification } from '../core/cutover/verifier';
import { phaseOf } from '../core/status';
import type { Answer } from './oms-listing';
import { own } from './oms-wire-values';

/** @param askSteps DescribeProjectSteps. @param askResult ListProjectFullVerifyResult. */
export async function readVerification(
  askSteps: () => Promise<Answer>,
  askResult: () => Promise<Answer>,
): Promise<Verification> {
  const steps = await askSteps();
  if ('failure' in steps) {
    const { problem, missingCall } = steps.failure;
    return missingCall
      ? { state: 'NOT_THERE', message: 'this OMS has no call that tells of verifications (4.1.1 and later have)' }
      : { state: 'UNKNOWN', message: problem };
  }
  const { data } = steps.enveloped;
  if (!Array.isArray(data)) return { state: 'UNKNOWN', message: 'OMS gave no list of steps' };
  const step: unknown = data.find((one) => phaseOf(String(own(one, 'name'))) === 'verification');
  if (step === undefined) return { state: 'NOT_THERE', message: 'the project has no full verification' };
  // Inferred: a step that has done its work is FINISHED, like a project.
  const status = String(own(step, 'status')).slice(0, 64);
  if (status !== 'FINISHED')
    return { state: 'UNDER_WAY', message: `full verification is ${status}, needs to be FINISHED` };
  const result = await askResult();
  if ('failure' in result) return { state: 'UNKNOWN', message: result.failure.problem };
  const different = own(result.enveloped.data, 'differentNumber');
  if (typeof different !== 'number' || !Number.isSafeInteger(different) || different < 0)
    return { state: 'UNKNOWN', message: 'OMS gave no usable "differentNumber" for the full verification' };
  return different === 0
    ? { state: 'CLEAN', message: 'full verification found no difference' }
    : { state: 'DIFFERENT', message: `full verification found ${different} differences, needs none` };
}
