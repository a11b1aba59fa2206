/** What a wait waits for. */
import * as v from 'valibot';
import { DEFAULTS } from './defaults';
import { MOMENT, parseMoment } from './values/moment';
import { object, oneOfObjects, seconds } from './values/schema';

export const GOAL_TYPES = ['FINISHED', 'SYNCED', 'DRAINED', 'SWITCHED'] as const;

/** Unix milliseconds. */
const moment = v.pipe(
  v.union([v.string(), v.number()], MOMENT),
  v.rawTransform(({ dataset, addIssue, NEVER }) => {
    const at = parseMoment(String(dataset.value));
    if (at !== null) return at;
    addIssue({ message: MOMENT });
    return NEVER;
  }),
);

export const GoalSchema = oneOfObjects(
  'type',
  [
    object({ type: v.literal('FINISHED') }),
    object({
      type: v.literal('SYNCED'),
      maxLagSeconds: v.exactOptional(seconds(0), DEFAULTS.maxLagSeconds),
      holdSeconds: v.exactOptional(seconds(0), DEFAULTS.holdSeconds),
    }),
    object({
      type: v.literal('DRAINED'),
      /** The fence. */
      writesStoppedAt: moment,
      marginSeconds: v.exactOptional(seconds(0), DEFAULTS.marginSeconds),
    }),
    object({ type: v.literal('SWITCHED') }),
  ],
  GOAL_TYPES,
);

/** With its defaults, and its fence in Unix milliseconds. */
export type Goal = Readonly<v.InferOutput<typeof GoalSchema>>;

/** A goal as an execution's input writes it. */
export type GoalInput = Readonly<v.InferInput<typeof GoalSchema>>;
