/** Which projects a round checks, in which order, and what the next round has to know about them. Pure. */
import type { CheckResult } from '../../contract/check-result';
import type { FleetProjects } from '../../contract/events';
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
  /** Where OMS lists the projects: all of the last list, for a round without an answer. Otherwise empty. */
  readonly known: readonly string[];
  /** Known projects that are no longer listed, each with the number of polls at which OMS did not report it. */
  readonly leaving: Readonly<Record<string, number>>;
}

export const EMPTY_MEMORY: FleetMemory = { endedAt: '', notReached: [], known: [], leaving: {} };

/** Where schedules keep their memory, one for each list of projects. Throws CheckFailed when the store fails. */
export interface FleetStore {
  /** A consistent read; undefined before the first round. */
  readFleet(projects: FleetProjects): Promise<FleetMemory | undefined>;
  putFleet(projects: FleetProjects, memory: FleetMemory): Promise<void>;
}

/** The next round would be the same: most rounds reach every project and find no new one, and need no write. */
export function isUnchanged(before: FleetMemory, after: FleetMemory): boolean {
  const facts = ({ notReached, known, leaving }: FleetMemory) =>
    JSON.stringify([notReached, [...known].sort(), Object.entries(leaving).sort()]);
  return facts(before) === facts(after);
}

export interface Roster {
  /** First those that were not reached in the previous round. */
  readonly projects: readonly string[];
  /** Known projects that the current list of OMS does not have. */
  readonly leaving: ReadonlySet<string>;
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

/** A fixed list: no project leaves it. */
export function rosterOfNamed(named: readonly string[], memory: FleetMemory): Roster {
  return { projects: inTurn(named, memory), leaving: new Set() };
}

/** @param listed null where OMS did not list its projects: then the last list applies, and each project's own check reports what is wrong. */
export function rosterOfAll(listed: readonly ListedProject[] | null, kind: ProjectKind, memory: FleetMemory): Roster {
  if (listed === null) return { projects: inTurn(memory.known, memory), leaving: new Set() };
  const current = new Set(worthChecking(listed, kind));
  // Known from a deployment for the other kind; nothing has happened to them.
  const ofOtherKind = new Set(listed.filter((project) => project.kind !== kind).map(({ id }) => id));
  const leaving = memory.known.filter((project) => !current.has(project) && !ofOtherKind.has(project));
  return { projects: inTurn([...current, ...leaving], memory), leaving: new Set(leaving) };
}

function inTurn(projects: readonly string[], { notReached }: FleetMemory): string[] {
  const wanted = new Set(projects);
  return [...new Set([...notReached.filter((project) => wanted.has(project)), ...projects])];
}

/**
 * What the next round has to know about the projects that leave. A project is dropped when its own check found it released or deleted, or when
 * OMS did not report it often enough to be notified of. A check that failed otherwise proves nothing, and one that found the project contradicts the
 * list: the project is checked again.
 * @param results of the leaving projects in this round.
 */
export function leaversAfter(
  roster: Roster,
  results: ReadonlyMap<string, CheckResult>,
  before: FleetMemory,
): { readonly known: readonly string[]; readonly leaving: Readonly<Record<string, number>> } {
  const dropped = new Set<string>();
  const leaving: Record<string, number> = {};
  for (const project of roster.leaving) {
    const result = results.get(project);
    const unreported = result?.outcome === 'OmsProjectNotFound' || result?.outcome === 'OmsRefused';
    const times = (before.leaving[project] ?? 0) + (unreported ? 1 : 0);
    if (OVER.includes(result?.status ?? '') || times >= MAX_UNREPORTED) dropped.add(project);
    else leaving[project] = times;
  }
  return { known: roster.projects.filter((project) => !dropped.has(project)), leaving };
}
