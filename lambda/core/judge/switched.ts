/** SWITCHED: has OMS's own forward switchover been done? Fails closed, like the other gates. */
import type { Anomaly } from '../../contract/oms';
import type { Reason } from '../../contract/reason';
import { iso } from '../model/duration';
import type { Observation } from '../model/progress';
import type { ProjectState } from '../model/project-state';
import { classOf, phaseOf } from '../model/status';
import { isPlausible } from '../observe/lag';
import { notRunning, oddAmong } from './gate';

/** One value may be left from an earlier attempt: only a second one shows that the reverse direction is at work. */
const MIN_REVERSE_VALUES = 2;
/** And that it does so now: a switchover of yesterday is none that somebody waits for. An idle target may not advance it. */
const MOVES_WITHIN_MS = 10 * 60_000;
const FIELDS = ['status', 'currentStep', 'enableReverseIncrSync', 'reverseIncrSyncCheckpoint'];

export function switched(projectState: ProjectState, observation: Observation, anomalies: readonly Anomaly[]): Reason {
  if (observation.outcome !== 'OK')
    return { code: 'NoAnswer', params: { outcome: observation.outcome, problem: observation.problem } };
  const { progress } = observation;
  const { currentStep: step, enableReverseIncrSync, reverseIncrSyncCheckpoint: checkpoint } = progress;
  const odd = oddAmong(FIELDS, anomalies);
  if (odd !== null) return odd;
  if (classOf(progress.status) === 'finished') {
    return enableReverseIncrSync === false
      ? { code: 'Switched', params: { reverse: null } }
      : { code: 'GoalUnreachable', params: { goal: 'SWITCHED', because: 'FINISHED' } };
  }
  const closed = notRunning(progress);
  if (closed !== null) return closed;
  if (phaseOf(step) !== 'reverse') return { code: 'NotSwitched', params: { step, enableReverseIncrSync } };
  if (checkpoint === null) return { code: 'CheckpointUnknown', params: { direction: 'reverse', isInFuture: false } };
  const checkpointAt = iso(checkpoint * 1000);
  if (!isPlausible(checkpoint, observation))
    return { code: 'CheckpointImplausible', params: { direction: 'reverse', checkpointAt } };
  const { values = 0, movedAt = 0 } = projectState.reverse ?? {};
  if (values < MIN_REVERSE_VALUES) return { code: 'ReverseNotMoving', params: { stillSeconds: null } };
  const stillMs = observation.answeredAt - movedAt;
  return stillMs > MOVES_WITHIN_MS
    ? { code: 'ReverseNotMoving', params: { stillSeconds: stillMs / 1000 } }
    : { code: 'Switched', params: { reverse: { step, values, checkpointAt } } };
}

/** What later looks have to know of the reverse checkpoint: how many values it was seen at since the reverse step began. */
export function reverseSeen(before: ProjectState, observation: Observation): ProjectState['reverse'] {
  if (observation.outcome !== 'OK') return before.reverse;
  const { currentStep, reverseIncrSyncCheckpoint: value } = observation.progress;
  if (phaseOf(currentStep) !== 'reverse') return undefined;
  if (value === null) return before.reverse;
  const seen = before.reverse;
  if (seen === undefined) return { value, values: 1, movedAt: observation.answeredAt };
  return value > seen.value ? { value, values: seen.values + 1, movedAt: observation.answeredAt } : seen;
}
