import { ROUNDS_PER_LEG, type WaitState } from '../../../lambda/contract/requests/wait';
import { waitRound } from '../../../lambda/core/check/wait';
import type { Observation } from '../../../lambda/core/model/progress';
import { Harness } from '../../support/harness';
import { failed, MINUTE, ok, SECOND, syncing, T0 } from '../../support/values/observations';

const PLENTY = () => 180_000;
const round = (run: Harness, wait: unknown, remainingMs = PLENTY) => waitRound(wait, run.ports(), remainingMs);

/** Polls at the current time, by a function of the seconds since T0. */
function following(progress: (seconds: number) => Observation | null): Harness {
  const run = new Harness();
  run.oms.poll = async () => {
    run.now += 100;
    const observation = progress((run.now - T0) / SECOND) ?? ok(run.now);
    return { ...observation, requestedAt: run.now - 100, answeredAt: run.now } as Observation;
  };
  return run;
}

test('fixes the deadline on the first round, as an absolute time', async () => {
  const first = await round(new Harness([ok(T0)]), { projectId: 'p_x', timeoutSeconds: 3600, minIntervalSeconds: 60 });
  expect(first).toMatchObject({
    next: 'WAIT',
    wait: { startedAt: T0, deadlineAt: T0 + 3600 * SECOND, round: 1, checks: 1 },
  });
  const run = new Harness([ok(T0 + 30 * MINUTE)]);
  run.now = T0 + 30 * MINUTE;
  const second = await round(run, first.wait);
  expect(second.wait).toMatchObject({ startedAt: T0, deadlineAt: T0 + 3600 * SECOND, round: 2, checks: 2 });
});

describe('the moment at which the wait was entered', () => {
  const entered = (enteredAt: unknown) => ({
    request: { projectId: 'p_x', timeoutSeconds: 3600, minIntervalSeconds: 60 },
    enteredAt,
  });
  const late = (observation: Observation) => {
    const run = new Harness([observation]);
    run.now = observation.requestedAt;
    return run;
  };

  test('is where the deadline counts from, however late the first round comes', async () => {
    const first = await round(late(ok(T0 + 50 * MINUTE)), entered(new Date(T0).toISOString()));
    expect(first).toMatchObject({ next: 'WAIT', wait: { startedAt: T0, deadlineAt: T0 + 3600 * SECOND, round: 1 } });
    expect(first.wait).not.toHaveProperty('enteredAt');
  });

  test('is past with the deadline where no round came in time, after one poll', async () => {
    const over = await round(late(ok(T0 + 61 * MINUTE)), entered(new Date(T0).toISOString()));
    expect(over).toMatchObject({ next: 'DONE', result: { reason: { code: 'DeadlineExceeded' } }, wait: { checks: 1 } });
    const met = await round(late(ok(T0 + 61 * MINUTE, { status: 'FINISHED' })), entered(new Date(T0).toISOString()));
    expect(met.result.verdict).toBe('MET');
  });

  test.each(['startedAt', 'deadlineAt', 'round', 'checks', 'execution'])(
    'is not for a request to move: %s',
    async (name) => {
      const { request, enteredAt } = entered(new Date(T0).toISOString());
      const run = late(ok(T0));
      const { result } = await round(run, { request: { ...request, [name]: T0 + 900 * MINUTE }, enteredAt });
      expect(result.reason).toMatchObject({
        code: 'InvalidInput',
        message: expect.stringContaining(`unknown field "${name}"`),
      });
    },
  );

  test.each([undefined, null, 'yesterday', 7, {}])('is the first round where it is not known: %j', async (unknown) => {
    const first = await round(late(ok(T0 + 50 * MINUTE)), entered(unknown));
    expect(first.wait.deadlineAt).toBe(T0 + 50 * MINUTE - 100 + 3600 * SECOND);
  });
});

test('notifies of both goals of two waits that were entered at the same moment', async () => {
  const fence = T0 / SECOND - 60;
  const run = following(() => syncing(run.now, 1, { incrSyncCheckpoint: Math.floor(run.now / 10_000) * 10 }));
  const enteredAt = new Date(T0).toISOString();
  const goals = [
    { type: 'DRAINED', writesStoppedAt: fence, marginSeconds: 0 },
    { type: 'SYNCED' },
    { type: 'SYNCED', maxLagSeconds: 20 },
  ];
  for (const goal of goals)
    expect((await round(run, { request: { projectId: 'p_x', goal }, enteredAt })).result.verdict).toBe('MET');
  expect(run.kinds).toEqual(['goal-met', 'goal-met', 'goal-met']);
});

test('polls several times within one invocation where the interval is short', async () => {
  const fence = T0 / SECOND;
  const run = following((seconds) => syncing(run.now, 0, { incrSyncCheckpoint: fence + Math.floor(seconds / 10) - 3 }));
  const goal = { type: 'DRAINED', writesStoppedAt: fence, marginSeconds: 0 };
  const done = await round(run, { projectId: 'p_x', goal });
  expect(done).toMatchObject({ next: 'DONE', wait: { round: 1 }, result: { verdict: 'MET' } });
  expect(done.wait.checks).toBeGreaterThan(15);
});

test('returns to the state machine before the invocation times out', async () => {
  const run = following(() => null);
  const left = () => 35_000 - (run.now - T0);
  const back = await round(run, { projectId: 'p_x', minIntervalSeconds: 1, maxIntervalSeconds: 1 }, left);
  expect(back.next).toBe('WAIT');
  expect(run.now - T0).toBeLessThan(10_000);
});

test('begins no poll that might outlast the invocation, however long a poll may take', async () => {
  const run = following(() => null);
  run.oms.poll = async () => {
    run.now += 60_000;
    return { ...ok(run.now), requestedAt: run.now - 60_000, answeredAt: run.now };
  };
  const ports = run.ports({ pollMs: 60_000 });
  const request = { projectId: 'p_x', minIntervalSeconds: 1, maxIntervalSeconds: 1 };
  await waitRound(request, ports, () => 180_000 - (run.now - T0));
  expect(run.now - T0).toBeLessThan(180_000);
});

test('ends at its deadline also where another poll overtook its own', async () => {
  const run = new Harness([ok(T0), { ...ok(T0 + 3601 * SECOND), requestedAt: T0 - SECOND }]);
  const first = await round(run, { projectId: 'p_x', timeoutSeconds: 3600, minIntervalSeconds: 60 });
  const { result } = await round(run, first.wait);
  expect(result).toMatchObject({ verdict: 'FAILED', reason: { code: 'DeadlineExceeded' } });
});

test('ends a leg after its rounds, whatever the wait still has before it', async () => {
  const state: WaitState = {
    projectId: 'p_x',
    startedAt: T0,
    deadlineAt: T0 + 1e9,
    round: ROUNDS_PER_LEG - 1,
    checks: 9,
    minIntervalSeconds: 60,
  };
  expect(await round(new Harness([ok(T0)]), state)).toMatchObject({
    next: 'LEG_OVER',
    wait: { round: ROUNDS_PER_LEG },
  });
});

test('takes a rejection in the first poll of a wait for a wrong password, and a later one for an episode', async () => {
  const refused = failed(T0, 'OmsRejectedCredentials');
  expect((await round(new Harness([refused]), { projectId: 'p_x' })).result).toMatchObject({ verdict: 'FAILED' });
  const later: WaitState = { projectId: 'p_x', startedAt: T0, deadlineAt: T0 + 1e9, round: 1, checks: 1 };
  expect((await round(new Harness([refused]), later)).result).toMatchObject({ verdict: 'NOT_YET' });
});

test('refuses wrong input with the verdict InvalidInput, without asking OMS', async () => {
  const done = await round(new Harness([]), { projectId: '..', goal: { type: 'DONE' } });
  expect(done).toMatchObject({ next: 'DONE', result: { verdict: 'FAILED', reason: { code: 'InvalidInput' } } });
  expect(done.result.reason.message.split('\n')).toHaveLength(2);
});

describe('the execution that waits', () => {
  const execution = 'arn:aws:states:eu-central-1:111122223333:execution:Wait:run-1';
  const polls = () => [ok(T0, { status: 'INIT' }), ok(T0 + MINUTE), ok(T0 + 2 * MINUTE, { status: 'FINISHED' })];

  test('is handed on beside the request, and notifications link to it', async () => {
    const run = new Harness(polls());
    const first = await round(run, { request: { projectId: 'p_x', minIntervalSeconds: 60 }, execution });
    expect(first.wait).toMatchObject({ projectId: 'p_x', execution, round: 1 });
    await round(run, first.wait);
    expect(run.notified.map(({ event }) => event.links.execution)).toEqual([
      `https://console.aws.amazon.com/states/home?region=eu-central-1#/v2/executions/details/${execution}`,
    ]);
  });

  test('is optional: an invalid one is left out', async () => {
    const { wait } = await round(new Harness(polls()), { request: { projectId: 'p_x' }, execution: 'somewhere else' });
    expect(wait).not.toHaveProperty('execution');
  });

  test.each([
    ['no object', 'p_x', /must be an object/],
    ['a request within', { request: { projectId: 'p_x' } }, /unknown field "request"/],
  ])('refuses a request that is %s, like one without it', async (_, request, problem) => {
    const { result } = await round(new Harness(), { request, execution });
    expect(result).toMatchObject({
      verdict: 'FAILED',
      reason: { code: 'InvalidInput', message: expect.stringMatching(problem) },
    });
  });
});

describe('a wait at short intervals, where other waits hold the invocations', () => {
  /** Seats of which so many are left. */
  const seats = (left: number) => {
    const taken = { now: 0, released: 0 };
    const take = async () => {
      if (taken.now >= left) return null;
      taken.now += 1;
      return {
        release: async () => {
          taken.released += 1;
        },
      };
    };
    return { taken, seats: { take } };
  };
  const near = () => following(() => ok(T0, { fullMigrationProgress: 99 }));
  const asked = (wait: object, left: number, run = near()) => {
    const { taken, seats: port } = seats(left);
    const answer = waitRound({ projectId: 'p_x', ...wait }, run.ports({ seats: port }), PLENTY);
    return { taken, answer };
  };

  test('keeps its invocation where a seat is free, and releases the seat', async () => {
    const { taken, answer } = asked({}, 1);
    expect((await answer).wait.checks).toBeGreaterThan(5);
    expect(taken).toEqual({ now: 1, released: 1 });
  });

  test('polls once and returns to the state machine, at the same interval, where none is', async () => {
    const { answer } = asked({}, 0);
    const { wait, result, next } = await answer;
    expect({ checks: wait.checks, next }).toEqual({ checks: 1, next: 'WAIT' });
    expect(result.waitSeconds).toBeLessThanOrEqual(22);
  });

  test.each<[string, object, Harness]>([
    [
      'while writes are stopped',
      { goal: { type: 'DRAINED', writesStoppedAt: T0 / 1000 } },
      following(() => syncing(T0, 30)),
    ],
    ['where the user has set the interval', { minIntervalSeconds: 10 }, near()],
  ])('does not give way %s', async (_, wait, run) => {
    const { taken, answer } = asked(wait, 0, run);
    expect((await answer).wait.checks).toBeGreaterThan(5);
    expect(taken.now).toBe(0);
  });
});
