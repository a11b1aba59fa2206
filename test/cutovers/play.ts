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
  /** Aborted executions. */
  readonly aborted: number;
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
  const of = (outcome: string) => results.filter((result) => result.outcome === outcome).length;
  const before: Record<string, number> = {};
  for (const { outcome } of results) if (!AFTER_STOP.includes(outcome)) before[outcome] = (before[outcome] ?? 0) + 1;
  return {
    counts: {
      cutovers: count,
      switched: of('SWITCHED'),
      rolledBack: of('ROLLED_BACK'),
      needsOperator: of('NEEDS_OPERATOR'),
      lostWrites: results.reduce((sum, { lostWrites }) => sum + lostWrites, 0),
      strandedWrites: results.filter(({ stranded }) => stranded).length,
      splitBrains: results.filter(({ splitBrain }) => splitBrain).length,
      aborted: results.filter(({ aborted }) => aborted).length,
      unclosed: of('UNCLOSED'),
      before,
      seed,
    },
    bad: results.filter(
      ({ lostWrites, stranded, splitBrain, outcome }) =>
        lostWrites > 0 || stranded || splitBrain || outcome === 'UNCLOSED',
    ),
  };
}
