/** Plays observations through the pure decision, one after the other, as a wait would. */
import type { CheckResult } from '../../lambda/contract/check-result';
import { DEFAULT_WAIT_SETTINGS, type WaitSettings } from '../../lambda/contract/defaults';
import type { Goal } from '../../lambda/contract/goal';
import { derive } from '../../lambda/core/check/derive';
import type { Observation } from '../../lambda/core/model/progress';
import type { ProjectState } from '../../lambda/core/model/project-state';

export interface Played {
  readonly projectState: ProjectState;
  readonly results: readonly CheckResult[];
  /** The last result. */
  readonly last: CheckResult;
  /** Kinds of the detected changes, in order. */
  readonly changes: readonly string[];
}

export interface Playing {
  readonly goal?: Goal;
  readonly settings?: Partial<WaitSettings>;
  readonly deadlineAt?: number | null;
  readonly waitId?: string | null;
  /** Stored before the first poll. */
  readonly before?: ProjectState;
  /** Whether the first poll here is the wait's first. Default true. */
  readonly fresh?: boolean;
  /** Polls continue a series however far apart they are. Default true; false: a late poll breaks it. */
  readonly alwaysInTime?: boolean;
}

export function play(polls: readonly Observation[], options: Playing = {}): Played {
  let projectState = options.before;
  const results: CheckResult[] = [];
  polls.forEach((observation, i) => {
    const derived = derive(projectState, observation, {
      project: 'p_x',
      checkId: `c${i + 1}`,
      looker: 'wait',
      waitId: options.waitId === undefined ? 'wait-1' : options.waitId,
      question: {
        goal: options.goal ?? { type: 'FINISHED' },
        settings: { ...DEFAULT_WAIT_SETTINGS, ...options.settings },
        firstPoll: i === 0 && options.fresh !== false,
        deadlineAt: options.deadlineAt ?? null,
      },
      scheduleIntervalSeconds: null,
    });
    const next = polls[i + 1];
    projectState =
      options.alwaysInTime === false || next === undefined
        ? derived.projectState
        : { ...derived.projectState, nextPollBy: next.requestedAt };
    results.push(derived.result);
  });
  if (projectState === undefined) throw new Error('no observation was played');
  return {
    projectState,
    results,
    last: results.at(-1) as CheckResult,
    changes: projectState.pending.map((change) => change.kind),
  };
}
