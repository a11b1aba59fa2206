/** The input of the resume machine, in each of its forms. */
import * as v from 'valibot';
import { object, oneOf, text } from '../values/schema';
import { CaughtSchema, StateSchema } from './cutover';
import { END_STATUSES } from './events';

const may = v.exactOptional;

/** From the pipeline. Step Functions may add to it which execution started this one. */
export const PipelineResumeSchema = v.object({
  cutover: StateSchema,
  failed: v.object({ at: text }),
  error: CaughtSchema,
});
export type PipelineResume = v.InferOutput<typeof PipelineResumeSchema>;

/** From a person, or from the watchdog. */
export const RunResumeSchema = object({
  project: text,
  run: text,
  /** From the watchdog: how the execution of the run ended. GONE: it no longer exists. */
  end: may(object({ status: oneOf([...END_STATUSES, 'GONE']), error: may(text), cause: may(text) })),
  /** From the watchdog: stopWrites may have ended after writes were resumed. */
  again: may(v.literal(true, 'true')),
});
