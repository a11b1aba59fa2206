/** Values of the contract as a definition writes them: as they are, or as paths into the execution's data. */
import { Duration, type IResolvable, Token } from 'aws-cdk-lib';
import * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import { type Problems, show } from '../validation/problems';
import { durationBetween } from '../validation/rules';

declare const PATH: unique symbol;

/** What JsonPath makes of a path: a text that only the definition can read, or an object that resolves to one. */
export type Path = (string & { readonly [PATH]: true }) | IResolvable;

/** T with a path allowed in place of each part: the compiler still checks every field name and every literal. */
export type AtSynth<T> = Path | (T extends readonly unknown[] ? T : T extends object ? FieldsAtSynth<T> : T);
export type FieldsAtSynth<T> = { readonly [K in keyof T]: AtSynth<T[K]> };

/** True for `$.a`, `$['a']`, `$$.Execution.Input`, and what JsonPath makes of them. */
export function isPath(value: unknown): boolean {
  return Token.isUnresolved(value) || (typeof value === 'string' && /^\$(\$?[.[]|$)/.test(value));
}

export function textAt(path: string): Path {
  return (Token.isUnresolved(path) ? path : sfn.JsonPath.stringAt(path)) as string & { readonly [PATH]: true };
}

/** A path that was written as plain text becomes one that the definition renders as such. */
export function pathOrValue<T>(value: T): T | Path {
  return typeof value === 'string' && isPath(value) ? textAt(value) : value;
}

/** A length of time, or a path to a whole number of seconds: `'$.maxLagSeconds'`, or what JsonPath makes of it. */
export type DurationOrPath = Duration | number | string;

/** A path is judged at run time, by the same bounds. */
export function checkSeconds(
  problems: Problems,
  name: string,
  value: DurationOrPath | undefined,
  [least, most]: readonly [Duration, Duration],
): void {
  if (value === undefined || (!(value instanceof Duration) && isPath(value))) return;
  if (value instanceof Duration || (typeof value === 'number' && Number.isSafeInteger(value) && value >= 0)) {
    const length = value instanceof Duration ? value : Duration.seconds(value);
    problems.check(name, length, durationBetween(least, most, 'seconds', 'Duration.minutes(5)'));
  } else
    problems.add(
      `${name} must be a Duration, a whole number of seconds or a path, such as $.seconds; got ${show(value)}`,
    );
}

/** @param value as checkSeconds accepts it. */
export function secondsOf(value: DurationOrPath | undefined): number | Path | undefined {
  if (value === undefined || typeof value === 'number') return value;
  return value instanceof Duration ? value.toSeconds() : textAt(value);
}

/** T with undefined allowed in place of what may be left out. */
type Undefinable<T> = { readonly [K in keyof T]: T[K] | (Record<never, never> extends Pick<T, K> ? undefined : never) };

/** The fields that were given: the defaults of the others are the function's. */
export function defined<T extends object>(fields: Undefinable<T>): T {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as T;
}
