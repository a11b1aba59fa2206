/** Values that may also be paths into the execution's data. */
import { Token } from 'aws-cdk-lib';
import * as sfn from 'aws-cdk-lib/aws-stepfunctions';

/** True for `$.a`, `$['a']`, `$$.Execution.Input`, and what JsonPath makes of them. */
export function isPath(value: unknown): boolean {
  return Token.isUnresolved(value) || (typeof value === 'string' && /^\$(\$?[.[]|$)/.test(value));
}

/** A path that was written as plain text becomes one that the definition renders as such. */
export function pathOrValue<T>(value: T): T | string {
  return typeof value === 'string' && !Token.isUnresolved(value) && isPath(value)
    ? sfn.JsonPath.stringAt(value)
    : value;
}
