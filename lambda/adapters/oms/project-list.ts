/** Every project of an OMS, page by page: all of them or none, for a list that is silently short would leave a project unwatched. */
import { projectIdProblem } from '../../contract/project-id';
import type { ListedProject, ListingFailure } from '../../core/ports';
import { printable } from './envelope';
import { RepeatedKey } from './json';
import type { FailedReply, GoodReply } from './reply';
import { LARGEST_PAGE } from './requests';
import { type Decoding, own } from './values';

/** Far above any fleet known; what is larger is a mistake or a server gone wrong. */
const MAX_LISTED = 20 * LARGEST_PAGE;

/** Asks for pages from 1 on until all have come. */
export async function listProjects(
  readPage: (pageNumber: number) => Promise<GoodReply | FailedReply>,
): Promise<readonly ListedProject[] | ListingFailure> {
  const projects = new Map<string, ListedProject>();
  const bad = (problem: string): ListingFailure => ({ outcome: 'OmsBadReply', problem });
  let received = 0;
  for (let page = 1; received < MAX_LISTED; page++) {
    const reply = await readPage(page);
    if (!reply.ok) {
      const { outcome, problem, callIsMissing } = reply;
      if (callIsMissing !== 'YES') return { outcome, problem };
      return {
        outcome,
        problem: `${problem} (OMS lists projects from 4.1.1 on; before, name them)`,
        missingCall: true,
      };
    }
    const { data, envelope } = reply.enveloped;
    if (!Array.isArray(data)) return bad('OMS answered success to ListProjects, but "data" is not a list');
    const contradictory = data.find((entry) => idsIn(entry).length > 1);
    if (contradictory !== undefined) {
      return bad(
        `OMS lists a project under two ids: ${idsIn(contradictory)
          .map((id) => reply.decoding.clean(id, 128))
          .join(' and ')}`,
      );
    }
    received += data.length;
    const known = projects.size;
    for (const project of data.flatMap((entry) => projectIn(entry, reply.decoding))) projects.set(project.id, project);
    const total = envelope.totalCount;
    const complete = total === null ? data.length < LARGEST_PAGE : received >= total;
    if (complete) return [...projects.values()];
    if (projects.size === known) {
      return bad(`OMS says that it has ${total ?? 'more'} projects, but lists only ${known} of them`);
    }
  }
  return bad(`OMS lists more than ${MAX_LISTED} projects; name those to watch`);
}

/** An entry without a usable id or status cannot be watched and is left out. */
function projectIn(entry: unknown, decoding: Decoding): ListedProject[] {
  const id = own(entry, 'id');
  const status = printable(own(entry, 'status'), decoding);
  if (typeof id !== 'string' || projectIdProblem(id) !== null || status === null) return [];
  const kind = own(entry, 'type') === 'SYNC' ? 'sync' : 'migration';
  return [{ id, name: printable(own(entry, 'name'), decoding), kind, status }];
}

/** The different ids under which an entry may be meant. */
function idsIn(entry: unknown): string[] {
  const values = [own(entry, 'id'), own(entry, 'projectId')].flatMap((value) =>
    value instanceof RepeatedKey ? value.values : [value],
  );
  return [...new Set(values.filter((value) => typeof value === 'string'))];
}
