/**
 * Reads what a cutover's execution was started with, before anything is touched. A mistyped wish for caution must never pass for none: whatever is
 * not known here is refused, so that only `true` rehearses and only its absence, or `false`, is for real.
 */

import { projectIdProblem } from '../../contract/project-id';
import { InvalidInput } from '../model/errors';
import { recordOf, STARTED_BY_EXECUTION, show } from '../model/fields';
import { nearest, slips } from '../model/nearest';

export interface ExecutionInput {
  readonly projectId: string;
  readonly rehearse: boolean;
}

/** `data` is the user's own, for their steps. */
const KEYS = ['projectId', 'rehearse', 'data'] as const;
const EXAMPLE = '{"projectId":"p_x","rehearse":true}';
/** `rehearsal`, `Rehearse `, `reherse` and the like. */
const SLIPS_OF_REHEARSE = 2;

/** @param ofPipeline the project, where the pipeline is for one only. @throws InvalidInput that names every problem. */
export function readExecutionInput(input: unknown, ofPipeline: unknown): ExecutionInput {
  const fields = recordOf(input);
  if (fields === null) throw refused([`the input must be an object such as ${EXAMPLE}, got ${show(input)}`]);
  const { projectId = ofPipeline, rehearse = false, data = {} } = fields;
  const problems = Object.keys(fields).flatMap(unknownField);
  if (projectId === undefined) problems.push('projectId is required, such as p_x');
  else if (typeof projectId !== 'string') problems.push(`projectId must be a text such as p_x, got ${show(projectId)}`);
  else {
    const problem = projectIdProblem(projectId);
    if (problem !== null) problems.push(problem);
    else if (ofPipeline !== undefined && projectId !== ofPipeline)
      problems.push(
        `projectId must be ${show(ofPipeline)} or left out: this pipeline is for that project, got ${show(projectId)}`,
      );
  }
  if (typeof rehearse !== 'boolean')
    problems.push(`rehearse must be true or false, without quotes, got ${show(rehearse)}`);
  if (recordOf(data) === null) problems.push(`data must be an object, got ${show(data)}`);
  else problems.push(...wishesIn(data, 'data'));
  if (problems.length > 0) throw refused(problems);
  return { projectId: projectId as string, rehearse: rehearse as boolean };
}

function unknownField(name: string): string[] {
  if (name === STARTED_BY_EXECUTION || KEYS.some((key) => key === name)) return [];
  const meant = nearest(lettersOf(name), KEYS.map(lettersOf));
  const key = KEYS.find((known) => lettersOf(known) === meant);
  const advice = key === undefined ? 'what your own steps need goes into data' : `did you mean ${key}?`;
  return [`unknown field ${show(name)}; known are ${KEYS.join(', ')}: ${advice}`];
}

/** Within `data` a wish to rehearse would go unheard. */
function wishesIn(value: unknown, path: string): string[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, inner]) => {
    const here = `${path}.${name}`;
    return slips(lettersOf(name), 'rehearse') <= SLIPS_OF_REHEARSE
      ? [`${show(here)} is not heard: rehearse goes beside data; call a field of your own otherwise`]
      : wishesIn(inner, here);
  });
}

const lettersOf = (name: string): string =>
  name
    .slice(0, 100)
    .normalize('NFKC')
    .toLowerCase()
    .replace(/[^a-z]/g, '');

function refused(problems: readonly string[]): InvalidInput {
  return new InvalidInput([
    ...problems,
    `nothing was touched; start the cutover again with an input such as ${EXAMPLE}`,
  ]);
}
