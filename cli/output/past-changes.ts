/**
 * The changes that stored looks brought, look by look. Looks are kept and told changes are not, so the decision that told them is taken
 * again: the same function on the same looks. What only a wait wishes to hear of depends on its goal and is left out.
 */

import { DEFAULT_WAIT_SETTINGS } from '../../lambda/contract/defaults';
import { derive } from '../../lambda/core/check/derive';
import type { Change } from '../../lambda/core/model/change';
import { countedUntil, type ProjectState } from '../../lambda/core/model/project-state';
import { observationIn, type Snapshot } from '../../lambda/core/model/snapshot';
import { latestPollBy } from '../../lambda/core/observe/series';

export class PastChanges {
  private projectState: ProjectState | undefined;

  /** Of the next look; looks are given oldest first and from the first on. The ids are those under which the changes were told. */
  broughtBy(snapshot: Snapshot): readonly Change[] {
    const observation = observationIn(snapshot);
    // It overlapped another look and changed nothing.
    if (this.projectState !== undefined && observation.requestedAt < countedUntil(this.projectState)) return [];
    const { projectState } = derive(this.projectState, observation, {
      project: snapshot.project,
      checkId: snapshot.checkId,
      looker: snapshot.looker,
      waitId: null,
      question: {
        goal: { type: 'FINISHED' },
        settings: DEFAULT_WAIT_SETTINGS,
        firstPoll: this.projectState === undefined,
        deadlineAt: null,
      },
      scheduleIntervalSeconds: null,
    });
    const nextPollBy =
      snapshot.waitSeconds === 0
        ? (this.projectState?.nextPollBy ?? 0)
        : latestPollBy(observation.answeredAt, snapshot.waitSeconds);
    this.projectState = { ...projectState, nextPollBy, pending: [] };
    return projectState.pending;
  }
}
