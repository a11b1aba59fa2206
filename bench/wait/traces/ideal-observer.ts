/**
 * The earliest time at which SYNCED can be determined: the judge of core on a poll directly after every refresh of the checkpoint, without
 * delay. Further polls would see the same checkpoint with a larger lag.
 */

import { DEFAULT_WAIT_SETTINGS } from '../../../lambda/contract/defaults';
import type { Goal } from '../../../lambda/contract/goal';
import { derive } from '../../../lambda/core/check/derive';
import type { ProjectState } from '../../../lambda/core/model/project-state';
import type { SimulatedState } from '../../../local/simulator/scenario-state';
import { pollThatSaw } from '../../../test/support/values/poll-of-state';
import { type Checkpoints, refreshedAt } from './checkpoint';
import { REFRESH_MS } from './trace';

/** Polls begin this long before a stretch, so that they see its first checkpoint advance. */
const LEAD_MS = 3 * REFRESH_MS;

export function firstSynced(
  goal: Goal & { type: 'SYNCED' },
  shown: Checkpoints,
  stateAt: (unixMs: number) => SimulatedState,
): number {
  for (const { from, to } of stretchesWithin(goal.maxLagSeconds * 1000, shown)) {
    const metAt = firstMet(goal, from - LEAD_MS, to, stateAt);
    if (metAt !== null) return metAt;
  }
  throw new Error('a synchronisation that never gets there');
}

/** Refreshes in a row that show a lag within the limit: outside of them nothing can hold. */
function* stretchesWithin(
  maxLagMs: number,
  shown: Checkpoints,
): Iterable<{ readonly from: number; readonly to: number }> {
  let from: number | null = null;
  for (let i = 0; i < shown.values.length; i += 1) {
    const at = refreshedAt(shown, i);
    const within = at - (shown.values[i] as number) * 1000 <= maxLagMs + 1_000;
    if (within && from === null) from = at;
    if (from !== null && (!within || i === shown.values.length - 1)) {
      yield { from, to: at };
      from = null;
    }
  }
}

function firstMet(goal: Goal, from: number, to: number, stateAt: (unixMs: number) => SimulatedState): number | null {
  const question = { goal, settings: DEFAULT_WAIT_SETTINGS, firstPoll: false, deadlineAt: null };
  const rest = { project: 'p_ideal', looker: 'wait', waitId: null, question, scheduleIntervalSeconds: null } as const;
  let projectState: ProjectState | undefined;
  for (let at = from; at <= to; at += REFRESH_MS) {
    const observation = pollThatSaw(stateAt(at), at, at);
    const derived = derive(projectState, observation, { ...rest, checkId: `c${at}` });
    if (derived.result.verdict === 'MET') return at;
    projectState = derived.projectState;
  }
  return null;
}
