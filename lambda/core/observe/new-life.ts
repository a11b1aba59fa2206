/** A project that was created anew under its id, or started from the beginning: nothing that was observed of it before counts any more. */

import type { Observation, Progress } from '../model/progress';
import { initialState, type ProjectState } from '../model/project-state';
import { classOf, phaseOf, type StepPhase } from '../model/status';

const PERCENTS = ['structMigrationProgress', 'fullMigrationProgress'] as const;
/** The steps before the copy has ended, in their order. */
const COPYING: readonly StepPhase[] = ['prepare', 'structure', 'full'];

/**
 * OMS gives no time of creation, so it shows in what cannot happen within one life: a status that nothing leads back to, or a copy that
 * is back at its beginning. A percentage that goes back a little is only an anomaly, and an unrecognized status shows nothing.
 */
export function beginsAnew(before: ProjectState | undefined, observation: Observation): boolean {
  const was = before?.progress ?? null;
  if (before === undefined || was === null || observation.outcome !== 'OK') return false;
  const is = observation.progress;
  const [from, to] = [classOf(was.status), classOf(is.status)];
  if (to === 'gone' || to === 'unknown') return false;
  if (from === 'gone') return true;
  if (to === 'waiting') return from !== 'waiting';
  const hasLess = PERCENTS.some((field) => (is[field] ?? Number.POSITIVE_INFINITY) < (was[field] ?? 0));
  const wasAway = from === 'finished' || before.outcome === 'OmsProjectNotFound';
  return (wasAway && hasLess) || isBackAtItsBeginning(was, is);
}

function isBackAtItsBeginning(was: Progress, is: Progress): boolean {
  const step = orderOf(is);
  if (step === -1) return false;
  // A phase that has not begun has no percentage; in the same step that is a value that is missing.
  const isEarlier = orderOf(was) === -1 || step < orderOf(was);
  return PERCENTS.some((field) => (was[field] ?? 0) > 0 && (is[field] === 0 || (isEarlier && is[field] === null)));
}

/** -1 for a step after the copy, and for an unrecognized one. */
function orderOf({ currentStep }: Progress): number {
  return COPYING.indexOf(phaseOf(currentStep));
}

/** Keeps what is not of the project but of its notifications, of OMS, and of an operator; and a rollback path that is now lost. */
export function bornAgain(old: ProjectState): ProjectState {
  const { unreachable, credentials, gone, rollbackPath } = old.notified;
  return {
    ...initialState(old.project),
    version: old.version,
    recentChecks: old.recentChecks,
    requestedAt: old.requestedAt,
    api: old.api,
    clockSkewMs: old.clockSkewMs,
    nextPollBy: old.nextPollBy,
    nextScheduledBy: old.nextScheduledBy,
    sequence: old.sequence,
    pending: old.pending,
    lease: old.lease,
    ...(old.mutedUntil === undefined ? {} : { mutedUntil: old.mutedUntil }),
    notified: {
      ...(unreachable === undefined ? {} : { unreachable }),
      ...(credentials === undefined ? {} : { credentials }),
      ...(gone === undefined ? {} : { gone }),
      ...(rollbackPath === 'OPEN' ? { rollbackPath } : {}),
    },
  };
}
