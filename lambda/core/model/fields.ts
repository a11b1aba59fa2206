/** What comes from outside as JSON, on its way to a type. */
import { parse, type Schema } from '../../contract/values/schema';
import { InvalidInput } from './errors';

export function recordOf(value: unknown): Record<string, unknown> | null {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Record<string, unknown>)
    : null;
}

/** An event by its fields, for a message about one that is not ours. */
export function nameOfEvent(event: unknown): string {
  const names = Object.keys(recordOf(event) ?? {});
  return names.length > 0 ? `one with "${names.join('", "')}"` : String(event);
}

/** @throws InvalidInput that names every problem. */
export function read<Output>(schema: Schema<unknown, Output>, value: unknown): Output {
  const parsed = parse(schema, value);
  if (parsed.problems !== undefined) throw new InvalidInput(parsed.problems);
  return parsed.output;
}

/** The value itself, without defaults and conversions. @throws InvalidInput that names every problem. */
export function readAsIs<Input>(schema: Schema<Input, unknown>, value: unknown): Input {
  read(schema, value);
  return value as Input;
}
