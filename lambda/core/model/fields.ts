/** What comes from outside as JSON, on its way to a type. */
import { parse, type Schema } from '../../contract/schema';
import { InvalidInput } from './errors';

export function recordOf(value: unknown): Record<string, unknown> | null {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Record<string, unknown>)
    : null;
}

/** @param name of the value, where it is not the whole input. @throws InvalidInput that names every problem. */
export function read<Output>(schema: Schema<unknown, Output>, value: unknown, name?: string): Output {
  const parsed = parse(schema, value, name);
  if (parsed.problems !== undefined) throw new InvalidInput(parsed.problems);
  return parsed.output;
}

/** The value itself, without defaults and conversions. @throws InvalidInput that names every problem. */
export function readAsIs<Input>(schema: Schema<Input, unknown>, value: unknown, name?: string): Input {
  read(schema, value, name);
  return value as Input;
}
