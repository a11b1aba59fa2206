/**
 * The changes that stored looks brought, look by look. Looks are kept and told changes are not, so the decision that told them is taken
 * again: the same function on the same looks. What only a wait wishes to hear of depends on its goal and is left out.
 */

import { DEFAULT_WAIT_SETTINGS } from '../../lambda/contract/defaults';
import { derive } from '../../lambda/core/check/derive';
import type { Change } from '../../lambda/core/model/change';
import { countedUntil, type Latest } from '../../lambda/core/model/project-state';
import { lookIn, type Snapshot } from '../../lambda/core/model/snapshot';
import { latestLookBy } from '../../lambda/core/observe/series';

export class PastChanges {
  private latest: Latest | undefined;

  /** Of the next look; looks are given oldest first and from the first on. The ids are those under which the changes were told. */
  broughtBy(snapshot: Snapshot): readonly Change[] {
    const look = lookIn(snapshot);
    // It overlapped another look and changed nothing.
    if (this.latest !== undefined && look.requestedAt < countedUntil(this.latest)) return [];
    const { latest } = derive(this.latest, look, {
      project: snapshot.project,
      checkId: snapshot.checkId,
      looker: snapshot.looker,
      waitId: null,
      question: {
        goal: { type: 'FINISHED' },
        settings: DEFAULT_WAIT_SETTINGS,
        firstLook: this.latest === undefined,
        deadlineAt: null,
      },
      scheduleIntervalSeconds: null,
    });
    const nextLookBy =
      snapshot.waitSeconds === 0 ? (this.latest?.nextLookBy ?? 0) : latestLookBy(look.answeredAt, snapshot.waitSeconds);
    this.latest = { ...latest, nextLookBy, pending: [] };
    return latest.pending;
  }
}
