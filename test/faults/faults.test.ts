/** A short fault run. `npm run test:faults` is the full one, with overlapping polls and thousands of checks. */

import { Random } from '../../local/random';
import { type FaultRun, runTrials } from './fault-run';
import { kills, SITUATIONS } from './trials/kills';
import { soak } from './trials/soak';
import { Chance } from './world/fault-plan';
import { MINUTE, timelineOf } from './world/timelines';
import { playedIn } from './world/trial';
import { World } from './world/world';

/** Each takes some seconds on an idle machine, and much longer during a full test run. */
jest.setTimeout(240_000);

const KEPT = { lostSnapshots: 0, versionGaps: 0, lostChanges: 0, reordered: 0, broken: [] };

function excused({ injectedCrashes, injectedLostAnswers }: FaultRun): number {
  return injectedCrashes + injectedLostAnswers;
}

test('an invocation killed at any await loses nothing and repeats at most one change', async () => {
  const places: string[] = [];
  // `npm run test:faults` runs the others.
  const situations = SITUATIONS.filter(({ name }) => name === 'change' || name === 'own write');
  const run = await runTrials([kills(situations)], 1, (text) => places.push(text));
  expect(run).toMatchObject(KEPT);
  expect(run.repeats).toBeLessThanOrEqual(excused(run));
  // Both ran to their end, with a kill between publish and clear among them.
  expect(places.filter((text) => /killed at \d+ places/.test(text))).toHaveLength(2);
  expect(run.repeats).toBeGreaterThan(0);
});

test('checks with faults on every twentieth request lose nothing, leave no gap and keep the order', async () => {
  const run = await runTrials([soak(60)], 2, () => undefined);
  expect(run).toMatchObject(KEPT);
  expect(run.checks).toBeGreaterThanOrEqual(60);
  expect(run.injectedFaults).toBeGreaterThan(4);
  expect(run.changesTold).toBeGreaterThan(4);
  expect(run.repeats).toBeLessThanOrEqual(excused(run));
});

test('a project that is deleted and created again is notified once each time, in sequence, with faults on every tenth request', async () => {
  const random = new Random(3);
  // Each absence and each presence lasts longer than a few failed polls.
  const away = [5, 15].map((minute) => ({
    from: minute * MINUTE,
    to: (minute + 5) * MINUTE,
    trouble: { kind: 'unknown-project' as const },
  }));
  const timelines = Object.fromEntries(
    ['p_1', 'p_2'].map((project) => [project, { ...timelineOf(['RUNNING', 'RUNNING']), faults: away }]),
  );
  const notified: Record<string, readonly string[]> = {};
  const report = await playedIn(
    'vanishing',
    () => World.start({ projects: timelines, seed: 3, timeoutMs: 300 }),
    async (world) => {
      for (const project of world.projects) world.plans.set(project, new Chance(0.1, random.fork(project)));
      for (let minute = 0; minute < 25; minute += 1) {
        await world.checkAll(world.projects);
        world.now += MINUTE;
      }
      await world.settle();
      for (const project of world.projects) {
        const bySequence = new Map(
          world
            .ledger(project)
            .notified.map(({ attributes }) => [Number(attributes.sequence), attributes.change ?? '']),
        );
        notified[project] = [...bySequence.values()].filter(
          (kind) => kind === 'gone-from-oms' || kind === 'found-again',
        );
      }
      return [];
    },
  );
  expect(report).toMatchObject(KEPT);
  expect(report.injectedFaults).toBeGreaterThan(5);
  for (const kinds of Object.values(notified))
    expect(kinds).toEqual(['gone-from-oms', 'found-again', 'gone-from-oms', 'found-again']);
});

test('the same seed draws the same faults', () => {
  const draw = (seed: number) => Array.from({ length: 5 }, () => new Random(seed).fork('p_1')).map((one) => one.next());
  expect(draw(7)).toEqual(draw(7));
  expect(draw(7)).not.toEqual(draw(8));
});
