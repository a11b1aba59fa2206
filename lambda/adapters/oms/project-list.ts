/** Every project of an OMS, page by page: all of them or none, for a list that is silently short would leave a project unwatched. */
import { projectIdProblem } from '../../contract/values/project-id';
import type { ListedProject, ListingFailure } from '../../core/ports';
import { printable } from './envelope';
import { RepeatedKey } from './json';
import type { FailedReply, GoodReply } from './reply';
import { LARGEST_PAGE } from './requests';
import { type Decoding, own } from './values';

/** Far above any fleet known; what is larger is a mistake or a server gone wrong. */
const MAX_LISTED = 1_000 * LARGEST_PAGE;
/** Pages requested at once where OMS says how many there are: 100,000 projects are 667 pages, and come within an invocation. */
const PAGES_AT_ONCE = 4;

/** Asks for pages from 1 on until all have come. @param mayGoOn false where the time for all pages is over. */
export async function listProjects(
  readPage: (pageNumber: number) => Promise<GoodReply | FailedReply>,
  mayGoOn: () => boolean = () => true,
): Promise<readonly ListedProject[] | ListingFailure> {
  const projects = new Map<string, ListedProject>();
  const bad = (problem: string): ListingFailure => ({ outcome: 'OmsBadReply', problem });
  let received = 0;
  let next = 1;
  let atOnce = 1;
  while (received < MAX_LISTED) {
    if (!mayGoOn()) return { outcome: 'OmsUnreachable', problem: `OMS listed only ${received} projects in time` };
    const numbers = Array.from({ length: atOnce }, (_, i) => next + i);
    next += atOnce;
    const known = projects.size;
    let total: number | null = null;
    for (const reply of await Promise.all(numbers.map(readPage))) {
      if (!reply.ok) return failureOf(reply);
      const { data, envelope } = reply.enveloped;
      if (!Array.isArray(data)) return bad('OMS answered success to ListProjects, but "data" is not a list');
      const contradictory = data.find((entry) => idsIn(entry).length > 1);
      if (contradictory !== undefined) {
        const ids = idsIn(contradictory).map((id) => reply.decoding.clean(id, 128));
        return bad(`OMS lists a project under two ids: ${ids.join(' and ')}`);
      }
      received += data.length;
      for (const project of data.flatMap((entry) => projectIn(entry, reply.decoding)))
        projects.set(project.id, project);
      total = envelope.totalCount;
      const complete = total === null ? data.length < LARGEST_PAGE : received >= total;
      if (complete) return [...projects.values()];
    }
    if (projects.size === known) {
      return bad(`OMS says that it has ${total ?? 'more'} projects, but lists only ${known} of them`);
    }
    atOnce = total === null ? 1 : Math.min(PAGES_AT_ONCE, Math.max(1, Math.ceil((total - received) / LARGEST_PAGE)));
  }
  return bad(`OMS lists more than ${MAX_LISTED} projects; name those to watch`);
}

function failureOf({ outcome, problem, callIsMissing }: FailedReply): ListingFailure {
  if (callIsMissing !== 'YES') return { outcome, problem };
  return { outcome, problem: `${problem} (OMS lists projects from 4.1.1 on; before, name them)`, missingCall: true };
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
