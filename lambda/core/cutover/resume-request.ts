/** The input of the resume machine, in each of its forms: from the pipeline, from EventBridge, from the watchdog, from a person. */
import { type END_STATUSES, EXECUTION_ENDED, ExecutionEndSchema } from '../../contract/requests/events';
import { type PipelineResume, PipelineResumeSchema, RunResumeSchema } from '../../contract/requests/resume';
import { STARTED_BY_EXECUTION } from '../../contract/requests/wait';
import { read, recordOf } from '../model/fields';

/** How an execution ended, or that it no longer exists. */
export interface RunEnd {
  readonly run: string;
  /** ARN of the execution. Absent: the one that began the run. */
  readonly execution?: string;
  readonly status: (typeof END_STATUSES)[number] | 'GONE';
  readonly error?: string;
  readonly cause?: string;
}

export type ResumeRequest =
  | ({ readonly by: 'pipeline' } & PipelineResume)
  | { readonly by: 'end'; readonly end: RunEnd }
  | { readonly by: 'person' | 'guard'; readonly project: string; readonly run: string };

/** @throws InvalidInput that names every problem. */
export function readResumeRequest(input: unknown): ResumeRequest {
  const { [STARTED_BY_EXECUTION]: _startedBy, ...fields } = recordOf(input) ?? {};
  if ('cutover' in fields) return { by: 'pipeline', ...read(PipelineResumeSchema, fields) };
  if (fields['detail-type'] === EXECUTION_ENDED) return { by: 'end', end: read(ExecutionEndSchema, fields) };
  const { project, run, end, again } = read(RunResumeSchema, fields);
  if (end !== undefined) return { by: 'end', end: { run, ...end } };
  return { by: again === true ? 'guard' : 'person', project, run };
}
