/** After a switchover with reverse synchronisation: does the source still receive what is written to the target? */

import type { Detected, RollbackPathLoss } from '../model/change';
import type { Observation } from '../model/progress';
import type { Notified, ProjectState } from '../model/project-state';
import { classOf, phaseOf } from '../model/status';
import { hasVanished } from '../observe/vanished';

/** OMS refreshes its checkpoints every 10 s, and the schedule may poll every 5 min: a checkpoint unchanged for so long stands still. */
const STANDS_STILL_MS = 15 * 60_000;

/** One change for each loss of the rollback path, and one for each restoration. */
export function rollbackPath(
  after: ProjectState,
  observation: Observation,
  detected: Detected[],
  notified: { rollbackPath?: Notified['rollbackPath'] },
): void {
  const vanished = hasVanished(after.progress, observation);
  if (observation.outcome !== 'OK' && !vanished) return;
  const loss: RollbackPathLoss | null =
    observation.outcome === 'OK' ? lossIn(after, observation) : { cause: 'gone-from-oms' };
  const works =
    loss === null && (after.reverse?.values ?? 0) >= 2 && phaseOf(after.progress?.currentStep ?? null) === 'reverse';
  if (notified.rollbackPath === undefined) {
    if (works) notified.rollbackPath = 'OPEN';
    return;
  }
  if (loss !== null && notified.rollbackPath === 'OPEN') {
    notified.rollbackPath = 'LOST';
    detected.push({ kind: 'rollback-path-lost', params: loss });
  } else if (works && notified.rollbackPath === 'LOST') {
    notified.rollbackPath = 'OPEN';
    detected.push({ kind: 'rollback-path-restored', params: {} });
  }
}

function lossIn({ reverse }: ProjectState, observation: Observation & { outcome: 'OK' }): RollbackPathLoss | null {
  const { status, currentStep } = observation.progress;
  switch (classOf(status)) {
    case 'finished':
    case 'gone':
      return { cause: 'ended' };
    case 'failed':
    case 'suspended':
      return { cause: 'stopped' };
    case 'running':
      break;
    default:
      return null;
  }
  // An unrecognized or missing step is no evidence of a loss.
  const phase = phaseOf(currentStep);
  if (phase === 'unknown') return null;
  if (phase !== 'reverse') return { cause: 'other-step' };
  const still = reverse === undefined ? 0 : observation.answeredAt - reverse.movedAt;
  return still >= STANDS_STILL_MS ? { cause: 'checkpoint-still', stillSeconds: still / 1000 } : null;
}
