/** Reads what a cutover's execution was started with, before anything is touched. */

import { CUTOVER_INPUT_EXAMPLE, CutoverInputSchema } from '../../contract/cutover-input';
import { parse } from '../../contract/schema';
import { show } from '../../contract/text';
import { STARTED_BY_EXECUTION } from '../../contract/wait';
import { InvalidInput } from '../model/errors';
import { recordOf } from '../model/fields';

export interface ExecutionInput {
  readonly projectId: string;
  readonly rehearse: boolean;
}

/** @param ofPipeline the project, where the pipeline is for one only. @throws InvalidInput that names every problem. */
export function readExecutionInput(input: unknown, ofPipeline: string | undefined): ExecutionInput {
  const { [STARTED_BY_EXECUTION]: _mark, ...fields } = recordOf(input) ?? {};
  const parsed = parse(CutoverInputSchema, recordOf(input) === null ? input : fields);
  if (parsed.problems !== undefined) throw refused(parsed.problems);
  const { projectId = ofPipeline, rehearse } = parsed.output;
  if (projectId === undefined) throw refused(['projectId is required: a text such as p_x']);
  if (ofPipeline !== undefined && projectId !== ofPipeline)
    throw refused([
      `projectId must be ${show(ofPipeline)} or left out: this pipeline is for that project, got ${show(projectId)}`,
    ]);
  return { projectId, rehearse };
}

function refused(problems: readonly string[]): InvalidInput {
  return new InvalidInput([
    ...problems,
    `nothing was touched; start the cutover again with an input such as ${CUTOVER_INPUT_EXAMPLE}`,
  ]);
}
