/**
 * Which share of a fleet an invocation polls. A hash of the id decides, so that a project keeps its place in the interval whatever is added to
 * the list before it, and nothing needs to be stored.
 */
import type { FleetRequest } from '../../contract/fleet';

/** Polls side by side, over all invocations of a round: OMS's console is a small server with users of its own, and 16 are enough for 4,000 projects. */
export const FLEET_CONCURRENCY = 16;
/** Of each of many invocations: as many as it has CPU time for, where OMS answers in 100 ms. */
const LEAST_CONCURRENCY = 5;

/** True where the project is polled in this turn. */
export function isDue(
  project: string,
  { turn, intervalSeconds }: Pick<FleetRequest, 'turn' | 'intervalSeconds'>,
): boolean {
  if (turn === undefined || turn.of === 1) return true;
  return hashOf(project) % turn.of === turnOf(turn, intervalSeconds);
}

/** 0 for the first turn of an interval. Counted from 1970, so that every invocation counts the same. */
export function turnOf(turn: NonNullable<FleetRequest['turn']>, intervalSeconds: number): number {
  return Math.floor(turn.at / ((intervalSeconds * 1000) / turn.of)) % turn.of;
}

/** How long an invocation may start polls: until the next turn, so that two do not press on OMS at once. */
export function turnMs({ turn, intervalSeconds }: FleetRequest): number {
  return (intervalSeconds * 1000) / (turn?.of ?? 1);
}

/** True where the project belongs to this part of a list. Not the turn's hash: a part must have projects in every turn. */
export function isInPart(project: string, part: NonNullable<FleetRequest['part']>): boolean {
  return hashOf(`${project}/`) % part.of === part.index;
}

/** Polls side by side in one of so many invocations. */
export function concurrencyOf(parts: number): number {
  return Math.max(LEAST_CONCURRENCY, Math.floor(FLEET_CONCURRENCY / parts));
}

/** FNV-1a with a final mix, whose lowest bits differ for ids that differ in their last character only. */
function hashOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i += 1) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  return (hash ^ (hash >>> 13)) >>> 0;
}
