/** Reads the event of a schedule. */

import { ALL, type FleetRequest } from '../../contract/fleet';
import { projectIdProblem } from '../../contract/project-id';
import { InvalidInput } from '../model/errors';

/** @throws InvalidInput that names every problem. */
export function readFleetRequest(event: Record<string, unknown>): FleetRequest {
  const { projects, intervalSeconds } = event;
  const problems = projects === ALL ? [] : problemsOfList(projects);
  if (!Number.isSafeInteger(intervalSeconds) || Number(intervalSeconds) < 1) {
    problems.push(
      `intervalSeconds must be a whole number of seconds, 1 or more, got ${JSON.stringify(intervalSeconds)}`,
    );
  }
  if (problems.length > 0) throw new InvalidInput(problems);
  return {
    projects: projects === ALL ? ALL : [...new Set(projects as string[])],
    intervalSeconds: intervalSeconds as number,
  };
}

function problemsOfList(projects: unknown): string[] {
  if (!Array.isArray(projects) || projects.length === 0)
    return [`projects must be a list of project ids, one at least, or "${ALL}"`];
  return projects.flatMap((project: unknown) => {
    if (typeof project !== 'string') return [`project ids are texts, got ${JSON.stringify(project)}`];
    return projectIdProblem(project) ?? [];
  });
}
