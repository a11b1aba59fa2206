import type { Progress } from '../../../lambda/core/model/progress';
import type { Notified } from '../../../lambda/core/model/project-state';
import { play } from '../../support/run';
import { failed, HOUR, MINUTE, ok, SECOND, syncing, T0 } from '../../support/values/observations';

/** A copy at 63 % whose stall was notified, in a wait for FINISHED on a project that may never finish. */
const OLD_LIFE = Array.from({ length: 8 }, (_, i) =>
  ok(T0 + i * 5 * MINUTE, { enableIncrSync: true, fullMigrationProgress: 63 }),
);
const NOTIFIED_ONCE = ['may-never-finish', 'stalled'];
const NEW = T0 + HOUR;
const kindsOf = (polls: Parameters<typeof play>[0]) => play(polls).changes.filter((kind) => kind !== 'status');

const running = (at: number, progress: Partial<Progress> = {}) => ok(at, { enableIncrSync: true, ...progress });
/** The same condition as in the old life, from `at` on. */
const sameAgain = (at: number, fullMigrationProgress: number) =>
  Array.from({ length: 8 }, (_, i) => running(at + i * 5 * MINUTE, { fullMigrationProgress }));

describe('a project created anew under its id', () => {
  test.each([
    ['INIT after RELEASED', [{ status: 'RELEASED' }, { status: 'INIT', fullMigrationProgress: null }]],
    ['RUNNING after DELETED', [{ status: 'DELETED' }]],
    ['INIT after RUNNING, its end not seen', [{ status: 'INIT', fullMigrationProgress: null }]],
    ['UNCONFIGURED after FAILED', [{ status: 'FAILED' }, { status: 'UNCONFIGURED', fullMigrationProgress: null }]],
    [
      'progress back at 0 in an earlier step',
      [{ currentStep: 'PREPARE', structMigrationProgress: null, fullMigrationProgress: null }],
    ],
    ['progress back at 0 in the same step', []],
    ['FINISHED, and RUNNING with less', [{ status: 'FINISHED', fullMigrationProgress: 100 }], 30],
  ])('is told everything again that is told once: %s', (_, between: readonly Partial<Progress>[], percent = 0) => {
    const polls = [
      ...OLD_LIFE,
      ...between.map((progress, i) =>
        running(NEW - (between.length - i) * MINUTE, { fullMigrationProgress: 63, ...progress }),
      ),
      ...sameAgain(NEW, percent),
    ];
    expect(kindsOf(OLD_LIFE)).toEqual(NOTIFIED_ONCE);
    expect(kindsOf(polls).filter((kind) => kind !== 'progressing')).toEqual([...NOTIFIED_ONCE, ...NOTIFIED_ONCE]);
  });

  test('is told everything again after OMS did not have it, and has it with less progress', () => {
    const polls = [...OLD_LIFE, failed(NEW - MINUTE, 'OmsProjectNotFound'), running(NEW, { fullMigrationProgress: 5 })];
    expect(kindsOf(polls)).toEqual([...NOTIFIED_ONCE, 'gone-from-oms', 'found-again', 'may-never-finish']);
  });

  test.each([
    ['resumed', [{ status: 'SUSPEND' }, {}]],
    ['moving on', [{ fullMigrationProgress: 64 }]],
    ['a percentage that goes back a little', [{ fullMigrationProgress: 60 }]],
    ['a percentage that is unknown for one poll', [{ fullMigrationProgress: null }, {}]],
    ['a status nobody knows', [{ status: 'SHINY' }, {}]],
  ])('is another thing than one that is %s', (_, progress: readonly Partial<Progress>[]) => {
    const polls = [
      ...OLD_LIFE,
      ...progress.map((each, i) => running(NEW + i * MINUTE, { fullMigrationProgress: 63, ...each })),
    ];
    expect(kindsOf(polls).filter((kind) => kind === 'may-never-finish')).toHaveLength(1);
  });

  test('is another thing than one that OMS had not for a moment, and has as it was', () => {
    const polls = [
      ...OLD_LIFE,
      failed(NEW - MINUTE, 'OmsProjectNotFound'),
      running(NEW, { fullMigrationProgress: 63 }),
    ];
    expect(kindsOf(polls)).toEqual([...NOTIFIED_ONCE, 'gone-from-oms', 'found-again']);
  });

  test('shows it as an anomaly, once', () => {
    const { results } = play([
      ...OLD_LIFE,
      running(NEW, { status: 'INIT', fullMigrationProgress: null }),
      running(NEW + MINUTE),
    ]);
    const found = results.map(({ anomalies }) => anomalies.filter(({ field }) => field === 'status'));
    expect(found.slice(-2)).toEqual([
      [
        {
          field: 'status',
          value: 'INIT',
          problem: 'begins anew after RUNNING: the project was created again under its id, or started again',
          foundIn: 'HISTORY',
        },
      ],
      [],
    ]);
  });

  test('has no forecast, hold, best lag, grace period or reverse checkpoint of its old life', () => {
    const old = [
      ...Array.from({ length: 5 }, (_, i) => running(T0 + i * MINUTE, { fullMigrationProgress: 40 + i * 10 })),
      ...Array.from({ length: 8 }, (_, i) => syncing(T0 + (60 + i) * 10 * SECOND, 3)),
      ...[0, 10].map((s) =>
        syncing(T0 + 800 * SECOND + s * SECOND, 3, {
          currentStep: 'REVERSE_INCR_SYNC',
          reverseIncrSyncCheckpoint: T0 / 1000 + s,
        }),
      ),
      running(NEW - MINUTE, { status: 'FAILED', fullMigrationProgress: 100 }),
    ];
    const before = play(old).projectState;
    const { projectState } = play([running(NEW, { status: 'INIT', fullMigrationProgress: null })], { before });
    expect(projectState).toMatchObject({
      marks: [],
      activeMs: 0,
      movedAtActiveMs: 0,
      bestLagSeconds: null,
      series: {},
      statusSince: NEW,
      stepSince: NEW,
      spans: [{ ready: false, from: NEW, to: NEW }],
      // What is not of the project goes on.
      version: before.version + 1,
    });
    expect(projectState.reverse).toBeUndefined();
    expect(projectState.sourceAheadMs).toBeUndefined();
    expect(projectState.pending.slice(0, before.pending.length)).toEqual(before.pending);
    expect(projectState.sequence).toBe(before.sequence + projectState.pending.length - before.pending.length);
  });

  test.each<[string, Notified, readonly string[]]>([
    ['that OMS was unreachable, which is now over', { unreachable: true }, ['status', 'reachable']],
    ['that OMS rejected the account, which is now over', { credentials: true }, ['status', 'credentials-accepted']],
    ['that OMS did not have it, which is now over', { gone: true }, ['status', 'found-again']],
    ['an open rollback path, which is now lost', { rollbackPath: 'OPEN' }, ['status', 'rollback-path-lost']],
    ['a lost rollback path, of which no more is said', { rollbackPath: 'LOST' }, ['status']],
  ])('ends what was told of the old one: %s', (_, notified, expected) => {
    const before = { ...play([running(T0)], { waitId: null }).projectState, notified };
    const { changes } = play([running(NEW, { status: 'INIT', fullMigrationProgress: null })], { before, waitId: null });
    expect(changes).toEqual(expected);
  });

  test('meets a goal of the same wait again', () => {
    const goal = { type: 'SYNCED', maxLagSeconds: 30, holdSeconds: 20 } as const;
    const life = (at: number) => Array.from({ length: 4 }, (_, i) => syncing(at + i * 10 * SECOND, 3));
    const polls = [...life(T0), running(NEW, { status: 'INIT', fullMigrationProgress: null }), ...life(NEW + MINUTE)];
    expect(play(polls, { goal }).changes).toEqual(['goal-met', 'status', 'status', 'goal-met']);
  });
});
