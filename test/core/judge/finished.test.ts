import { DEFAULT_WAIT_SETTINGS } from '../../../lambda/contract/defaults';
import { derive } from '../../../lambda/core/check/derive';
import type { Change } from '../../../lambda/core/model/change';
import { STATUSES } from '../../../lambda/core/model/progress';
import { observationIn } from '../../../lambda/core/model/snapshot';
import { notificationOf } from '../../../lambda/core/notifications/notification';
import { play } from '../../support/run';
import { failed, HOUR, MINUTE, ok, SECOND, T0 } from '../../support/values/observations';

const NO_INCREMENTAL = { enableIncrSync: false };

describe('goal FINISHED', () => {
  test.each([
    ['INIT', 'NOT_YET', 'NotStarted'],
    ['RUNNING', 'NOT_YET', 'NotFinished'],
    ['RUNNING_MODIFYING', 'NOT_YET', 'NotFinished'],
    ['RUNNING_MERGING', 'NOT_YET', 'NotFinished'],
    ['RUNNING_ALARMING', 'NOT_YET', 'NotFinished'],
    ['SUSPEND', 'NOT_YET', 'MigrationSuspended'],
    ['FAILED', 'NOT_YET', 'MigrationFailed'],
    ['FINISHED', 'MET', 'Finished'],
    ['RELEASING', 'FAILED', 'MigrationGone'],
    ['RELEASED', 'FAILED', 'MigrationGone'],
    ['DELETED', 'FAILED', 'MigrationGone'],
    ['SHINY', 'NOT_YET', 'UnknownStatus'],
  ])('in a first poll, %s is %s with %s', (status, verdict, code) => {
    const { last } = play([ok(T0, { status, ...NO_INCREMENTAL })]);
    expect([last.verdict, last.reason.code]).toEqual([verdict, code]);
  });

  test.each(STATUSES.filter((status) => status !== 'FINISHED'))(
    'is met after %s only by the word FINISHED',
    (status) => {
      const { results } = play([ok(T0, { status }), ok(T0 + SECOND, { status: 'FINISHED' })]);
      expect(results.map((result) => result.verdict === 'MET')).toEqual([false, true]);
    },
  );

  test('says that incremental sync may keep the project RUNNING forever, and notifies once', () => {
    const running = { enableIncrSync: true, currentStep: 'INCR_SYNC', fullMigrationProgress: 100 };
    const { results, changes } = play([ok(T0, running), ok(T0 + MINUTE, running), ok(T0 + 2 * MINUTE, running)]);
    expect(results.map((result) => result.reason.code)).toEqual(['MayNeverFinish', 'MayNeverFinish', 'MayNeverFinish']);
    expect(changes).toEqual(['may-never-finish']);
  });

  test('does not notify that it may never finish outside a wait', () => {
    const { changes } = play([ok(T0, { enableIncrSync: true })], { waitId: null });
    expect(changes).toEqual([]);
  });

  test('fails with DeadlineExceeded at the deadline, with what was seen last', () => {
    const { results } = play(
      [ok(T0), ok(T0 + HOUR - 1, { fullMigrationProgress: 41 }), ok(T0 + HOUR, { fullMigrationProgress: 42 })],
      { deadlineAt: T0 + HOUR },
    );
    expect(results.map((result) => result.verdict)).toEqual(['NOT_YET', 'NOT_YET', 'FAILED']);
    expect(results[2]?.reason).toEqual({
      code: 'DeadlineExceeded',
      message:
        'not FINISHED by 2026-11-23T01:00:00.000Z; last seen: RUNNING, FULL_MIGRATION 42 %, about 1 d 5 h of copying left',
      params: {
        goal: 'FINISHED',
        deadlineAt: '2026-11-23T01:00:00.000Z',
        last: {
          code: 'NotFinished',
          params: { status: 'RUNNING', step: 'FULL_MIGRATION', fullProgress: 42, copySecondsLeft: 104_400 },
        },
      },
    });
  });

  test('is met when FINISHED and the deadline come together', () => {
    const { last } = play([ok(T0, { status: 'FINISHED' })], { deadlineAt: T0 });
    expect(last.verdict).toBe('MET');
  });
});

describe('grace periods', () => {
  const grace = { failedGraceSeconds: 120 };

  test('tolerate FAILED until the grace period is over', () => {
    const polls = [0, 60, 119, 120].map((seconds) => ok(T0 + seconds * SECOND, { status: 'FAILED' }));
    const { results } = play(polls, { settings: grace });
    expect(results.map((result) => result.verdict)).toEqual(['NOT_YET', 'NOT_YET', 'NOT_YET', 'FAILED']);
    expect(results[3]?.reason.code).toBe('MigrationFailed');
  });

  test('of zero fail at once', () => {
    const { last } = play([ok(T0, { status: 'FAILED' })], { settings: { failedGraceSeconds: 0 } });
    expect([last.verdict, last.reason.code]).toEqual(['FAILED', 'MigrationFailed']);
  });

  test('start again after a poll that saw the project running', () => {
    const polls = [
      ok(T0, { status: 'FAILED' }),
      ok(T0 + 100 * SECOND, { status: 'RUNNING' }),
      ok(T0 + 110 * SECOND, { status: 'FAILED' }),
      ok(T0 + 220 * SECOND, { status: 'FAILED' }),
      ok(T0 + 230 * SECOND, { status: 'FAILED' }),
    ];
    const { results } = play(polls, { settings: grace });
    expect(results.map((result) => result.verdict)).toEqual(['NOT_YET', 'NOT_YET', 'NOT_YET', 'NOT_YET', 'FAILED']);
  });

  test.each([
    ['once an hour', 12],
    ['every other time', 2],
  ])('continue over polls without an answer, which are no evidence against them: %s', (_, nth) => {
    const polls = Array.from({ length: 12 * 12 + 1 }, (_unused, i) =>
      i % nth === 1 ? failed(T0 + i * 5 * MINUTE) : ok(T0 + i * 5 * MINUTE, { status: 'SUSPEND' }),
    );
    const { results } = play(polls);
    expect(results.findIndex(({ verdict }) => verdict === 'FAILED')).toBe(144);
    expect(results.at(-1)?.reason.code).toBe('MigrationSuspended');
  });

  test('start again after polls without an answer for more than a quarter of the grace period', () => {
    const played = (gap: number) =>
      play(
        [
          ok(T0, { status: 'FAILED' }),
          ...Array.from({ length: gap - 1 }, (_, i) => failed(T0 + (i + 1) * SECOND)),
          ok(T0 + gap * SECOND, { status: 'FAILED' }),
        ],
        { settings: grace },
      ).last.reason.message;
    expect(played(30)).toContain('observed for 30 s, fails after 2 min');
    expect(played(31)).toContain('observed for 0 s, fails after 2 min');
  });

  test('are polled for in time also where the last poll got no answer', () => {
    const polls = [ok(T0, { status: 'FAILED' }), failed(T0 + 10 * SECOND, 'OmsRejectedCredentials')];
    expect(play(polls, { settings: grace }).last.waitSeconds).toBeLessThanOrEqual(110);
  });

  test('never end on a poll without an answer', () => {
    const polls = [ok(T0, { status: 'FAILED' }), failed(T0 + 119 * SECOND), failed(T0 + 300 * SECOND)];
    expect(play(polls, { settings: grace }).last.reason.code).toBe('OmsUnreachable');
  });

  test('do not run while nothing polls', () => {
    const polls = [ok(T0, { status: 'FAILED' }), ok(T0 + 3 * HOUR, { status: 'FAILED' })];
    const { last } = play(polls, { settings: grace, alwaysInTime: false });
    expect(last.verdict).toBe('NOT_YET');
    expect(last.reason.message).toContain('observed for 0 s, fails after 2 min');
  });

  test('continue over polls that come in time', () => {
    let polls = [ok(T0, { status: 'FAILED' })];
    for (;;) {
      const { last } = play(polls, { settings: grace, alwaysInTime: false });
      if (last.verdict === 'FAILED') break;
      polls = [...polls, ok(Date.parse(last.observedAt) + last.waitSeconds * SECOND + 200, { status: 'FAILED' })];
    }
    expect((polls.at(-1) as { answeredAt: number }).answeredAt - T0).toBeLessThan(125 * SECOND);
  });

  test.each([
    ['SUSPEND', 'MigrationSuspended', 12 * HOUR],
    ['FAILED', 'MigrationFailed', 2 * MINUTE],
    ['SHINY', 'UnknownStatus', 10 * MINUTE],
  ])('by default end %s with %s', (status, code, after) => {
    const polls = [ok(T0, { status }), ok(T0 + after - SECOND, { status }), ok(T0 + after, { status })];
    const { results } = play(polls);
    expect(results.map((result) => result.verdict)).toEqual(['NOT_YET', 'NOT_YET', 'FAILED']);
    expect(results[2]?.reason.code).toBe(code);
  });

  test.each(['OmsUnreachable', 'OmsBadReply', 'OmsRefused'] as const)(
    'end %s with OmsUnreachable after an hour',
    (outcome) => {
      const { results } = play([failed(T0, outcome), failed(T0 + HOUR - SECOND, outcome), failed(T0 + HOUR, outcome)]);
      expect(results.map((result) => [result.verdict, result.reason.code])).toEqual([
        ['NOT_YET', 'OmsUnreachable'],
        ['NOT_YET', 'OmsUnreachable'],
        ['FAILED', 'OmsUnreachable'],
      ]);
    },
  );

  test('add up over different failures of OMS, so that a wait always ends', () => {
    const outcomes = [
      'OmsUnreachable',
      'OmsRejectedCredentials',
      'OmsBadReply',
      'OmsRejectedCredentials',
      'OmsUnreachable',
    ] as const;
    const polls = outcomes.map((outcome, i) => failed(T0 + i * 15 * MINUTE, outcome));
    expect(play(polls, { fresh: false }).last.reason.code).toBe('OmsUnreachable');
    expect(play(polls, { fresh: false }).last.verdict).toBe('FAILED');
  });
});

describe('credentials that OMS rejects', () => {
  test('fail a wait at once on its first poll', () => {
    const { last } = play([failed(T0, 'OmsRejectedCredentials')]);
    expect([last.verdict, last.reason.code]).toEqual(['FAILED', 'OmsRejectedCredentials']);
  });

  test('are tolerated for five minutes in the middle of a wait, at the longest interval', () => {
    const at = T0 + MINUTE;
    const polls = [
      ok(T0),
      failed(at, 'OmsRejectedCredentials'),
      failed(at + 299 * SECOND, 'OmsRejectedCredentials'),
      failed(at + 300 * SECOND, 'OmsRejectedCredentials'),
    ];
    const { results } = play(polls);
    expect(results.map((result) => result.verdict)).toEqual(['NOT_YET', 'NOT_YET', 'NOT_YET', 'FAILED']);
    expect(results[1]?.waitSeconds).toBe(299);
  });
});

describe('a project that does not exist in OMS', () => {
  test('fails at once with OmsProjectNotFound where OMS never had it', () => {
    const { last } = play([failed(T0, 'OmsProjectNotFound')]);
    expect([last.verdict, last.reason.code]).toEqual(['FAILED', 'OmsProjectNotFound']);
  });

  test('fails at once with MigrationGone where OMS had it', () => {
    const { last } = play([
      ok(T0),
      failed(T0 + MINUTE, 'OmsUnreachable'),
      failed(T0 + 2 * MINUTE, 'OmsProjectNotFound'),
    ]);
    expect([last.verdict, last.reason.code]).toEqual(['FAILED', 'MigrationGone']);
  });
});

describe('FINISHED with a copy phase below 100 %', () => {
  const finished = (progress: object) =>
    ok(T0 + MINUTE, { status: 'FINISHED', fullMigrationProgress: 100, ...progress });
  const FULL_63 = { fullMigrationProgress: 63 };

  test.each([
    ['full migration at 63 %', FULL_63, [{ phase: 'full', percent: 63 }], ['fullMigrationProgress']],
    [
      'structure migration at 40 %',
      { structMigrationProgress: 40 },
      [{ phase: 'structure', percent: 40 }],
      ['structMigrationProgress'],
    ],
    [
      'a phase that OMS does not report as enabled',
      { ...FULL_63, enableFullMigration: null },
      [{ phase: 'full', percent: 63 }],
      ['fullMigrationProgress'],
    ],
    ['a phase that is off', { ...FULL_63, enableFullMigration: false }, [], []],
    ['an unknown percentage', { fullMigrationProgress: null }, [], []],
  ])('stands, with an anomaly where it is one: %s', (_, progress, unfinished, fields) => {
    const { last } = play([finished(progress)]);
    expect(last).toMatchObject({ verdict: 'MET', reason: { code: 'Finished', params: { unfinished } } });
    expect(last.anomalies.map(({ field }) => field)).toEqual(fields);
  });

  test('is in the reason of the result, of FINISHED and of SWITCHED', () => {
    const beware = 'but full migration is at 63 %: compare the target with the source';
    expect(play([finished(FULL_63)]).last.reason.message).toBe(`the project is FINISHED, ${beware}`);
    expect(play([finished(FULL_63)], { goal: { type: 'SWITCHED' } }).last.reason.message).toBe(
      `the project is FINISHED, and reverse synchronization is off, ${beware}`,
    );
  });

  test('is in the e-mail: in its subject, its details and its advice', () => {
    const { pending } = play([ok(T0), finished(FULL_63)]).projectState;
    const { subject, body, event } = notificationOf(pending.at(-1) as Change);
    expect(subject).toBe('[oms-cutover] p_x FINISHED (was RUNNING 60 s), FULL_MIGRATION 63 %');
    const detail = 'fullMigrationProgress is below 100 although the project is FINISHED (63)';
    expect(body.replace(/\n {2}/g, ' ')).toContain(`\nDetail: ${detail}\n`);
    expect(event.detail).toBe(detail);
    expect(event.advice).toContain('do not continue before you have compared the target with the source');
  });

  test('is found once when stored polls are replayed', () => {
    const { snapshot } = derive(undefined, finished(FULL_63), {
      project: 'p_x',
      checkId: 'c1',
      looker: 'check',
      waitId: null,
      question: { goal: { type: 'FINISHED' }, settings: DEFAULT_WAIT_SETTINGS, firstPoll: true, deadlineAt: null },
      scheduleIntervalSeconds: null,
    });
    expect(snapshot.anomalies).toHaveLength(1);
    expect(observationIn(snapshot).anomalies).toEqual([]);
  });
});
