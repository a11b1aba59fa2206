/** What a schedule remembers from one round to the next: one item, whoever wrote it last. */
import type { FleetProjects } from '../../contract/fleet';

/**
 * Rounds of one schedule seldom overlap (a retry, an event that came twice), and then each has seen the whole fleet for itself: the worst
 * that the other's memory does is to have a project looked at once too often. So it is no conditional write.
 */
export interface FleetMemory {
  /** ISO 8601, when the round ended. */
  readonly endedAt: string;
  /** Had no turn, in the order in which they get it next time. */
  readonly notReached: readonly string[];
  /** Where OMS is asked for the list: every project that was to be looked at, to go by when it does not answer. Else empty. */
  readonly known: readonly string[];
  /** Known, no longer listed, and not yet seen to be gone: how many times OMS would not speak of them. */
  readonly leaving: Readonly<Record<string, number>>;
}

export const NO_MEMORY: FleetMemory = { endedAt: '', notReached: [], known: [], leaving: {} };

/** Whether the next round would do anything differently: most rounds reach everything and find no new project, and cost no write. */
export function isSame(before: FleetMemory, after: FleetMemory): boolean {
  const facts = ({ notReached, known, leaving }: FleetMemory) =>
    JSON.stringify([notReached, [...known].sort(), Object.entries(leaving).sort()]);
  return facts(before) === facts(after);
}

/** What schedules remember between their rounds, by what they are to look at. Throws CheckFailed for its own trouble. */
export interface FleetStore {
  /** A consistent read; undefined where there was no round to remember. */
  readFleet(projects: FleetProjects): Promise<FleetMemory | undefined>;
  /** Puts it over whatever stands there. */
  putFleet(projects: FleetProjects, memory: FleetMemory): Promise<void>;
}
