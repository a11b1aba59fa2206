/** Runs many random cutovers and counts how they ended. */
import type { Deployed } from './machines';
import { type CutoverResult, runRandomCutover } from './random-cutover';

export interface Counts {
  readonly cutovers: number;
  readonly switched: number;
  readonly rolledBack: number;
  readonly needsOperator: number;
  /** Writes that were committed on the source and missing on the target when traffic was switched. */
  readonly lostWrites: number;
  /** Cutovers that left writes stopped without a notification. */
  readonly strandedWrites: number;
  /** Cutovers during which both databases took writes. */
  readonly splitBrains: number;
  /** Cutovers into which a failure of the machines was injected (death.ts). */
  readonly deaths: number;
  /** Of those, by the way. */
  readonly deathsByMode: Readonly<Record<string, number>>;
  /** Those whose writes the watchdog resumed, because the event of the end was lost. */
  readonly resumedByWatchdog: number;
  /** Executions that left writes stopped before the switchover, and the longest time until they were resumed. */
  readonly leftStopped: number;
  readonly longestSeconds: number;
  /** Cutovers that needed an operator before the switchover, although resumeWrites never failed. */
  readonly notResumed: number;
  /** Runs of switchTraffic after the end of the cutover. */
  readonly lateSwitches: number;
  /** Receipts that stayed open. */
  readonly unclosed: number;
  /** Cutovers that ended before writes were stopped, by outcome. */
  readonly before: Readonly<Record<string, number>>;
  readonly seed: number;
}

export interface Report {
  readonly counts: Counts;
  /** Cutovers with lost writes, stranded writes, two writable databases or an open receipt. */
  readonly bad: readonly CutoverResult[];
}

/** After the end of an execution that left writes stopped. */
const RESUMED_WITHIN_MS = 120_000;

const AFTER_STOP = ['SWITCHED', 'ROLLED_BACK', 'NEEDS_OPERATOR'];

export async function play(
  deployed: Deployed,
  seed: number,
  count: number,
  note: (line: string) => void = () => undefined,
): Promise<Report> {
  const results: CutoverResult[] = [];
  for (let i = 0; i < count; i += 1) {
    const result = await runRandomCutover(seed * 1_000_003 + i, deployed);
    note(JSON.stringify(result));
    results.push(result);
  }
  const left = results.flatMap(({ resumedAfterMs }) =>
    resumedAfterMs !== null && resumedAfterMs > 0 ? [resumedAfterMs] : [],
  );
  const of = (outcome: string) => results.filter((result) => result.outcome === outcome).length;
  const before = countBy(results.map(({ outcome }) => outcome).filter((outcome) => !AFTER_STOP.includes(outcome)));
  return {
    counts: {
      cutovers: count,
      switched: of('SWITCHED'),
      rolledBack: of('ROLLED_BACK'),
      needsOperator: of('NEEDS_OPERATOR'),
      lostWrites: results.reduce((sum, { lostWrites }) => sum + lostWrites, 0),
      strandedWrites: results.filter(({ stranded }) => stranded).length,
      splitBrains: results.filter(({ splitBrain }) => splitBrain).length,
      deaths: results.filter(({ death }) => death !== null).length,
      deathsByMode: countBy(results.flatMap(({ death }) => death?.split(' ')[0] ?? [])),
      resumedByWatchdog: results.filter(({ resumedByWatchdog }) => resumedByWatchdog).length,
      leftStopped: left.length,
      longestSeconds: Math.max(0, ...left) / 1000,
      notResumed: results.filter(({ notResumed }) => notResumed).length,
      lateSwitches: results.reduce((sum, { lateSwitches }) => sum + lateSwitches, 0),
      unclosed: of('UNCLOSED'),
      before,
      seed,
    },
    bad: results.filter(
      ({ lostWrites, stranded, splitBrain, lateSwitches, resumedAfterMs, notResumed, outcome }) =>
        lostWrites > 0 ||
        stranded ||
        splitBrain ||
        lateSwitches > 0 ||
        notResumed ||
        (resumedAfterMs ?? 0) > RESUMED_WITHIN_MS ||
        outcome === 'UNCLOSED',
    ),
  };
}

function countBy(values: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const value of values) counts[value] = (counts[value] ?? 0) + 1;
  return counts;
}
