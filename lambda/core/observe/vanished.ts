/** A project that OMS knew and knows no longer. */
import type { Observation, Progress } from '../model/progress';

/**
 * Whether OMS has just said that it knows a project no longer of which it gave progress before. What takes that for final (a wait) and what
 * tells of it (a change) go by this one rule, so that whoever finds a wait ended also finds a message that says why.
 *
 * One look suffices. OMS has a word of its own for it, in a complete reply that says `success: false`; an OMS that is starting, or whose
 * own database is away, closes the connection, answers 5xx or refuses in other words (inferred), and those have their graces. A second look
 * would come as late as the schedule does, and after the end of a wait nobody may look at all. Should a failover answer so for a moment
 * after all, the next look tells that the project is back: two messages too many, against one that is missing.
 *
 * @param known the last progress that OMS gave, however long ago.
 */
export function hasVanished(known: Progress | null, observation: Observation): boolean {
  return observation.outcome === 'OmsProjectNotFound' && known !== null;
}
