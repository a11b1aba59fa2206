/** A part of what `npm run test:cutovers` runs in full. */
import { type Deployed, deploy } from './machines';
import { play, type Report } from './play';

let deployed: Deployed;
let report: Report;

beforeAll(async () => {
  deployed = deploy();
  report = await play(deployed, 42, 60);
}, 600_000);

describe('random cutovers through the definition that deploys', () => {
  test('never switch traffic while a committed write is missing on the target', () => {
    expect(report.counts.lostWrites).toBe(0);
  });

  test('never leave writes stopped without a notification', () => {
    expect(report.counts.strandedWrites).toBe(0);
  });

  test('never let both databases take writes, and close every receipt', () => {
    expect(report.bad).toEqual([]);
  });

  test('end with every outcome', () => {
    expect(report.counts.switched).toBeGreaterThan(6);
    expect(report.counts.rolledBack).toBeGreaterThan(6);
    expect(report.counts.needsOperator).toBeGreaterThan(0);
  });

  test('are the same for the same seed', async () => {
    const [first, second] = [await play(deployed, 5, 3), await play(deployed, 5, 3)];
    expect(second).toEqual(first);
  }, 120_000);
});
