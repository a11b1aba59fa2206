/** The calls of OMS that this project makes. Paths and bodies are those of the vendor's pages. */

import type { OmsApi, ProjectKind } from '../../contract/oms';
import { projectIdProblem } from '../../contract/values/project-id';
import { InvalidInput } from '../../core/model/errors';
import type { OmsRequest } from './http/transport';

/** The most projects, or tables, in one page; OMS refuses to list more. */
export const LARGEST_PAGE = 150;

const MIB = 1024 * 1024;
/** Less than 1 KiB of it is used. */
const PROGRESS_BYTES = MIB;
/** A page of 150 projects has been seen with 8.6 KB for each, and a failed step brings its stack traces. */
const LARGEST_REPLY = 8 * MIB;

/** One project's progress. Throws InvalidInput for an id that could leave its path segment. */
export function progressRequest(api: OmsApi, kind: ProjectKind, projectId: string): OmsRequest {
  const problem = projectIdProblem(projectId);
  if (problem !== null) throw new InvalidInput([problem]);
  if (api === '4.1.1') {
    return { ...action('DescribeProjectProgress', { id: projectId }, projectId), maxBytes: PROGRESS_BYTES };
  }
  const family = kind === 'migration' ? 'migrations' : 'sync';
  const path = `/api/omsp/v2/${family}/${encodeURIComponent(projectId)}/progress`;
  return { method: 'GET', path, maxBytes: PROGRESS_BYTES, projectId };
}

/** The steps of one project with their errors, 4.1.1 on. */
export function stepsRequest(projectId: string): OmsRequest {
  return action('DescribeProjectSteps', { id: projectId }, projectId);
}

/** One page of what the full verification of one project found, table by table, 4.1.1 on; pages count from 1. */
export function verificationRequest(projectId: string, pageNumber: number): OmsRequest {
  return action('ListProjectFullVerifyResult', { projectId, pageNumber, pageSize: LARGEST_PAGE }, projectId);
}

/** One page of all projects, 4.1.1 on; pages count from 1. */
export function projectsRequest(pageNumber: number): OmsRequest {
  return action('ListProjects', { pageNumber, pageSize: LARGEST_PAGE }, null);
}

function action(name: string, body: Readonly<Record<string, unknown>>, projectId: string | null): OmsRequest {
  return {
    method: 'POST',
    path: `/api/v2?Action=${name}`,
    body: JSON.stringify(body),
    maxBytes: LARGEST_REPLY,
    projectId,
  };
}
