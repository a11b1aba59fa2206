/** The calls of OMS this project makes, as requests. Paths and bodies are those of the vendor's pages. */

import type { OmsApi, ProjectKind } from '../../contract/oms';
import { projectIdProblem } from '../../contract/project-id';
import { InvalidInput } from '../../core/model/errors';
import type { OmsRequest } from './http/transport';

/** From 4.1.1 on; more are refused. */
export const LARGEST_PAGE = 150;

/** One project's progress. Throws InvalidInput for an id that could leave its path segment. */
export function progressCall(api: OmsApi, kind: ProjectKind, projectId: string): OmsRequest {
  const problem = projectIdProblem(projectId);
  if (problem !== null) throw new InvalidInput([problem]);
  if (api === '4.1.1') return action('DescribeProjectProgress', { id: projectId });
  const family = kind === 'migration' ? 'migrations' : 'sync';
  return { method: 'GET', path: `/api/omsp/v2/${family}/${encodeURIComponent(projectId)}/progress` };
}

/** The steps of one project with their errors, 4.1.1 on. */
export function stepsCall(projectId: string): OmsRequest {
  return action('DescribeProjectSteps', { id: projectId });
}

/** What the full verification of one project found, 4.1.1 on. Only the count is read, so one entry suffices. */
export function verifyResultCall(projectId: string): OmsRequest {
  return action('ListProjectFullVerifyResult', { projectId, pageNumber: 1, pageSize: 1 });
}

/** One page of all projects, 4.1.1 on; pages count from 1. */
export function listCall(pageNumber: number): OmsRequest {
  return action('ListProjects', { pageNumber, pageSize: LARGEST_PAGE });
}

function action(name: string, body: Readonly<Record<string, unknown>>): OmsRequest {
  return { method: 'POST', path: `/api/v2?Action=${name}`, body: JSON.stringify(body) };
}
