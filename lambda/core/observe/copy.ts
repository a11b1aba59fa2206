/** The full copy: how fast it runs, when it should end, and whether it stands still. */

import { DEFAULTS } from '../../contract/defaults';
import type { PhaseAt } from '../../contract/reason';
import type { Progress } from '../model/progress';
import type { Mark, ProjectState } from '../model/project-state';
import type { StatusClass, StepPhase } from '../model/status';

const MAX_MARKS = 24;

/**
 * Adds a mark when the percentage changed; one that went backwards starts the history again. A change in no observed running time (a project
 * found resumed) says nothing about the rate: the earlier marks are shifted by it, so that the rate between them stays.
 */
export function withMark(
  marks: readonly Mark[],
  percent: number | null,
  activeMs: number,
  beforeMs: number,
): readonly Mark[] {
  if (percent === null) return marks;
  const last = marks.at(-1);
  if (last === undefined || percent < last.percent) return [{ percent, seenAt: activeMs, notBefore: activeMs }];
  if (percent === last.percent) return marks;
  if (activeMs === beforeMs) return marks.map((mark) => ({ ...mark, percent: mark.percent + percent - last.percent }));
  const grown = [...marks, { percent, seenAt: activeMs, notBefore: beforeMs }];
  // The first is kept for the overall mean, the newest show the current rate.
  return grown.length <= MAX_MARKS ? grown : [grown[0] as Mark, ...grown.slice(grown.length - MAX_MARKS + 1)];
}

/** Estimated completion of the copy, in milliseconds of running time from now; earliest and latest below 0 once they have passed. */
export interface CopyForecast {
  readonly earliestMs: number;
  readonly likelyMs: number;
  readonly latestMs: number;
}

/** The range uses so many of the last marks: more would be slow to notice a change of speed. */
const RECENT_PERCENTS = 3;
/** How much faster than usual the rest may go, and than the fastest of the recent marks. */
const FASTER_THAN_USUAL = 0.7;
const FASTER_THAN_FASTEST = 0.95;
/** Beyond this the rate is too low to estimate anything. */
const LONGEST_FORECAST_MS = 10 * 365 * 86_400_000;
/** How much slower than usual the rest may go before it is late. Long tails are common, stalls are not. */
const SLOWER_THAN_USUAL = 3;

/**
 * Null until the percentage has changed once since the first poll, or at 100. Likely is the mean rate of the last two thirds of the marks;
 * earliest and latest use the last few.
 */
export function forecastCopy(marks: readonly Mark[], activeMs: number): CopyForecast | null {
  const last = marks.at(-1);
  if (last === undefined || marks.length < 2 || last.percent >= 100) return null;
  const left = 100 - last.percent;
  const sinceMove = Math.max(0, activeMs - middle(last));
  const overall = perPercent(marks[Math.min(marks.length - 2, Math.floor(marks.length / 3))] as Mark, last);
  if (overall * left > LONGEST_FORECAST_MS) return null;
  const recent = marks.slice(-RECENT_PERCENTS - 1);
  const times = recent.slice(1).map((mark, i) => perPercent(recent[i] as Mark, mark));
  const usual = median(times);
  const fastest = Math.min(usual * FASTER_THAN_USUAL, Math.min(...times) * FASTER_THAN_FASTEST);
  return {
    // Whole percents are shown, so all but the one under way are still to come, however long it has been under way.
    earliestMs: Math.max((left - 1) * fastest, left * fastest - Math.max(0, activeMs - last.notBefore)),
    likelyMs: overall * (left - Math.min(1, sinceMove / overall)),
    latestMs: SLOWER_THAN_USUAL * usual * left - sinceMove,
  };
}

function middle(mark: Mark): number {
  return (mark.seenAt + mark.notBefore) / 2;
}

/** Milliseconds of running time for each percent. */
function perPercent(from: Mark, to: Mark): number {
  return Math.max(1, middle(to) - middle(from)) / (to.percent - from.percent);
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] as number;
}

/** Seconds of running time without a change of percentage, checkpoint or step; 0 while the project is not running. */
export function stillSecondsOf({ activeMs, movedAtActiveMs }: ProjectState, statusClass: StatusClass | null): number {
  return statusClass === 'running' ? (activeMs - movedAtActiveMs) / 1000 : 0;
}

/** OMS reports whole percents: one of a two-week copy takes hours, and is a stall only when it takes far longer than the others did. */
const STALL_TIMES_USUAL = 2;

/** Verification and switchover report nothing that could move: silence there is not a stall. */
export function isStall(stillSeconds: number, phase: StepPhase, marks: readonly Mark[]): boolean {
  if (phase === 'verification' || phase === 'switchover') return false;
  const usual = phase === 'full' ? slowestPercentSeconds(marks) : 0;
  return stillSeconds >= Math.max(DEFAULTS.stalledAfterSeconds, STALL_TIMES_USUAL * usual);
}

function slowestPercentSeconds(marks: readonly Mark[]): number {
  const intervals = marks.slice(1).map((mark, i) => mark.seenAt - (marks[i]?.seenAt ?? mark.seenAt));
  return Math.max(0, ...intervals) / 1000;
}

/** The copy phases that OMS reports below 100 %, without those that are off. */
export function unfinishedPhases(progress: Progress): readonly PhaseAt[] {
  const { enableStructMigration, structMigrationProgress, enableFullMigration, fullMigrationProgress } = progress;
  const phases = [
    { phase: 'structure', isOn: enableStructMigration !== false, percent: structMigrationProgress },
    { phase: 'full', isOn: enableFullMigration !== false, percent: fullMigrationProgress },
  ] as const;
  return phases.flatMap(({ phase, isOn, percent }) =>
    isOn && percent !== null && percent < 100 ? [{ phase, percent }] : [],
  );
}
