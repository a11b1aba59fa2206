/** The name that was probably meant by a mistyped one. Too little code for a dependency. */

/** More slips than this and any short name would do. */
const MOST_SLIPS = 2;

/** Of the known names the only one that begins as typed, else the one with the fewest slips; undefined where none is near. */
export function nearest(typed: string, known: readonly string[]): string | undefined {
  const [begun, ...others] = known.filter((name) => typed !== '' && name.startsWith(typed));
  if (begun !== undefined && others.length === 0) return begun;
  const most = Math.min(MOST_SLIPS, Math.floor(typed.length / 2));
  return known
    .filter((name) => Math.abs(name.length - typed.length) <= most)
    .map((name) => ({ name, count: slips(typed, name) }))
    .filter(({ count }) => count <= most)
    .sort((one, other) => one.count - other.count)[0]?.name;
}

/** Levenshtein's distance: letters to add, drop or change. */
export function slips(from: string, to: string): number {
  let row = Array.from({ length: to.length + 1 }, (_, i) => i);
  for (const [i, letter] of [...from].entries()) {
    const next = [i + 1];
    for (const [j, wanted] of [...to].entries()) {
      const changed = (row[j] as number) + (letter === wanted ? 0 : 1);
      next.push(Math.min(changed, (row[j + 1] as number) + 1, (next[j] as number) + 1));
    }
    row = next;
  }
  return row[to.length] as number;
}
