/** Other thresholds over what is stored: when would the gate have opened? The same decision, look by look. */

import { DEFAULT_WAIT_SETTINGS } from '../../contract/defaults';
import type { Goal } from '../../contract/goal';
import { countedUntil, type ProjectState } from '../model/project-state';
import { observationIn, type Snapshot } from '../model/snapshot';
import { maxPollGapMs } from '../observe/hold';
import { derive } from './derive';

export interface Opening {
  /** ISO 8601: the first and the last look at which the gate was open, without one in between at which it was not. */
  readonly from: string;
  readonly to: string;
  readonly looks: number;
  /** What the first of them said. */
  readonly message: string;
  readonly checkId: string;
}

export interface Replay {
  readonly looks: number;
  readonly openings: readonly Opening[];
  /** Of the last look. */
  readonly lastReason: string;
  /** Looks that came too late after the one before to go on with a hold. */
  readonly gaps: number;
  /** Seconds: the furthest apart that two looks of such a hold may be. */
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
    // Looks that overlapped a later one changed nothing then, and change nothing now.
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
