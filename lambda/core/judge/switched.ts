/** SWITCHED: has OMS's own forward switchover been done? Fails closed, like the other gates. */

import type { Reason } from '../../contract/reason';
import { iso } from '../../contract/values/duration';
import type { ProjectState } from '../model/project-state';
import type { Assessment } from '../observe/assessment';
import { unfinishedPhases } from '../observe/copy';
import { implausible, noAnswer, notRunning, unexpectedAmong } from '../observe/gate';

/** One value may remain from an earlier attempt: only a second one shows that the reverse direction works. */
const MIN_REVERSE_VALUES = 2;
/** And that it works now: a wait is not for yesterday's switchover. An idle target may not advance the checkpoint. */
const MOVES_WITHIN_MS = 10 * 60_000;
const FIELDS = ['status', 'currentStep', 'enableReverseIncrSync', 'reverseIncrSyncCheckpoint'];

export function switched(assessment: Assessment, projectState: ProjectState): Reason {
  if (assessment.outcome !== 'OK') return noAnswer(assessment);
  const { progress, statusClass, phase, anomalies } = assessment;
  const { currentStep: step, enableReverseIncrSync, reverseIncrSyncCheckpoint: checkpoint } = progress;
  const unexpected = unexpectedAmong(FIELDS, anomalies);
  if (unexpected !== null) return unexpected;
  if (statusClass === 'finished') {
    return enableReverseIncrSync === false
      ? { code: 'Switched', params: { reverse: null, unfinished: unfinishedPhases(progress) } }
      : { code: 'GoalUnreachable', params: { goal: 'SWITCHED', because: 'REVERSE_SYNC_NOT_OFF' } };
  }
  const closed = notRunning(progress);
  if (closed !== null) return closed;
  if (phase !== 'reverse') return { code: 'NotSwitched', params: { step, enableReverseIncrSync } };
  if (checkpoint === null) return { code: 'CheckpointUnknown', params: { direction: 'reverse' } };
  const tooFarAhead = implausible('reverse', assessment);
  if (tooFarAhead !== null) return tooFarAhead;
  const { values = 0, movedAt = 0 } = projectState.reverse ?? {};
  if (values < MIN_REVERSE_VALUES) return { code: 'ReverseNotMoving', params: { stillSeconds: null } };
  const stillMs = assessment.answeredAt - movedAt;
  return stillMs > MOVES_WITHIN_MS
    ? { code: 'ReverseNotMoving', params: { stillSeconds: stillMs / 1000 } }
    : { code: 'Switched', params: { reverse: { step, values, checkpointAt: iso(checkpoint * 1000) }, unfinished: [] } };
}
