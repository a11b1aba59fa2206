/** After a switchover with reverse synchronisation: does the source still receive what is written to the target? */

import type { Detected, RollbackPathLoss } from '../model/change';
import type { Notified, ProjectState } from '../model/project-state';
import type { Assessment } from '../observe/assessment';

/** OMS refreshes its checkpoints every 10 s, and the schedule may poll every 5 min: a checkpoint unchanged for so long stands still. */
const STANDS_STILL_MS = 15 * 60_000;

/** One change for each loss of the rollback path, and one for each restoration. */
export function rollbackPath(
  after: ProjectState,
  assessment: Assessment,
  detected: Detected[],
  notified: { rollbackPath?: Notified['rollbackPath'] },
): void {
  const vanished = assessment.hasVanished;
  if (assessment.outcome !== 'OK' && !vanished) return;
  const loss: RollbackPathLoss | null =
    assessment.outcome === 'OK' ? lossIn(after, assessment) : { cause: 'gone-from-oms' };
  const works = loss === null && (after.reverse?.values ?? 0) >= 2 && assessment.phase === 'reverse';
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

function lossIn({ reverse }: ProjectState, assessment: Assessment & { outcome: 'OK' }): RollbackPathLoss | null {
  switch (assessment.statusClass) {
    case 'finished':
    case 'gone':
      return { cause: 'ended' };
    case 'failed':
    case 'suspended':
      return { cause: 'stopped' };
    case 'waiting':
      // A project created anew under its id, or started again.
      return { cause: 'ended' };
    case 'running':
      break;
    default:
      return null;
  }
  // An unrecognized or missing step is no evidence of a loss.
  const { phase } = assessment;
  if (phase === 'unknown') return null;
  if (phase !== 'reverse') return { cause: 'other-step' };
  const still = reverse === undefined ? 0 : assessment.answeredAt - reverse.movedAt;
  return still >= STANDS_STILL_MS ? { cause: 'checkpoint-still', stillSeconds: still / 1000 } : null;
}
