/** Single cutovers through the definition that deploys, one situation each. */

import type { CutoverState } from '../../lambda/contract/requests/cutover';
import { answerCutover } from '../../lambda/core/cutover/approval';
import type { Verification } from '../../lambda/core/ports';
import { Random } from '../../local/random';
import { ModelledSource } from '../../local/simulator/modelled-source';
import { StateError } from '../../local/step-functions/retry';
import { VirtualClock } from '../../local/virtual-clock';
import { type Deployed, deploy, type Variant } from './machines';
import { PROJECT, World, type WorldOptions } from './world';

let deployed: Deployed;
beforeAll(() => {
  deployed = deploy();
}, 120_000);

type Step = () => Promise<unknown>;

function play(
  variant: Variant,
  changed: Readonly<Record<string, Step>> = {},
  verification?: (now: number) => Verification,
  onState?: WorldOptions['onState'],
) {
  const clock = new VirtualClock();
  const random = new Random(7).next;
  const source = new ModelledSource({ startedAt: clock.now(), random });
  const done: string[] = [];
  const step =
    (name: string, work: () => unknown = () => ({})) =>
    async () => {
      done.push(name);
      return work();
    };
  const steps: Record<string, Step> = {
    stopWrites: step('stopWrites', () => source.stopWrites(clock.now())),
    resumeWrites: step('resumeWrites', () => source.resumeWrites(clock.now())),
    verify: step('verify'),
    switchover: step('switchover', () => source.switchOver(clock.now())),
    switchTraffic: step('switchTraffic'),
    rollback: step('rollback', () => source.resumeWrites(clock.now())),
    ...changed,
  };
  const world = new World({
    deployed,
    variant,
    clock,
    source,
    random,
    steps,
    ...(verification === undefined ? {} : { verification }),
    ...(onState === undefined ? {} : { onState }),
  });
  return { world, clock, source, done, record: () => world.cutovers.readCutover(PROJECT, 'run') };
}

const broken = async () => {
  throw Object.assign(new Error('the disk is full'), { name: 'Broken' });
};

describe('a cutover', () => {
  test('passes its gates and steps in order', async () => {
    const { world, done, record } = play('verified');
    expect(await world.cutOver('run')).toMatchObject({
      status: 'SUCCEEDED',
      output: { projectId: PROJECT, run: 'run' },
    });
    expect(done).toEqual(['stopWrites', 'verify', 'switchTraffic']);
    expect((await record())?.gates.map(({ gate }) => gate)).toEqual(['READY', 'DRAINED', 'DRAINED_AGAIN']);
  });

  test('whose verification takes longer than ready.timeout ends without having run a step', async () => {
    const begunAt = new VirtualClock().now();
    const hours = (now: number) => (now - begunAt) / 3_600_000;
    const { world, done, clock } = play('plain', {}, (now) =>
      hours(now) > 5 ? { state: 'CLEAN', message: 'no difference' } : { state: 'UNDER_WAY', message: 'RUNNING' },
    );
    expect(await world.cutOver('run')).toMatchObject({ status: 'FAILED', error: 'DeadlineExceeded' });
    expect(done).toEqual([]);
    // ready.timeout is 40 minutes; the pause that it interrupts comes on top.
    expect(hours(clock.now())).toBeLessThan(2);
  });

  test.each([
    ['a verification', 'plain'],
    ['an answer', 'approval'],
  ] as const)('counts the events of its history while it waits for %s', async (_, variant) => {
    const waiting = async (minutes: number) => {
      const begunAt = new VirtualClock().now();
      const { world, clock } = play(variant, {}, (now) =>
        variant === 'approval' || now - begunAt > minutes * 60_000
          ? { state: 'CLEAN', message: 'no difference' }
          : { state: 'UNDER_WAY', message: 'RUNNING' },
      );
      const execution = world.cutOver('run');
      if (variant === 'approval') {
        await clock.sleep(minutes * 60_000);
        await answerCutover(
          { project: PROJECT, run: 'run', approve: true, by: 'dba', now: clock.now() },
          world.cutovers,
        );
      }
      const { status, historyEvents, output } = await execution;
      expect(status).toBe('SUCCEEDED');
      return { real: historyEvents, counted: Number((output as CutoverState).historyEvents) };
    };
    const [short, long] = [await waiting(5), await waiting(25)];
    expect(long.counted - short.counted).toBeGreaterThan(100);
    // The drain may take a round more or less, because writes stop at other moments.
    expect(Math.abs(long.real - short.real - (long.counted - short.counted))).toBeLessThanOrEqual(22);
  });

  test('that is rehearsed does everything except the user’s steps', async () => {
    const { world, done, source, clock, record } = play('verified');
    expect((await world.cutOver('run', { input: { projectId: PROJECT, rehearse: true } })).status).toBe('SUCCEEDED');
    expect(done).toEqual([]);
    expect(source.takesWrites(clock.now())).toBe(true);
    const receipt = await record();
    expect(receipt?.ending?.outcome).toBe('REHEARSED');
    expect(receipt?.gates.map(({ gate }) => gate)).toEqual(['READY', 'DRAINED', 'DRAINED_AGAIN']);
    expect(receipt?.steps.map(({ step, rehearsed }) => [step, rehearsed])).toEqual([
      ['stopWrites', true],
      ['verify', true],
      ['switchTraffic', true],
    ]);
  });

  test('outlasts a throttle of its functions for two minutes while writes are stopped', async () => {
    const clock = new VirtualClock();
    const source = new ModelledSource({ startedAt: clock.now(), random: new Random(7).next });
    const stopped = { at: Number.POSITIVE_INFINITY, switchedAt: 0 };
    const steps = {
      stopWrites: async () => {
        stopped.at = clock.now();
        return source.stopWrites(clock.now());
      },
      switchTraffic: async () => {
        stopped.switchedAt = clock.now();
      },
    };
    const isThrottled = (now: number) => now > stopped.at && now <= stopped.at + 120_000;
    const world = new World({ deployed, variant: 'plain', clock, source, random: () => 0.5, steps, isThrottled });
    expect((await world.cutOver('run')).status).toBe('SUCCEEDED');
    expect(stopped.switchedAt - stopped.at).toBeGreaterThan(120_000);
  });

  test('is refused while another one is running', async () => {
    const { world, clock } = play('plain');
    const first = world.cutOver('run');
    await clock.sleep(10_000);
    expect(await world.cutOver('run-2')).toMatchObject({ status: 'FAILED', error: 'CutoverAlreadyRunning' });
    expect((await first).status).toBe('SUCCEEDED');
  });

  test('fails with the error of its wait before writes are stopped, without having run a step', async () => {
    const { world, clock, done } = play('plain');
    const suspended = new ModelledSource({
      startedAt: clock.now(),
      random: () => 0.5,
      failures: [{ from: 0, to: Number.MAX_SAFE_INTEGER }],
    });
    const other = new World({ deployed, variant: 'plain', clock, source: suspended, random: () => 0.5, steps: {} });
    expect(await other.cutOver('run')).toMatchObject({ status: 'FAILED', error: 'MigrationFailed' });
    expect(done).toEqual([]);
    expect(world.notified).toEqual([]);
  });

  test('that is cancelled while it waits to be ready ends at its next poll, without having run a step', async () => {
    const clock = new VirtualClock();
    const startedAt = clock.now();
    const behind = new ModelledSource({ startedAt, random: () => 0.5, stalls: [{ from: 0, to: startedAt * 2 }] });
    const world = new World({ deployed, variant: 'plain', clock, source: behind, random: () => 0.5, steps: {} });
    const execution = world.cutOver('run');
    await clock.sleep(20 * 60_000);
    const cancelledAt = clock.now();
    const answer = { project: PROJECT, run: 'run', approve: false, by: 'dba', note: 'not tonight', now: cancelledAt };
    await answerCutover(answer, world.cutovers);
    expect(await execution).toMatchObject({
      status: 'FAILED',
      error: 'CutoverCancelled',
      cause: expect.stringMatching(/^cancelled by dba at .*: not tonight$/),
    });
    expect(clock.now() - cancelledAt).toBeLessThanOrEqual(5 * 60_000);
    expect((await world.cutovers.readCutover(PROJECT, 'run'))?.ending?.outcome).toBe('CANCELLED');
    expect(world.notified.map(({ subject }) => subject)).toContain(`[oms-cutover] ${PROJECT} cutover cancelled`);
  });

  test.each([
    ['', []],
    [', also when its first poll is killed', [40_000, 50_000]],
  ])('that does not drain resumes writes after drainTimeout, with DeadlineExceeded%s', async (_, dead) => {
    const clock = new VirtualClock();
    const stalls = [{ from: clock.now() + 5 * 60_000, to: clock.now() + 60 * 60_000 }];
    const source = new ModelledSource({ startedAt: clock.now(), random: new Random(7).next, stalls });
    const stopped = { at: 0, resumedAt: 0 };
    const steps = {
      stopWrites: async () => {
        await clock.sleep(Math.max(0, (stalls[0]?.from ?? 0) - clock.now()));
        stopped.at = clock.now();
        return source.stopWrites(clock.now());
      },
      resumeWrites: async () => {
        stopped.resumedAt = clock.now();
        return source.resumeWrites(clock.now());
      },
    };
    const maybeKill = () => {
      const since = clock.now() - stopped.at;
      if (stopped.at > 0 && since > Number(dead[0]) && since < Number(dead[1])) throw new Error('killed');
    };
    const world = new World({ deployed, variant: 'plain', clock, source, random: () => 0.5, steps, maybeKill });
    const execution = await world.cutOver('run');
    expect(execution).toMatchObject({
      error: 'CutoverRolledBack',
      cause: expect.stringMatching(/^4 Drained failed: DeadlineExceeded/),
    });
    const seconds = (stopped.resumedAt - stopped.at) / 1000;
    expect(seconds).toBeGreaterThanOrEqual(300);
    expect(seconds).toBeLessThanOrEqual(315);
  });

  test('waits for its operator for switchoverTimeout', async () => {
    const { world, source, clock } = play('operator');
    const execution = world.cutOver('run');
    while (world.notices('run', 'switchover').length === 0) await clock.sleep(5_000);
    await clock.sleep(25 * 60_000);
    source.switchOver(clock.now());
    expect(await execution).toMatchObject({ status: 'SUCCEEDED' });
  });

  test('that cannot stop writes resumes them and reports why', async () => {
    const { world, done, record } = play('plain', { stopWrites: broken });
    expect(await world.cutOver('run')).toMatchObject({
      status: 'FAILED',
      error: 'CutoverRolledBack',
      cause: expect.stringContaining('the disk is full'),
    });
    expect(done).toEqual(['resumeWrites']);
    expect((await record())?.ending?.outcome).toBe('ROLLED_BACK');
  });

  test.each([
    [
      'resumeWrites fails',
      'plain',
      { stopWrites: broken, resumeWrites: broken },
      'Do manually now what your step resumeWrites does',
    ],
    ['verify fails', 'verified', { verify: broken }, 'then do manually what your step switchTraffic does'],
    ['switchTraffic fails', 'plain', { switchTraffic: broken }, 'check how much your step switchTraffic has done'],
    ['rollback fails', 'rollback', { verify: broken, rollback: broken }, 'Your step rollback failed too'],
    ['the switchover fails', 'switchover', { switchover: broken }, 'OMS may have been switched over'],
    [
      'the switchover fails before verify',
      'switchover',
      { switchover: broken },
      'then do manually what your steps verify and switchTraffic do',
    ],
  ] as const)('requires manual action when %s, notified with importance HIGH', async (_, variant, changed, words) => {
    const { world, done } = play(variant, changed);
    const execution = await world.cutOver('run');
    expect(execution).toMatchObject({ status: 'FAILED', error: 'CutoverNeedsOperator' });
    expect(execution.cause).toContain(words);
    const last = world.notified.at(-1);
    expect(last?.subject).toMatch(/ cutover FAILED, MANUAL ACTION REQUIRED: writes (are|may be) stopped$/);
    expect(last?.attributes.importance).toBe('HIGH');
    expect(done).not.toContain('resumeWrites');
  });

  test('is rolled back by the step rollback where there is one', async () => {
    const { world, done } = play('rollback', { verify: broken });
    expect((await world.cutOver('run')).error).toBe('CutoverRolledBack');
    expect(done).toEqual(['stopWrites', 'rollback']);
  });

  test('whose execution is aborted while writes are stopped has them resumed without a person', async () => {
    const stop = new AbortController();
    const { world, record } = play('plain', {
      stopWrites: async () => {
        stop.abort();
        return {};
      },
    });
    expect((await world.cutOver('run', { signal: stop.signal })).status).toBe('ABORTED');
    expect((await record())?.ending).toMatchObject({ outcome: 'ROLLED_BACK', code: 'CutoverRolledBack' });
  });

  describe('redriven after its end', () => {
    const DAYS = 86_400_000;

    test.each([
      ['3 Stop writes', 'stopWrites', 'ROLLED_BACK'],
      ['7 Switch traffic', 'switchTraffic', 'NEEDS_OPERATOR'],
    ])('at "%s" days later does not run %s, and the operator is told', async (at, step, outcome) => {
      const stop = new AbortController();
      const onState = (machine: string, state: string) => {
        if (machine === 'pipeline' && state === at) stop.abort();
      };
      const { world, clock, done, record } = play('plain', {}, undefined, onState);
      const execution = await world.cutOver('run', { signal: stop.signal });
      expect((await record())?.ending?.outcome).toBe(outcome);
      await clock.sleep(2 * DAYS);
      const before = [...done];
      expect(execution.stoppedIn?.state).toBe(at);
      expect((await world.redrive(execution)).status).toBe('FAILED');
      expect(done).toEqual(before);
      expect(done).not.toContain(step);
      expect((await record())?.ending?.outcome).toBe(outcome);
      expect(world.notices('run', `refused-${step}`)[0]?.attributes.importance).toBe('HIGH');
    });
  });

  describe('whose resume machine dies', () => {
    const dying = (times: number, at: string) => {
      let deaths = 0;
      const onState = (machine: string, state: string) => {
        if (machine !== 'resume' || state !== `oms-cutover: ${at}` || deaths >= times) return;
        deaths += 1;
        throw new StateError('States.Runtime', 'injected', { final: true });
      };
      return play('plain', { stopWrites: broken }, undefined, onState);
    };

    test.each(['resume?', 'what to do?', 'resume writes', 'resumed'])(
      'at "%s" has it started again by the end of its own execution, and needs no operator',
      async (state) => {
        const { world, done, source, clock, record } = dying(1, state);
        expect((await world.cutOver('run')).error).toBe('CutoverNeedsOperator');
        expect((await record())?.ending).toMatchObject({ outcome: 'ROLLED_BACK', byHand: null });
        expect(done).toContain('resumeWrites');
        expect(source.takesWrites(clock.now())).toBe(true);
      },
    );

    test('every time needs an operator after three attempts', async () => {
      const { world, clock, record } = dying(Number.POSITIVE_INFINITY, 'resume writes');
      await world.cutOver('run');
      expect((await record())?.ending).toBeNull();
      for (let minutes = 0; minutes < 4; minutes += 1) {
        await clock.sleep(61_000);
        await world.watch();
      }
      expect((await record())?.ending?.outcome).toBe('NEEDS_OPERATOR');
      expect(world.notices('run', 'over-needs-operator')[0]?.attributes.importance).toBe('HIGH');
    });
  });
});
