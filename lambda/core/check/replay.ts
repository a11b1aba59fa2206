/** When would a gate with other thresholds have opened? The same decision, applied to the stored polls. */

import { DEFAULT_WAIT_SETTINGS } from '../../contract/defaults';
import type { Goal } from '../../contract/goal';
import { countedUntil, type ProjectState } from '../model/project-state';
import { observationIn, type Snapshot } from '../model/snapshot';
import { maxPollGapMs } from '../observe/hold';
import { derive } from './derive';

export interface Opening {
  /** ISO 8601: the first and the last of consecutive polls at which the gate was open. */
  readonly from: string;
  readonly to: string;
  readonly looks: number;
  /** Of the first of them. */
  readonly message: string;
  readonly checkId: string;
}

export interface Replay {
  readonly looks: number;
  readonly openings: readonly Opening[];
  /** Of the last poll. */
  readonly lastReason: string;
  /** Polls that came too late after the previous one to continue a hold. */
  readonly gaps: number;
  /** How far apart two polls of such a hold may be. */
  readonly widestGapSeconds: number;
}

export async function replay(
  project: string,
  goal: Goal & { type: 'SYNCED' },
  snapshots: AsyncIterable<Snapshot>,
): Promise<Replay> {
  const widest = maxPollGapMs(goal.holdSeconds);
  const openings: Opening[] = [];
  let projectState: ProjectState | undefined;
  let [looks, gaps, open, lastReason] = [0, 0, false, 'nothing is stored'];
  for await (const snapshot of snapshots) {
    const observation = observationIn(snapshot);
    // A poll that overlapped a later one changed nothing then, and changes nothing now.
    if (projectState !== undefined && observation.requestedAt < countedUntil(projectState)) continue;
    if (projectState !== undefined && observation.answeredAt - projectState.observedAt > widest) gaps += 1;
    const derived = derive(projectState, observation, {
      project,
      checkId: snapshot.checkId,
      looker: snapshot.looker,
      waitId: null,
      question: { goal, settings: DEFAULT_WAIT_SETTINGS, firstPoll: looks === 0, deadlineAt: null },
      scheduleIntervalSeconds: null,
    });
    projectState = { ...derived.projectState, pending: [] };
    looks += 1;
    const { verdict, reason, checkId, observedAt } = derived.result;
    lastReason = reason.message;
    const before = openings.at(-1);
    if (verdict !== 'MET') open = false;
    else if (open && before !== undefined)
      openings[openings.length - 1] = { ...before, to: observedAt, looks: before.looks + 1 };
    else {
      openings.push({ from: observedAt, to: observedAt, looks: 1, message: reason.message, checkId });
      open = true;
    }
  }
  return { looks, openings, lastReason, gaps, widestGapSeconds: widest / 1000 };
}
