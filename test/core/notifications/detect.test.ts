import fc from 'fast-check';
import type { Importance } from '../../../lambda/contract/oms';
import { play } from '../../support/run';
import { detected, FACTS } from '../../support/values/changes';
import { failed, HOUR, MINUTE, ok, SECOND, syncing, T0 } from '../../support/values/observations';

/** The kinds of the changes, and the poll that brought each: `stalled@6`. */
function notified(polls: Parameters<typeof play>[0]): string[] {
  return polls
    .map((_, i) => play(polls.slice(0, i + 1), { waitId: null }).changes.length)
    .flatMap((count, i, counts) => {
      const kinds = play(polls.slice(0, i + 1), { waitId: null }).changes;
      return kinds.slice(counts[i - 1] ?? 0, count).map((kind) => `${kind}@${i}`);
    });
}

describe('status', () => {
  test('is a change each time it differs, from and to in OMS’s own words', () => {
    const words = ['INIT', 'RUNNING', 'SHINY', 'RUNNING', 'SUSPEND', 'RUNNING', 'FINISHED'];
    const { projectState } = play(words.map((status, i) => ok(T0 + i * MINUTE, { status })));
    expect(
      projectState.pending.map(({ kind, params }) => (kind === 'status' ? `${params.from}>${params.to}` : kind)),
    ).toEqual([
      'INIT>RUNNING',
      'RUNNING>SHINY',
      'SHINY>RUNNING',
      'RUNNING>SUSPEND',
      'SUSPEND>RUNNING',
      'RUNNING>FINISHED',
    ]);
    expect(projectState.pending.map((change) => change.sequence)).toEqual([1, 2, 3, 4, 5, 6]);
  });

  test('is compared across failed polls', () => {
    const polls = [ok(T0), failed(T0 + 10 * SECOND), ok(T0 + 20 * SECOND, { status: 'FINISHED' })];
    expect(notified(polls)).toEqual(['status@2']);
  });

  test.each([
    ['INIT', []],
    ['RUNNING', []],
    ['FINISHED', []],
    ['FAILED', ['first-seen@0']],
    ['SUSPEND', ['first-seen@0']],
    ['DELETED', ['first-seen@0']],
    ['SHINY', ['first-seen@0']],
  ])('first seen as %s brings %j: only a status that requires attention', (status, expected) => {
    expect(notified([ok(T0, { status })])).toEqual(expected);
  });
});

describe('health', () => {
  test('is unreachable after three failed polls and a minute, and reachable at the next answer', () => {
    const polls = [ok(T0), ...[10, 20, 40, 80].map((s) => failed(T0 + s * SECOND)), ok(T0 + 100 * SECOND)];
    expect(notified(polls)).toEqual(['unreachable@4', 'reachable@5']);
  });

  test('ignores a single time-out', () => {
    expect(notified([ok(T0), failed(T0 + 10 * SECOND), ok(T0 + 20 * SECOND)])).toEqual([]);
  });

  test('reports rejected credentials at the first poll, once', () => {
    const refused = (s: number) => failed(T0 + s * SECOND, 'OmsRejectedCredentials');
    expect(notified([ok(T0), refused(10), refused(20), ok(T0 + 30 * SECOND)])).toEqual([
      'credentials-rejected@1',
      'credentials-accepted@3',
    ]);
  });

  test('reports at the first poll that a project no longer exists in OMS, once, and that it is found again', () => {
    const missing = (minutes: number) => failed(T0 + minutes * MINUTE, 'OmsProjectNotFound');
    const polls = [ok(T0), missing(5), missing(10), missing(15), missing(20), ok(T0 + 25 * MINUTE), missing(30)];
    expect(notified(polls)).toEqual(['gone-from-oms@1', 'found-again@5', 'gone-from-oms@6']);
    expect(play(polls, { waitId: null }).projectState.pending[0]).toMatchObject({
      status: 'RUNNING',
      params: { problem: 'OMS: OmsProjectNotFound', lastSeenAt: T0 },
    });
  });

  test('does not report that a project no longer exists in OMS after it was released or deleted', () => {
    const polls = [ok(T0), ok(T0 + 5 * MINUTE, { status: 'RELEASED' })];
    const missing = [10, 15, 20, 25].map((minutes) => failed(T0 + minutes * MINUTE, 'OmsProjectNotFound'));
    expect(notified([...polls, ...missing])).toEqual(['status@1']);
  });

  test('reports a change of status together with a project that is found again', () => {
    const polls = [ok(T0), failed(T0 + 5 * MINUTE, 'OmsProjectNotFound'), ok(T0 + 9 * MINUTE, { status: 'SUSPEND' })];
    expect(notified(polls)).toEqual(['gone-from-oms@1', 'status@2', 'found-again@2']);
  });

  test.each([
    ['unreachable', 'OmsUnreachable', ['unreachable@3', 'reachable@4', 'gone-from-oms@4', 'found-again@5']],
    [
      'refusing',
      'OmsRejectedCredentials',
      ['credentials-rejected@1', 'credentials-accepted@4', 'gone-from-oms@4', 'found-again@5'],
    ],
  ] as const)(
    'takes the answer that a project does not exist for the end of an OMS that was %s',
    (_, outcome, expected) => {
      const outage = [5, 10, 15].map((minutes) => failed(T0 + minutes * MINUTE, outcome));
      const missing = failed(T0 + 20 * MINUTE, 'OmsProjectNotFound');
      expect(notified([ok(T0), ...outage, missing, ok(T0 + 25 * MINUTE)])).toEqual(expected);
    },
  );

  test('reports an outage after a project no longer exists in OMS, and does not report the project again', () => {
    const polls = [
      ok(T0),
      ...[5, 10].map((minutes) => failed(T0 + minutes * MINUTE, 'OmsProjectNotFound')),
      ...[15, 20, 25].map((minutes) => failed(T0 + minutes * MINUTE)),
      failed(T0 + 30 * MINUTE, 'OmsProjectNotFound'),
      ok(T0 + 35 * MINUTE, { fullMigrationProgress: 41 }),
    ];
    expect(notified(polls)).toEqual(['gone-from-oms@1', 'unreachable@5', 'reachable@6', 'found-again@7']);
  });

  test('reports a project that OMS never knew as unreachable, not as gone', () => {
    const polls = [0, 5, 10].map((minutes) => failed(T0 + minutes * MINUTE, 'OmsProjectNotFound'));
    expect(notified(polls)).toEqual(['unreachable@2']);
    expect(play(polls, { waitId: null }).projectState.pending[0]).toMatchObject({
      params: { outcome: 'OmsProjectNotFound' },
    });
  });

  test('reports a stall after half an hour without progress, and its end', () => {
    const still = Array.from({ length: 9 }, (_, i) => ok(T0 + i * 5 * MINUTE));
    expect(notified([...still, ok(T0 + 45 * MINUTE, { fullMigrationProgress: 41 })])).toEqual([
      'stalled@6',
      'progressing@9',
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
    // Before the first percent there is no rate to compare with: that stall is reported, once.
    expect(notified(slow)).toEqual(['stalled@1', 'progressing@6']);
    const still = Array.from({ length: 12 }, (_, i) => ok(T0 + (30 + i) * 30 * MINUTE, { fullMigrationProgress: 4 }));
    const { projectState, last } = play([...slow, ...still], { waitId: null });
    expect(projectState.pending.at(-1)).toMatchObject({
      kind: 'stalled',
      params: { stillSeconds: 6 * 3600 },
    });
    expect(last.reason).toMatchObject({ code: 'Stalled' });
  });

  test.each([
    ['HIGH', 40, 20],
    ['MEDIUM', 310, 200],
    ['LOW', 1000, 600],
  ] as const)(
    'reports a lag past the threshold of importance %s after three polls, and its end well below it',
    (importance, high, low) => {
      const lags = [5, high, high, 5, high, high, high, high, low, low, low];
      const polls = lags.map((lag, i) => syncing(T0 + (i + 1) * 20 * MINUTE, lag, { importance }));
      expect(notified(polls)).toEqual(['lagging@6', 'caught-up@10']);
    },
  );

  test('never reports a lag of importance IGNORE', () => {
    const polls = Array.from({ length: 6 }, (_, i) => syncing(T0 + i * HOUR, 50_000, { importance: 'IGNORE' }));
    expect(notified(polls)).toEqual([]);
  });

  test('reports 50, 80 and 95 percent of the time in which OMS can resume a suspended project', () => {
    const polls = [ok(T0), ...Array.from({ length: 13 }, (_, i) => ok(T0 + (i + 1) * HOUR, { status: 'SUSPEND' }))];
    expect(notified(polls)).toEqual(['status@1', 'expiring@7', 'expiring@11', 'expiring@13']);
  });

  test.each(['SUSPEND', 'FAILED'])('counts down for a project that is %s, with the time that is left', (status) => {
    const polls = [ok(T0), ...[0, 6, 10, 11.5, 13].map((hours) => ok(T0 + MINUTE + hours * HOUR, { status }))];
    const { projectState } = play(polls, { waitId: null });
    const since = T0 + MINUTE;
    expect(projectState.pending.filter(({ kind }) => kind === 'expiring').map(({ params }) => params)).toEqual([
      { since, leftSeconds: 6 * 3600 },
      { since, leftSeconds: 2 * 3600 },
      { since, leftSeconds: 1800 },
    ]);
  });

  test('counts past the end where no poll came in time', () => {
    const polls = [ok(T0), ok(T0 + MINUTE, { status: 'SUSPEND' }), ok(T0 + 20 * HOUR, { status: 'SUSPEND' })];
    const { projectState } = play(polls, { waitId: null, alwaysInTime: false });
    expect(projectState.pending.at(-1)).toMatchObject({
      kind: 'expiring',
      params: { leftSeconds: -(7 * 3600 + 59 * 60) },
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

  test('does not flap: a lag about its threshold is reported once, however it varies', () => {
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

  test('drops a lag whose importance becomes IGNORE, and reports it again when the importance is back', () => {
    const importances = [...Array(3).fill('HIGH'), 'IGNORE', ...Array(3).fill('HIGH')] as Importance[];
    const polls = importances.map((importance, i) => syncing(T0 + (i + 1) * 20 * MINUTE, 50, { importance }));
    expect(notified(polls)).toEqual(['lagging@2', 'lagging@6']);
  });
});

test('pending changes are bounded, and changes of status stay longest', () => {
  const polls = Array.from({ length: 120 }, (_, i) =>
    ok(T0 + i * MINUTE, { status: i % 2 === 0 ? 'RUNNING' : 'SUSPEND' }),
  );
  const { projectState } = play(polls);
  expect(projectState.pending).toHaveLength(50);
  expect(projectState.pending.at(-1)?.sequence).toBe(119);
});

test('a notice of a cutover stays longest of all', () => {
  const words = Array.from({ length: 60 }, (_, i) => (i % 2 === 0 ? 'RUNNING' : 'SUSPEND'));
  const { projectState } = play(words.slice(0, 2).map((status, i) => ok(T0 + i * MINUTE, { status })));
  const asked = { ...FACTS, ...detected().cutover, id: 'asked' };
  const { projectState: later } = play(
    words.slice(2).map((status, i) => ok(T0 + (i + 2) * MINUTE, { status })),
    {
      before: { ...projectState, pending: [asked] },
    },
  );
  expect(later.pending).toHaveLength(50);
  expect(later.pending[0]).toMatchObject({ id: 'asked' });
});

test('pending changes fit into an item, whatever OMS says, and the newest keeps its words', () => {
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
