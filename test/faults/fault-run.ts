/** Runs all trials and adds up their counts. */

import { clockSteps } from './trials/clock-steps';
import { crowds } from './trials/crowds';
import { eachFault } from './trials/each-fault';
import { kills } from './trials/kills';
import { overlaps } from './trials/overlaps';
import { soak } from './trials/soak';
import { type Counts, NONE, type Trial, type TrialReport } from './world/trial';

export interface FaultRun extends Counts {
  readonly seed: number;
  readonly seconds: number;
  readonly trials: readonly TrialReport[];
  readonly broken: readonly string[];
}

export function trialsWith(soakChecks: number): readonly Trial[] {
  return [eachFault, kills(), crowds(0), crowds(0.1), clockSteps, overlaps, soak(soakChecks)];
}

export async function runTrials(
  trials: readonly Trial[],
  seed: number,
  progress: (text: string) => void,
): Promise<FaultRun> {
  const began = performance.now();
  const reports: TrialReport[] = [];
  for (const trial of trials) {
    progress(trial.name);
    const report = await trial.run(seed, (text) => progress(`  ${text}`));
    reports.push(report);
    for (const text of report.broken) progress(`  BROKEN ${text}`);
    progress(`  ${report.checks} checks in ${report.seconds} s, ${report.broken.length} broken`);
  }
  const sum = { ...NONE };
  for (const report of reports) for (const key of Object.keys(NONE) as (keyof Counts)[]) sum[key] += report[key];
  const broken = reports.flatMap((report) => report.broken);
  return { ...sum, seed, seconds: Math.round((performance.now() - began) / 1000), trials: reports, broken };
}
