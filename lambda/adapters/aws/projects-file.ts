/** The list of projects that is deployed beside the function, where it is too long for the input of a schedule. */
import { readFileSync } from 'node:fs';
import * as v from 'valibot';
import { parse, projectId } from '../../contract/values/schema';
import { CheckFailed } from '../../core/model/errors';

/** Read once, when it is first asked for: a wait has no use for it. */
export function projectsIn(path: string | undefined): () => readonly string[] {
  let list: readonly string[] | undefined;
  return () => {
    list ??= read(path);
    return list;
  };
}

function read(path: string | undefined): readonly string[] {
  if (path === undefined) throw new CheckFailed('no list of projects is deployed with this function');
  let content: unknown;
  try {
    content = JSON.parse(readFileSync(path, 'utf8'));
  } catch (error) {
    throw new CheckFailed(`the list of projects in ${path} cannot be read: ${(error as Error).message}`, error);
  }
  const parsed = parse(v.array(projectId, 'a list of project ids'), content);
  if (parsed.problems === undefined) return parsed.output;
  throw new CheckFailed(`the list of projects in ${path} is malformed: ${parsed.problems.slice(0, 3).join('; ')}`);
}
