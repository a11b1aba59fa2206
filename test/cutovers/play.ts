/** Plays many random cutovers, and counts how they ended. */
import { type Life, live } from './cutover-life';
import type { Deployed } from './machines';

export interface Counts {
  readonly cutovers: number;
  readonly switched: number;
  readonly rolledBack: number;
  readonly needsOperator: number;
  /** Writes that were committed on the source and not on the target when traffic was switched. */
  readonly lostWrites: number;
  /** Cutovers that left writes stopped without saying so. */
  readonly strandedWrites: number;
  /** Cutovers with two databases that took writes. */
  readonly splitBrains: number;
  /** Executions stopped in the middle. */
  readonly aborted: number;
  /** Receipts that stayed open. */
  readonly unclosed: number;
  /** Those that ended before writes were stopped, by how. */
  readonly before: Readonly<Record<string, number>>;
  readonly seed: number;
}

export interface Report {
  readonly counts: Counts;
  /** Those that broke a promise. */
  readonly bad: readonly Life[];
}

const LATE = ['SWITCHED', 'ROLLED_BACK', 'NEEDS_OPERATOR'];

export async function play(
  deployed: Deployed,
  seed: number,
  count: number,
  note: (line: string) => void = () => undefined,
): Promise<Report> {
  const lives: Life[] = [];
  for (let i = 0; i < count; i += 1) {
    const life = await live(seed * 1_000_003 + i, deployed);
    note(JSON.stringify(life));
    lives.push(life);
  }
  const of = (outcome: string) => lives.filter((life) => life.outcome === outcome).length;
  const before: Record<string, number> = {};
  for (const { outcome } of lives) if (!LATE.includes(outcome)) before[outcome] = (before[outcome] ?? 0) + 1;
  return {
    counts: {
      cutovers: count,
      switched: of('SWITCHED'),
      rolledBack: of('ROLLED_BACK'),
      needsOperator: of('NEEDS_OPERATOR'),
      lostWrites: lives.reduce((sum, { lostWrites }) => sum + lostWrites, 0),
      strandedWrites: lives.filter(({ stranded }) => stranded).length,
      splitBrains: lives.filter(({ splitBrain }) => splitBrain).length,
      aborted: lives.filter(({ aborted }) => aborted).length,
      unclosed: of('UNCLOSED'),
      before,
      seed,
    },
    bad: lives.filter(
      ({ lostWrites, stranded, splitBrain, outcome }) =>
        lostWrites > 0 || stranded || splitBrain || outcome === 'UNCLOSED',
    ),
  };
}
