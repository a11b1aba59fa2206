/** The event that EventBridge sends when an execution has ended. Its fields are those of AWS, which may add others. */
import * as v from 'valibot';

export const EXECUTION_ENDED = 'Step Functions Execution Status Change';
export const END_STATUSES = ['SUCCEEDED', 'FAILED', 'TIMED_OUT', 'ABORTED'] as const;

const text = v.string('a text');

export const ExecutionEndSchema = v.pipe(
  v.object({
    'detail-type': v.literal(EXECUTION_ENDED),
    detail: v.object(
      {
        name: text,
        status: v.picklist(END_STATUSES, `one of ${END_STATUSES.join(', ')}`),
        executionArn: v.nullish(text),
        error: v.nullish(text),
        cause: v.nullish(text),
      },
      'an object',
    ),
  }),
  v.transform(({ detail: { name, status, executionArn, error, cause } }) => ({
    run: name,
    status,
    ...(executionArn == null ? {} : { execution: executionArn }),
    ...(error == null ? {} : { error }),
    ...(cause == null ? {} : { cause }),
  })),
);
