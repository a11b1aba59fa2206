/** Events of the function beside waits, rounds of the schedule and cutovers: a mute, the doctor, and the end of an execution. */
import * as v from 'valibot';
import { flag, object, oneOf, projectId } from '../values/schema';

/** A forgotten mute ends by itself. */
export const LONGEST_MUTE_SECONDS = 7 * 86_400;

const SECONDS = `a whole number from 0 (ends it) to ${LONGEST_MUTE_SECONDS}`;

const MuteRequestSchema = object({
  projectId,
  /** 0 ends a window now. */
  forSeconds: v.pipe(
    v.number(SECONDS),
    v.safeInteger(SECONDS),
    v.minValue(0, SECONDS),
    v.maxValue(LONGEST_MUTE_SECONDS, SECONDS),
  ),
});
export const MuteEventSchema = object({ mute: MuteRequestSchema });
export type MuteRequest = Readonly<v.InferOutput<typeof MuteRequestSchema>>;

export const DoctorRequestSchema = object({
  doctor: v.literal(true, 'true'),
  projectId: v.exactOptional(v.nullable(projectId), null),
  testNotification: v.exactOptional(flag, false),
});
export type DoctorRequest = Readonly<Omit<v.InferOutput<typeof DoctorRequestSchema>, 'doctor'>>;

/** Of EventBridge, on the end of an execution: AWS may add fields. */
export const EXECUTION_ENDED = 'Step Functions Execution Status Change';
export const END_STATUSES = ['SUCCEEDED', 'FAILED', 'TIMED_OUT', 'ABORTED'] as const;

export const ExecutionEndSchema = v.pipe(
  v.object({
    'detail-type': v.literal(EXECUTION_ENDED),
    detail: v.object(
      {
        name: v.string('a text'),
        status: oneOf(END_STATUSES),
        executionArn: v.nullish(v.string('a text')),
        error: v.nullish(v.string('a text')),
        cause: v.nullish(v.string('a text')),
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
