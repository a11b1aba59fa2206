/** A short fault run; the long one, with overlapping looks and thousands of checks, is `npm run test:faults`. */
import { type FaultRun, runTrials } from './fault-run';
import { Random } from './random';
import { kills } from './trials/kills';
import { soak } from './trials/soak';

/** Some seconds each on a machine of its own; many times that beside a full test run. */
jest.setTimeout(240_000);

const KEPT = { lostSnapshots: 0, versionGaps: 0, lostChanges: 0, reordered: 0, broken: [] };

function excused({ injectedCrashes, injectedLostAnswers }: FaultRun): number {
  return injectedCrashes + injectedLostAnswers;
}

test('an invocation killed at any await loses nothing and repeats at most one change', async () => {
  const places: string[] = [];
  const run = await runTrials([kills], 1, (text) => places.push(text));
  expect(run).toMatchObject(KEPT);
  expect(run.repeats).toBeLessThanOrEqual(excused(run));
  // Every situation was played to its end, and a kill between publish and clear is among them.
  expect(places.filter((text) => /killed at \d+ places/.test(text))).toHaveLength(7);
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

test('the same seed draws the same faults', () => {
  const draw = (seed: number) => Array.from({ length: 5 }, () => new Random(seed).fork('p_1')).map((one) => one.next());
  expect(draw(7)).toEqual(draw(7));
  expect(draw(7)).not.toEqual(draw(8));
});
