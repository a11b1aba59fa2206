/** Whom a round looks at, in which order, and whom the next one no longer has to. Pure. */
import type { CheckResult } from '../../contract/check-result';
import type { ProjectKind } from '../../contract/oms';
import type { ListedProject } from '../ports';
import type { FleetMemory } from './memory';

export interface Roster {
  /** Those that had no turn last time first. */
  readonly projects: readonly string[];
  /** Known, and missing from the list that OMS has just given. */
  readonly leaving: ReadonlySet<string>;
}

/**
 * After so many looks at which OMS would not speak of it a project is let go: by then that has been told as `unreachable` (changes.ts). That it
 * has vanished is told at the first of them; the others are for an OMS that knows it again after all.
 */
const MAX_FAREWELLS = 3;

/** Released and deleted: over for good. RELEASING is not yet, and its end is worth telling. */
const OVER: readonly string[] = ['RELEASED', 'DELETED'];

/** Ids of the listed projects that are worth a look. */
export function watchable(listed: readonly ListedProject[], kind: ProjectKind): string[] {
  return listed.filter((project) => project.kind === kind && !OVER.includes(project.status)).map(({ id }) => id);
}

/** A list that somebody gave: nobody leaves it. */
export function rosterOfNamed(named: readonly string[], memory: FleetMemory): Roster {
  return { projects: inTurn(named, memory), leaving: new Set() };
}

/** @param listed null where OMS gave no list: then the last known one stands, and each project's own look says what is wrong. */
export function rosterOfAll(listed: readonly ListedProject[] | null, kind: ProjectKind, memory: FleetMemory): Roster {
  if (listed === null) return { projects: inTurn(memory.known, memory), leaving: new Set() };
  const there = new Set(watchable(listed, kind));
  // Known from when this was deployed for the other kind: not ours any more, and nothing has happened to them.
  const others = new Set(listed.filter((project) => project.kind !== kind).map(({ id }) => id));
  const leaving = memory.known.filter((project) => !there.has(project) && !others.has(project));
  return { projects: inTurn([...there, ...leaving], memory), leaving: new Set(leaving) };
}

function inTurn(projects: readonly string[], { notReached }: FleetMemory): string[] {
  const wanted = new Set(projects);
  return [...new Set([...notReached.filter((project) => wanted.has(project)), ...projects])];
}

/**
 * What to remember of those who leave: a project is let go when its own look has shown it gone, or when OMS would not speak of it often
 * enough to have been told. A look that failed otherwise shows nothing, and one that finds it alive speaks against the list: it goes on
 * being looked at.
 * @param seen the results of this round.
 */
export function farewells(
  roster: Roster,
  seen: ReadonlyMap<string, CheckResult>,
  before: FleetMemory,
): { readonly known: readonly string[]; readonly leaving: Readonly<Record<string, number>> } {
  const gone = new Set<string>();
  const leaving: Record<string, number> = {};
  for (const project of roster.leaving) {
    const result = seen.get(project);
    const silent = result?.outcome === 'OmsProjectNotFound' || result?.outcome === 'OmsRefused';
    const times = (before.leaving[project] ?? 0) + (silent ? 1 : 0);
    if (OVER.includes(result?.status ?? '') || times >= MAX_FAREWELLS) gone.add(project);
    else leaving[project] = times;
  }
  return { known: roster.projects.filter((project) => !gone.has(project)), leaving };
}
