/** Plays looks through the pure decision, one after the other, as a wait would. */
import type { CheckResult } from '../../lambda/contract/check-result';
import { DEFAULT_WAIT_SETTINGS, type WaitSettings } from '../../lambda/contract/defaults';
import type { Goal } from '../../lambda/contract/goal';
import { derive } from '../../lambda/core/check/derive';
import type { Look } from '../../lambda/core/model/progress';
import type { Latest } from '../../lambda/core/model/project-state';

export interface Played {
  readonly latest: Latest;
  readonly results: readonly CheckResult[];
  /** The last result. */
  readonly last: CheckResult;
  /** Kinds of the changes told, in order. */
  readonly changes: readonly string[];
}

export interface Playing {
  readonly goal?: Goal;
  readonly settings?: Partial<WaitSettings>;
  readonly deadlineAt?: number | null;
  readonly waitId?: string | null;
  /** Stored before the first look. */
  readonly before?: Latest;
  /** Whether the first look here is the wait's first. Default true. */
  readonly fresh?: boolean;
  /** Looks keep their promise however far apart they are. Default true; false: a gap breaks series, as in life. */
  readonly everWatched?: boolean;
}

export function play(looks: readonly Look[], options: Playing = {}): Played {
  let latest = options.before;
  const results: CheckResult[] = [];
  looks.forEach((look, i) => {
    const derived = derive(latest, look, {
      project: 'p_x',
      checkId: `c${i + 1}`,
      looker: 'wait',
      waitId: options.waitId === undefined ? 'wait-1' : options.waitId,
      question: {
        goal: options.goal ?? { type: 'FINISHED' },
        settings: { ...DEFAULT_WAIT_SETTINGS, ...options.settings },
        firstLook: i === 0 && options.fresh !== false,
        deadlineAt: options.deadlineAt ?? null,
      },
      scheduleIntervalSeconds: null,
    });
    const next = looks[i + 1];
    latest =
      options.everWatched === false || next === undefined
        ? derived.latest
        : { ...derived.latest, nextLookBy: next.requestedAt };
    results.push(derived.result);
  });
  if (latest === undefined) throw new Error('no look was played');
  return { latest, results, last: results.at(-1) as CheckResult, changes: latest.pending.map((change) => change.kind) };
}
