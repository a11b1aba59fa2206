/** Which projects a round checks, in which order, and what the next round has to know about them. Pure. */
import type { CheckResult } from '../../contract/check-result';
import { ALL, type FleetProjects } from '../../contract/fleet';
import type { ProjectKind } from '../../contract/oms';
import type { ListedProject } from '../ports';

/**
 * What one round of a schedule leaves to the next, in one item. Rounds of a schedule rarely overlap (a retry, an event that was delivered twice),
 * and then a project is at worst polled once too often, so the write is unconditional.
 */
export interface FleetMemory {
  /** ISO 8601, when the round ended. */
  readonly endedAt: string;
  /** Projects that were not reached, in the order in which they come next. */
  readonly notReached: readonly string[];
  /** Where OMS lists the projects: those of this page, for a round without a list. Otherwise empty. */
  readonly known: readonly string[];
  /** Known projects that are no longer listed, each with the number of polls at which OMS did not report it. */
  readonly leaving: Readonly<Record<string, number>>;
  /** In the first page: how many there are. Absent: one. */
  readonly pages?: number;
}

export const EMPTY_MEMORY: FleetMemory = { endedAt: '', notReached: [], known: [], leaving: {} };

/** Names what a schedule remembers: a list of projects, or a page of what OMS lists, or a part of the deployed list. */
export type FleetKey = readonly string[] | string;

/** Where schedules keep their memory. Throws CheckFailed when the store fails. */
export interface FleetStore {
  /** A consistent read; undefined before the first round. */
  readFleet(key: FleetKey): Promise<FleetMemory | undefined>;
  putFleet(key: FleetKey, memory: FleetMemory): Promise<void>;
}

/** A given list is its own key: a schedule with another list starts anew. */
export function keyOf(projects: FleetProjects, part: { readonly index: number; readonly of: number }): FleetKey {
  if (projects === ALL) return part.index === 0 ? ALL : `${ALL}/${part.index + 1}`;
  return typeof projects === 'string' ? `${projects}/${part.index + 1} of ${part.of}` : projects;
}

/** The next round would be the same: most rounds reach every project and find no new one, and need no write. */
export function isUnchanged(before: FleetMemory, after: FleetMemory): boolean {
  const facts = ({ notReached, known, leaving, pages = 1 }: FleetMemory) =>
    JSON.stringify([notReached, [...known].sort(), Object.entries(leaving).sort(), pages]);
  return facts(before) === facts(after);
}

/**
 * A project that OMS does not report at this many polls is no longer checked. The first of them notifies `gone-from-oms`, the last one
 * `unreachable` where OMS refuses to answer; those in between are for a project that comes back.
 */
const MAX_UNREPORTED = 3;

/** RELEASING is missing on purpose: its end is worth a notification. */
const OVER: readonly string[] = ['RELEASED', 'DELETED'];

/** Ids of the listed projects that are worth a check. */
export function worthChecking(listed: readonly ListedProject[], kind: ProjectKind): string[] {
  return listed.filter((project) => project.kind === kind && !OVER.includes(project.status)).map(({ id }) => id);
}

/** Those that were not reached come first. */
export function inTurn(due: readonly string[], notReached: readonly string[], isWanted: (project: string) => boolean) {
  return [...new Set([...notReached.filter(isWanted), ...due])];
}

/** Projects of one page, and bytes of their ids: an item has room for 400 KB, and each id may be in it three times. */
const PAGE_PROJECTS = 4_000;
const PAGE_BYTES = 80_000;

/**
 * The pages after a new list: a project stays on its page, a new one goes to the first with room. Known projects that are no longer listed are
 * leaving; those of the other kind are from a deployment for that kind, and nothing has happened to them.
 */
export function repaginated(
  before: readonly FleetMemory[],
  listed: readonly ListedProject[],
  kind: ProjectKind,
): readonly FleetMemory[] {
  const current = worthChecking(listed, kind);
  const isCurrent = new Set(current);
  const ofOtherKind = new Set(listed.filter((project) => project.kind !== kind).map(({ id }) => id));
  const pageOf = new Map<string, number>();
  for (const [page, { known }] of before.entries()) for (const id of known) pageOf.set(id, page);
  const pages = (before.length === 0 ? [EMPTY_MEMORY] : before).map(({ known, leaving }) => {
    const left = known.filter((id) => !isCurrent.has(id) && !ofOtherKind.has(id));
    return {
      known: [] as string[],
      left,
      leaving: Object.fromEntries(left.map((id) => [id, leaving[id] ?? 0])),
      projects: known.length,
      bytes: known.reduce((sum, id) => sum + Buffer.byteLength(id), 0),
    };
  });
  let roomy = 0;
  for (const id of current) {
    const bytes = Buffer.byteLength(id);
    const hasRoom = ({ projects, bytes: used }: { projects: number; bytes: number }) =>
      projects < PAGE_PROJECTS && used + bytes <= PAGE_BYTES;
    const at = pageOf.get(id);
    if (at === undefined) {
      while (pages[roomy] !== undefined && !hasRoom(pages[roomy] as (typeof pages)[number])) roomy += 1;
      if (pages[roomy] === undefined) pages.push({ known: [], left: [], leaving: {}, projects: 0, bytes: 0 });
    }
    const page = pages[at ?? roomy] as (typeof pages)[number];
    page.known.push(id);
    if (at !== undefined) continue;
    page.projects += 1;
    page.bytes += bytes;
  }
  return pages.map(({ known, left, leaving }, i) => ({
    ...(before[i] ?? EMPTY_MEMORY),
    known: [...known, ...left],
    leaving,
    ...(i === 0 && pages.length > 1 ? { pages: pages.length } : {}),
  }));
}

/** As many of those that were not reached as an item has room for; the others have their turn in the next interval. */
export function remembered(notReached: readonly string[]): readonly string[] {
  let bytes = 0;
  const end = notReached.findIndex((id) => {
    bytes += Buffer.byteLength(id);
    return bytes > PAGE_BYTES;
  });
  return end === -1 ? notReached : notReached.slice(0, end);
}

/**
 * What the next round has to know about the projects that leave. A project is dropped when its own check found it released or deleted, or when
 * OMS did not report it often enough to be notified of. A check that failed otherwise proves nothing, and one that found the project contradicts the
 * list: the project is checked again.
 * @param results of the leaving projects in this round.
 */
export function leaversAfter(
  before: FleetMemory,
  results: ReadonlyMap<string, CheckResult>,
): Pick<FleetMemory, 'known' | 'leaving'> {
  const dropped = new Set<string>();
  const leaving: Record<string, number> = {};
  for (const [project, earlier] of Object.entries(before.leaving)) {
    const result = results.get(project);
    const unreported = result?.outcome === 'OmsProjectNotFound' || result?.outcome === 'OmsRefused';
    const times = earlier + (unreported ? 1 : 0);
    if (OVER.includes(result?.status ?? '') || times >= MAX_UNREPORTED) dropped.add(project);
    else leaving[project] = times;
  }
  return { known: before.known.filter((project) => !dropped.has(project)), leaving };
}
