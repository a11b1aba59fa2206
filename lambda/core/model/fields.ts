/** What comes from outside as JSON, on its way to a type: its fields, and how a wrong value is shown. */
import { plainLine } from '../../contract/text';

/** Step Functions' own mark, in the input of an execution that another one has started (`associateWithParent`). */
export const STARTED_BY_EXECUTION = 'AWS_STEP_FUNCTIONS_STARTED_BY_EXECUTION_ID';

export function recordOf(value: unknown): Record<string, unknown> | null {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Record<string, unknown>)
    : null;
}

/** A value as it came, short enough for a message and safe to print. */
export function show(value: unknown, max = 80): string {
  return plainLine(JSON.stringify(value) ?? 'nothing', max);
}
