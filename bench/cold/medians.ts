/** Of runs that take turns. */

/** The order changes from round to round. */
export function inTurn(subjects: number, round: number): readonly number[] {
  return Array.from({ length: subjects }, (_, index) => (index + round) % subjects);
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const [low = 0, high = 0] = [sorted[middle - 1 + (sorted.length % 2)], sorted[middle]];
  return (low + high) / 2;
}

/** Of the ratios within a round, which a busy machine changes less than the ratio of medians. */
export function medianRatio(ours: readonly number[], theirs: readonly number[]): number {
  return rounded(median(ours.map((one, round) => one / (theirs[round] ?? Number.NaN))), 2);
}

export function rounded(value: number, digits: number): number {
  return Number(value.toFixed(digits));
}
