import fc from 'fast-check';
import type { Importance } from '../../../lambda/contract/oms';
import type { Change } from '../../../lambda/core/model/change';
import { failed, HOUR, MINUTE, ok, SECOND, syncing, T0 } from '../../support/observations';
import { play } from '../../support/run';

/** The kinds told by looks `every` ms apart, and after how many looks each came. */
function notified(polls: Parameters<typeof play>[0]): string[] {
  return polls
    .map((_, i) => play(polls.slice(0, i + 1), { waitId: null }).changes.length)
    .flatMap((count, i, counts) => {
      const kinds = play(polls.slice(0, i + 1), { waitId: null }).changes;
      return kinds.slice(counts[i - 1] ?? 0, count).map((kind) => `${kind}@${i}`);
    });
}

describe('status', () => {
  test('is told on every change, from and to in OMS’s own words', () => {
    const words = ['INIT', 'RUNNING', 'SHINY', 'RUNNING', 'SUSPEND', 'RUNNING', 'FINISHED'];
    const { projectState } = play(words.map((status, i) => ok(T0 + i * MINUTE, { status })));
    expect(projectState.pending.map(({ from, to }) => `${from}>${to}`)).toEqual([
      'INIT>RUNNING',
      'RUNNING>SHINY',
      'SHINY>RUNNING',
      'RUNNING>SUSPEND',
      'SUSPEND>RUNNING',
      'RUNNING>FINISHED',
    ]);
    expect(projectState.pending.map((change) => change.sequence)).toEqual([1, 2, 3, 4, 5, 6]);
  });

  test('is told across looks that failed in between', () => {
    const polls = [ok(T0), failed(T0 + 10 * SECOND), ok(T0 + 20 * SECOND, { status: 'FINISHED' })];
    expect(notified(polls)).toEqual(['status@2']);
  });

  test.each([
    ['INIT', []],
    ['RUNNING', []],
    ['FINISHED', []],
    ['FAILED', ['found@0']],
    ['SUSPEND', ['found@0']],
    ['DELETED', ['found@0']],
    ['SHINY', ['found@0']],
  ])('first seen as %s tells %j: only what needs someone', (status, expected) => {
    expect(notified([ok(T0, { status })])).toEqual(expected);
  });
});

describe('health', () => {
  test('tells that OMS does not answer after three looks and a minute, and that it answers again', () => {
    const polls = [ok(T0), ...[10, 20, 40, 80].map((s) => failed(T0 + s * SECOND)), ok(T0 + 100 * SECOND)];
    expect(notified(polls)).toEqual(['unreachable@4', 'answering@5']);
  });

  test('says nothing of a single time-out', () => {
    expect(notified([ok(T0), failed(T0 + 10 * SECOND), ok(T0 + 20 * SECOND)])).toEqual([]);
  });

  test('tells refused credentials at once, and once', () => {
    const refused = (s: number) => failed(T0 + s * SECOND, 'OmsRejectedCredentials');
    expect(notified([ok(T0), refused(10), refused(20), ok(T0 + 30 * SECOND)])).toEqual([
      'credentials-refused@1',
      'credentials-accepted@3',
    ]);
  });

  test('tells at the first look that OMS knows a project no longer, once, and that it knows it again', () => {
    const missing = (minutes: number) => failed(T0 + minutes * MINUTE, 'OmsProjectNotFound');
    const polls = [ok(T0), missing(5), missing(10), missing(15), missing(20), ok(T0 + 25 * MINUTE), missing(30)];
    expect(notified(polls)).toEqual(['vanished@1', 'back@5', 'vanished@6']);
    expect(play(polls, { waitId: null }).projectState.pending[0]).toMatchObject({
      status: 'RUNNING',
      detail: 'OMS last knew it at 2026-11-23T00:00:00.000Z; OMS: OmsProjectNotFound',
    });
  });

  test('says nothing new of a project that vanishes after it was told to be released or deleted', () => {
    const polls = [ok(T0), ok(T0 + 5 * MINUTE, { status: 'RELEASED' })];
    const missing = [10, 15, 20, 25].map((minutes) => failed(T0 + minutes * MINUTE, 'OmsProjectNotFound'));
    expect(notified([...polls, ...missing])).toEqual(['status@1']);
  });

  test('tells what else comes of a project that comes back', () => {
    const polls = [ok(T0), failed(T0 + 5 * MINUTE, 'OmsProjectNotFound'), ok(T0 + 9 * MINUTE, { status: 'SUSPEND' })];
    expect(notified(polls)).toEqual(['vanished@1', 'status@2', 'back@2']);
  });

  test.each([
    ['unreachable', 'OmsUnreachable', ['unreachable@3', 'answering@4', 'vanished@4', 'back@5']],
    ['refusing', 'OmsRejectedCredentials', ['credentials-refused@1', 'credentials-accepted@4', 'vanished@4', 'back@5']],
  ] as const)('takes it for the end of an OMS that was %s, which has answered after all', (_, outcome, expected) => {
    const outage = [5, 10, 15].map((minutes) => failed(T0 + minutes * MINUTE, outcome));
    const missing = failed(T0 + 20 * MINUTE, 'OmsProjectNotFound');
    expect(notified([ok(T0), ...outage, missing, ok(T0 + 25 * MINUTE)])).toEqual(expected);
  });

  test('tells of an outage that begins after a project has vanished, and holds the project for as vanished as before', () => {
    const polls = [
      ok(T0),
      ...[5, 10].map((minutes) => failed(T0 + minutes * MINUTE, 'OmsProjectNotFound')),
      ...[15, 20, 25].map((minutes) => failed(T0 + minutes * MINUTE)),
      failed(T0 + 30 * MINUTE, 'OmsProjectNotFound'),
      ok(T0 + 35 * MINUTE, { fullMigrationProgress: 41 }),
    ];
    expect(notified(polls)).toEqual(['vanished@1', 'unreachable@5', 'answering@6', 'back@7']);
  });

  test('does not say of a project that OMS never knew that it has vanished', () => {
    const polls = [0, 5, 10].map((minutes) => failed(T0 + minutes * MINUTE, 'OmsProjectNotFound'));
    expect(notified(polls)).toEqual(['unreachable@2']);
    expect(play(polls, { waitId: null }).projectState.pending[0]).toMatchObject({ outcome: 'OmsProjectNotFound' });
  });

  test('tells a stall after half an hour without movement, and the end of it', () => {
    const still = Array.from({ length: 9 }, (_, i) => ok(T0 + i * 5 * MINUTE));
    expect(notified([...still, ok(T0 + 45 * MINUTE, { fullMigrationProgress: 41 })])).toEqual([
      'stalled@6',
      'moving@9',
    ]);
  });

  test.each([
    ['a percent that moves', (i: number) => ok(T0 + i * 10 * MINUTE, { fullMigrationProgress: 40 + i })],
    ['a checkpoint that moves', (i: number) => syncing(T0 + i * 10 * MINUTE, 20)],
    [
      'verification, which reports no progress',
      (i: number) => ok(T0 + i * 10 * MINUTE, { currentStep: 'FULL_VALIDATION' }),
    ],
    ['a suspension', (i: number) => ok(T0 + i * 10 * MINUTE, { status: 'SUSPEND', importance: 'IGNORE' })],
  ])('does not take %s for a stall', (_, observation) => {
    const kinds = notified(Array.from({ length: 8 }, (_unused, i) => observation(i)));
    expect(kinds.filter((kind) => kind.startsWith('stalled'))).toEqual([]);
  });

  test('does not take a percent of a very long copy for a stall, and a percent that takes twice as long as the others for one', () => {
    const slow = Array.from({ length: 30 }, (_, i) =>
      ok(T0 + i * 30 * MINUTE, { fullMigrationProgress: Math.floor(i / 6) }),
    );
    // Before the first percent nobody knows how long one takes: that silence is told, once.
    expect(notified(slow)).toEqual(['stalled@1', 'moving@6']);
    const still = Array.from({ length: 12 }, (_, i) => ok(T0 + (30 + i) * 30 * MINUTE, { fullMigrationProgress: 4 }));
    const { projectState, last } = play([...slow, ...still], { waitId: null });
    expect(projectState.pending.at(-1)).toMatchObject({
      kind: 'stalled',
      detail: 'no percent and no checkpoint has moved for 6 h of running',
    });
    expect(last.reason).toMatchObject({ code: 'Stalled' });
  });

  test.each([
    ['HIGH', 40, 20],
    ['MEDIUM', 310, 200],
    ['LOW', 1000, 600],
  ] as const)(
    'tells a lag past the threshold of importance %s after three looks, and its end well below it',
    (importance, high, low) => {
      const lags = [5, high, high, 5, high, high, high, high, low, low, low];
      const polls = lags.map((lag, i) => syncing(T0 + (i + 1) * 20 * MINUTE, lag, { importance }));
      expect(notified(polls)).toEqual(['lagging@6', 'caught-up@10']);
    },
  );

  test('never tells a lag of importance IGNORE', () => {
    const polls = Array.from({ length: 6 }, (_, i) => syncing(T0 + i * HOUR, 50_000, { importance: 'IGNORE' }));
    expect(notified(polls)).toEqual([]);
  });

  test('tells at 50, 80 and 95 percent of the time in which OMS can resume a suspended project', () => {
    const polls = [ok(T0), ...Array.from({ length: 13 }, (_, i) => ok(T0 + (i + 1) * HOUR, { status: 'SUSPEND' }))];
    expect(notified(polls)).toEqual(['status@1', 'expiring@7', 'expiring@11', 'expiring@13']);
  });

  test.each(['SUSPEND', 'FAILED'])('counts down for a project that is %s, and says how much time is left', (status) => {
    const polls = [ok(T0), ...[0, 6, 10, 11.5, 13].map((hours) => ok(T0 + MINUTE + hours * HOUR, { status }))];
    const { projectState } = play(polls, { waitId: null });
    expect(projectState.pending.filter(({ kind }) => kind === 'expiring').map(({ detail }) => detail)).toEqual([
      `${status} for 6 h; about 6 h left in which OMS can resume it`,
      `${status} for 10 h; about 2 h left in which OMS can resume it`,
      `${status} for 11 h 30 min; about 30 min left in which OMS can resume it`,
    ]);
  });

  test('says that it may be too late where nobody looked in time', () => {
    const polls = [ok(T0), ok(T0 + MINUTE, { status: 'SUSPEND' }), ok(T0 + 20 * HOUR, { status: 'SUSPEND' })];
    const { projectState } = play(polls, { waitId: null, everWatched: false });
    expect(projectState.pending.at(-1)).toMatchObject({
      kind: 'expiring',
      detail: 'SUSPEND for 19 h 59 min; OMS may no longer be able to resume it',
    });
  });

  test('counts anew after a resumption', () => {
    const status = (hours: number, word: string) => ok(T0 + hours * HOUR, { status: word });
    const polls = [
      status(0, 'SUSPEND'),
      status(7, 'SUSPEND'),
      status(8, 'RUNNING'),
      status(9, 'SUSPEND'),
      status(16, 'SUSPEND'),
    ];
    expect(notified(polls).filter((kind) => kind.startsWith('expiring'))).toEqual(['expiring@1', 'expiring@4']);
  });

  test('does not flap: a lag about its threshold is told once, however it moves', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 22, max: 60 }), { maxLength: 40 }), (lags) => {
        const polls = [50, 50, 50, ...lags].map((lag, i) =>
          syncing(T0 + (i + 1) * 20 * MINUTE, lag, { importance: 'HIGH' }),
        );
        expect(play(polls, { waitId: null }).changes.filter((kind) => /lagging|caught-up/.test(kind))).toEqual([
          'lagging',
        ]);
      }),
    );
  });

  test('forgets a lag that was declared unimportant in OMS, and tells of it again when it matters again', () => {
    const importances = [...Array(3).fill('HIGH'), 'IGNORE', ...Array(3).fill('HIGH')] as Importance[];
    const polls = importances.map((importance, i) => syncing(T0 + (i + 1) * 20 * MINUTE, 50, { importance }));
    expect(notified(polls)).toEqual(['lagging@2', 'lagging@6']);
  });
});

test('what waits to be told is bounded, and status changes stay longest', () => {
  const polls = Array.from({ length: 120 }, (_, i) =>
    ok(T0 + i * MINUTE, { status: i % 2 === 0 ? 'RUNNING' : 'SUSPEND' }),
  );
  const { projectState } = play(polls);
  expect(projectState.pending).toHaveLength(50);
  expect(projectState.pending.at(-1)?.sequence).toBe(119);
});

test('what a cutover asks of somebody waits longest of all', () => {
  const words = Array.from({ length: 60 }, (_, i) => (i % 2 === 0 ? 'RUNNING' : 'SUSPEND'));
  const { projectState } = play(words.slice(0, 2).map((status, i) => ok(T0 + i * MINUTE, { status })));
  const asked = { ...(projectState.pending[0] as Change), id: 'asked', kind: 'cutover' as const };
  const { projectState: later } = play(
    words.slice(2).map((status, i) => ok(T0 + (i + 2) * MINUTE, { status })),
    {
      before: { ...projectState, pending: [asked] },
    },
  );
  expect(later.pending).toHaveLength(50);
  expect(later.pending[0]).toMatchObject({ id: 'asked' });
});

test('what waits to be told fits into an item, whatever OMS says, and the newest keeps its words', () => {
  const words = '磁'.repeat(500);
  const said = { code: words, message: words, reason: words, proposal: words, advice: words, failedStepMessage: words };
  const polls = Array.from({ length: 60 }, (_, i) =>
    ok(T0 + i * MINUTE, { status: i % 2 === 0 ? 'RUNNING' : 'SUSPEND' }, { said }),
  );
  const { pending } = play(polls).projectState;
  expect(pending).toHaveLength(50);
  expect(Buffer.byteLength(JSON.stringify(pending))).toBeLessThanOrEqual(200_000);
  expect(pending.at(-1)?.said).toEqual(said);
});
