/** Every project of an OMS, page by page: all of them or none, for a list that is silently short would leave a project unwatched. */
import type { ListedProject, ListingFailure } from '../../core/ports';
import { decodeProjects } from './decode-fleet';
import type { Enveloped } from './envelope';
import type { Failure } from './reply';
import { LARGEST_PAGE } from './requests';
import type { Decoding } from './values';

/** Far above any fleet known; what is larger is a mistake or a server gone wrong. */
const MAX_LISTED = 20 * LARGEST_PAGE;

/** A reply understood as far as its envelope, or why it was not. */
export type Answer = { readonly failure: Failure } | { readonly enveloped: Enveloped; readonly decoding: Decoding };

/** Asks for pages from 1 on until all have come. */
export async function listAll(
  ask: (pageNumber: number) => Promise<Answer>,
): Promise<readonly ListedProject[] | ListingFailure> {
  const projects = new Map<string, ListedProject>();
  const bad = (problem: string): ListingFailure => ({ outcome: 'OmsBadReply', problem });
  let received = 0;
  for (let page = 1; received < MAX_LISTED; page++) {
    const answer = await ask(page);
    if ('failure' in answer) {
      const { outcome, problem, missingCall } = answer.failure;
      if (!missingCall) return { outcome, problem };
      return { outcome, problem: `${problem} (OMS lists projects from 4.1.1 on; before, name them)`, missingCall };
    }
    const { data, envelope } = answer.enveloped;
    const listed = decodeProjects(data, answer.decoding);
    if (listed === null) return bad('OMS answered success to ListProjects, but "data" is no list');
    received += listed.entries;
    const known = projects.size;
    for (const project of listed.projects) projects.set(project.id, project);
    const total = envelope.totalCount;
    const complete = total === null ? listed.entries < LARGEST_PAGE : received >= total;
    if (complete) return [...projects.values()];
    if (projects.size === known) {
      return bad(`OMS says that it has ${total ?? 'more'} projects, but lists only ${known} of them`);
    }
  }
  return bad(`OMS lists more than ${MAX_LISTED} projects; name those to watch`);
}
