/** SWITCHED: has OMS's own forward switchover been done? Fails closed, like the other gates. */
import type { Reason } from '../../contract/check-result';
import type { Anomaly } from '../../contract/oms';
import { formatDuration, iso } from '../model/duration';
import type { Observation, Progress } from '../model/progress';
import type { ProjectState } from '../model/project-state';
import { classOf, phaseOf } from '../model/status';
import { isPlausible } from '../observe/lag';
import { notRunning, oddAmong } from './gate';

export interface SwitchedOrNot {
  readonly met: boolean;
  readonly reason: Reason;
}

const met = (code: string, message: string): SwitchedOrNot => ({ met: true, reason: { code, message } });
const notYet = (code: string, message: string): SwitchedOrNot => ({ met: false, reason: { code, message } });

/** One value may be left from an earlier attempt: only a second one shows that the reverse direction is at work. */
const MIN_REVERSE_VALUES = 2;
/** And that it does so now: a switchover of yesterday is none that somebody waits for. An idle target may not advance it. */
const MOVES_WITHIN_MS = 10 * 60_000;
const FIELDS = ['status', 'currentStep', 'enableReverseIncrSync', 'reverseIncrSyncCheckpoint'];

export function switched(
  projectState: ProjectState,
  observation: Observation,
  anomalies: readonly Anomaly[],
): SwitchedOrNot {
  if (observation.outcome !== 'OK') return notYet('NoAnswer', observation.problem);
  const { progress } = observation;
  const odd = oddAmong(FIELDS, anomalies);
  if (odd !== null) return { met: false, reason: odd };
  if (classOf(progress.status) === 'finished') return finished(progress);
  const stands = notRunning(progress);
  if (stands !== null) return { met: false, reason: stands };
  if (phaseOf(progress.currentStep) !== 'reverse') {
    const awaited =
      progress.enableReverseIncrSync === false
        ? 'FINISHED (reverse synchronisation is off)'
        : 'a reverse one (REVERSE_INCR_SYNC)';
    return notYet(
      'NotSwitched',
      `step is ${progress.currentStep ?? 'unknown'}, needs to be ${awaited}; switch over in the OMS console`,
    );
  }
  const checkpoint = progress.reverseIncrSyncCheckpoint;
  if (checkpoint === null) return notYet('CheckpointUnknown', 'OMS gave no usable reverse checkpoint');
  if (!isPlausible(checkpoint, observation))
    return notYet('CheckpointImplausible', 'the reverse checkpoint is more than 60 s in the future');
  const { values = 0, movedAt = 0 } = projectState.reverse ?? {};
  const still = observation.answeredAt - movedAt;
  if (values >= MIN_REVERSE_VALUES && still > MOVES_WITHIN_MS)
    return notYet(
      'ReverseNotMoving',
      `the reverse checkpoint has not moved for ${formatDuration(still / 1000)}; an idle target may be why: write a marker row there`,
    );
  if (values < MIN_REVERSE_VALUES)
    return notYet('ReverseNotMoving', 'the reverse checkpoint was seen at one value only; it has to move');
  return met(
    'Switched',
    `step ${progress.currentStep}, and the reverse checkpoint moves (seen at ${values} values, now ${iso(checkpoint * 1000)})`,
  );
}

function finished({ enableReverseIncrSync }: Progress): SwitchedOrNot {
  return enableReverseIncrSync === false
    ? met('Switched', 'the project is FINISHED, and reverse synchronisation is off')
    : notYet(
        'GoalUnreachable',
        'the project is FINISHED, so no reverse synchronisation will follow; OMS did not say that it is off',
      );
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
