/** Reads what OMS says of a full verification: the step that does it, and how many differences it found. Fails closed. */

import { plain } from '../../contract/text';
import type { Verification } from '../../core/ports';
import type { Answer } from './project-list';
import { own } from './values';

/** @param hasTheCalls this OMS has answered calls of 4.1.1. @param askSteps DescribeProjectSteps. @param askResult ListProjectFullVerifyResult. */
export async function readVerification(
  hasTheCalls: boolean,
  askSteps: () => Promise<Answer>,
  askResult: () => Promise<Answer>,
): Promise<Verification> {
  const steps = await askSteps();
  if ('failure' in steps) {
    const { problem, missingCall } = steps.failure;
    return missingCall && !hasTheCalls
      ? { state: 'NOT_THERE', message: 'this OMS has no call that tells of verifications (4.1.1 and later have)' }
      : { state: 'UNKNOWN', message: problem };
  }
  const { data } = steps.enveloped;
  const names = Array.isArray(data) ? data.map((step) => own(step, 'name')) : [];
  if (!Array.isArray(data) || names.length === 0 || names.some((name) => typeof name !== 'string'))
    return { state: 'UNKNOWN', message: 'OMS gave no list of steps with their names' };
  const verifying: readonly unknown[] = data.filter((_, i) => isFullVerification(String(names[i])));
  if (verifying.length === 0) return { state: 'NOT_THERE', message: 'the project has no full verification' };
  // Inferred: a step that has done its work is FINISHED, like a project.
  const status = verifying.map((step) => plain(String(own(step, 'status')), 64)).find((each) => each !== 'FINISHED');
  if (status !== undefined)
    return { state: 'UNDER_WAY', message: `full verification is ${status}, needs to be FINISHED` };
  const result = await askResult();
  if ('failure' in result) return { state: 'UNKNOWN', message: result.failure.problem };
  const different = own(result.enveloped.data, 'differentNumber');
  if (typeof different !== 'number' || !Number.isSafeInteger(different) || different < 0)
    return { state: 'UNKNOWN', message: 'OMS gave no usable "differentNumber" for the full verification' };
  if (different === 0) return { state: 'CLEAN', message: 'full verification found no difference' };
  const differences = different === 1 ? '1 difference' : `${different} differences`;
  return { state: 'DIFFERENT', message: `full verification found ${differences}, needs none` };
}

/** A new word for it is taken for it: one that is overlooked would not be waited for. Verification of what follows the copy never ends. */
function isFullVerification(name: string): boolean {
  return /VERIF|VALID/i.test(name) && !/INCR/i.test(name);
}
