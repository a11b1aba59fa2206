/** After a switchover with reverse synchronisation: can one still go back to the source without losing what was written since? */

import { RESUMABLE_SECONDS } from '../../contract/defaults';
import { formatDuration } from '../model/duration';
import type { Look } from '../model/progress';
import type { Latest, Told } from '../model/project-state';
import { classOf, phaseOf } from '../model/status';
import { hasVanished } from '../observe/vanished';
import type { Found } from './detect';

/** OMS refreshes its checkpoints every 10 s; the schedule may look every 5 min: unchanged for so long, it stands still. */
const STANDS_STILL_MS = 15 * 60_000;

/** Adds what is to be told, once for each loss and once for each return. */
export function wayBack(after: Latest, look: Look, found: Found[], told: { wayBack?: Told['wayBack'] }): void {
  const vanished = hasVanished(after.progress, look);
  if (look.outcome !== 'OK' && !vanished) return;
  const lost = look.outcome === 'OK' ? lostBecause(after, look) : 'OMS knows the project no longer';
  const works =
    lost === null && (after.reverse?.values ?? 0) >= 2 && phaseOf(after.progress?.currentStep ?? null) === 'reverse';
  if (told.wayBack === undefined) {
    if (works) told.wayBack = 'OPEN';
    return;
  }
  if (lost !== null && told.wayBack === 'OPEN') {
    told.wayBack = 'LOST';
    found.push({
      kind: 'way-back-lost',
      detail: `${lost}. What is written to the target now does not reach the source.`,
    });
  } else if (works && told.wayBack === 'LOST') {
    told.wayBack = 'OPEN';
    found.push({ kind: 'way-back-again', detail: 'the reverse checkpoint moves again' });
  }
}

function lostBecause({ reverse }: Latest, look: Look & { outcome: 'OK' }): string | null {
  const { status, currentStep } = look.progress;
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
  const still = reverse === undefined ? 0 : look.answeredAt - reverse.movedAt;
  return still >= STANDS_STILL_MS ? `the reverse checkpoint has not moved for ${formatDuration(still / 1000)}` : null;
}
