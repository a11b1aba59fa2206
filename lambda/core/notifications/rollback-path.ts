/** After a switchover with reverse synchronisation: can one still go back to the source without losing what was written since? */

import { RESUMABLE_SECONDS } from '../../contract/defaults';
import { formatDuration } from '../model/duration';
import type { Observation } from '../model/progress';
import type { Notified, ProjectState } from '../model/project-state';
import { classOf, phaseOf } from '../model/status';
import { hasVanished } from '../observe/vanished';
import type { Found } from './detect';

/** OMS refreshes its checkpoints every 10 s; the schedule may look every 5 min: unchanged for so long, it stands still. */
const STANDS_STILL_MS = 15 * 60_000;

/** Adds what is to be told, once for each loss and once for each return. */
export function rollbackPath(
  after: ProjectState,
  observation: Observation,
  found: Found[],
  notified: { rollbackPath?: Notified['rollbackPath'] },
): void {
  const vanished = hasVanished(after.progress, observation);
  if (observation.outcome !== 'OK' && !vanished) return;
  const lost = observation.outcome === 'OK' ? lostBecause(after, observation) : 'OMS knows the project no longer';
  const works =
    lost === null && (after.reverse?.values ?? 0) >= 2 && phaseOf(after.progress?.currentStep ?? null) === 'reverse';
  if (notified.rollbackPath === undefined) {
    if (works) notified.rollbackPath = 'OPEN';
    return;
  }
  if (lost !== null && notified.rollbackPath === 'OPEN') {
    notified.rollbackPath = 'LOST';
    found.push({
      kind: 'rollback-path-lost',
      detail: `${lost}. What is written to the target now does not reach the source.`,
    });
  } else if (works && notified.rollbackPath === 'LOST') {
    notified.rollbackPath = 'OPEN';
    found.push({ kind: 'rollback-path-restored', detail: 'the reverse checkpoint moves again' });
  }
}

function lostBecause({ reverse }: ProjectState, observation: Observation & { outcome: 'OK' }): string | null {
  const { status, currentStep } = observation.progress;
  switch (classOf(status)) {
    case 'finished':
    case 'gone':
      return `the project is ${status}: reverse synchronisation is over for good`;
    case 'failed':
    case 'suspended':
      return `the project is ${status}: reverse synchronisation stands; resumed within ${formatDuration(RESUMABLE_SECONDS)} it can still catch up`;
    case 'running':
      break;
    default:
      return null;
  }
  // A step that nobody knows, or that was left out of a reply, says nothing of the way back.
  const phase = phaseOf(currentStep);
  if (phase === 'unknown') return null;
  if (phase !== 'reverse') return `the step is ${currentStep}, and no longer a reverse one`;
  const still = reverse === undefined ? 0 : observation.answeredAt - reverse.movedAt;
  return still >= STANDS_STILL_MS ? `the reverse checkpoint has not moved for ${formatDuration(still / 1000)}` : null;
}
