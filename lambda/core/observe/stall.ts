/** Does a project that says RUNNING still move? */

import { DEFAULTS } from '../../contract/defaults';
import type { ProjectState } from '../model/project-state';
import { classOf, phaseOf } from '../model/status';

/** Seconds of running in which no percent, no checkpoint and no step has moved; 0 while the project is not at work. */
export function stillSeconds(projectState: ProjectState): number {
  if (classOf(projectState.progress?.status ?? '') !== 'running') return 0;
  return (projectState.activeMs - projectState.movedAtActiveMs) / 1000;
}

/** Still for long enough to be told. Verification and switchover report nothing that could move: silence there is no stall. */
export function isStalled(projectState: ProjectState): boolean {
  const phase = phaseOf(projectState.progress?.currentStep ?? null);
  if (phase === 'verification' || phase === 'switchover') return false;
  const usual = phase === 'full' ? slowestPercentSeconds(projectState) : 0;
  return stillSeconds(projectState) >= Math.max(DEFAULTS.stalledAfterSeconds, STALL_TIMES_USUAL * usual);
}

/** OMS gives whole percents: one of a copy of two weeks takes hours, and is no stall until it takes far longer than the others did. */
const STALL_TIMES_USUAL = 2;

function slowestPercentSeconds({ marks }: ProjectState): number {
  const intervals = marks.slice(1).map((mark, i) => mark.seenAt - (marks[i]?.seenAt ?? mark.seenAt));
  return Math.max(0, ...intervals) / 1000;
}
