/** Changes as the store keeps them. */
import type { Change, ChangeFacts, ChangeKind, Detected, SummedUp } from '../../../lambda/core/model/change';
import { HOUR, MINUTE, SECOND, T0 } from './observations';

/** Of a project that failed after three hours. */
export const FACTS: ChangeFacts = {
  id: 'c1-1',
  sequence: 7,
  project: 'p_x',
  at: T0 + 3 * HOUR + 12 * MINUTE,
  status: 'FAILED',
  step: 'FULL_MIGRATION',
  importance: 'HIGH',
  structProgress: 100,
  fullProgress: 63,
  lagSeconds: null,
  eta: null,
  said: { message: 'target is full', proposal: 'free some disk' },
  anomalies: [],
};

export const FAILED = {
  ...FACTS,
  kind: 'status',
  params: { from: 'RUNNING', to: 'FAILED', since: T0 },
} as const satisfies SummedUp;

/** The same, observed by an execution that waits. */
export const FAILED_IN_A_WAIT = {
  ...FAILED,
  execution: 'arn:aws:states:eu-central-1:111122223333:execution:Wait:run-1',
} as const satisfies SummedUp;

/** What happened, one of each kind. @param words every text that comes from outside. */
export function detected(words = 'words of others'): {
  readonly [K in ChangeKind]: Extract<Detected, { kind: K }>;
} {
  const since = T0;
  const lag = { lagSeconds: 48, thresholdSeconds: 30, importance: 'HIGH' } as const;
  return {
    status: { kind: 'status', params: { from: words, to: words, since } },
    'first-seen': { kind: 'first-seen', params: { since } },
    unreachable: { kind: 'unreachable', params: { outcome: 'OmsUnreachable', problem: words, since } },
    reachable: { kind: 'reachable', params: {} },
    'credentials-rejected': { kind: 'credentials-rejected', params: { problem: words, since } },
    'credentials-accepted': { kind: 'credentials-accepted', params: {} },
    'gone-from-oms': { kind: 'gone-from-oms', params: { problem: words, lastSeenAt: T0 + 3 * HOUR } },
    'found-again': { kind: 'found-again', params: {} },
    stalled: { kind: 'stalled', params: { stillSeconds: 1800 } },
    progressing: { kind: 'progressing', params: {} },
    lagging: { kind: 'lagging', params: lag },
    'caught-up': { kind: 'caught-up', params: { ...lag, lagSeconds: 12 } },
    expiring: { kind: 'expiring', params: { since, leftSeconds: 31_680 } },
    'may-never-finish': { kind: 'may-never-finish', params: {} },
    'goal-met': {
      kind: 'goal-met',
      params: {
        goal: 'SWITCHED',
        reason: {
          code: 'Switched',
          params: { reverse: { step: words, values: 2, checkpointAt: words }, unfinished: [] },
        },
      },
    },
    cutover: {
      kind: 'cutover',
      params: {
        headline: 'cutover SWITCHED',
        body: 'Receipt\n  one',
        advice: 'keep the source for now.',
        importance: 'MEDIUM',
      },
    },
    'rollback-path-lost': { kind: 'rollback-path-lost', params: { cause: 'stopped' } },
    'rollback-path-restored': { kind: 'rollback-path-restored', params: {} },
    summary: {
      kind: 'summary',
      params: {
        changes: [
          { ...FACTS, kind: 'status', params: { from: words, to: words, since } },
          { ...FACTS, at: FACTS.at + SECOND, sequence: 8, kind: 'reachable', params: {} },
        ],
        omitted: 0,
      },
    },
    test: { kind: 'test', params: {} },
  };
}

export function example(kind: ChangeKind, words?: string): Change {
  return { ...FACTS, ...detected(words)[kind] };
}
