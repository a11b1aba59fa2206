/** The figures of two reports of one bench, side by side. */

export type Figures = ReadonlyMap<string, number>;

export interface Comparison {
  readonly figure: string;
  readonly base: number;
  readonly ours: number;
}

/** More than this is a regression. */
const TOLERANCE = 0.1;

/** Of everything else the least is best. */
const MOST_IS_BEST = /(^|\/)(switched|survived|failuresTold)$/;

/** Every number of a report by its path, with an element of a list under its name. What `counts` refuses is left out. */
export function figuresOf(report: unknown, counts: (figure: string) => boolean): Figures {
  const figures = new Map<string, number>();
  const visit = (value: unknown, path: string): void => {
    if (typeof value === 'number' || typeof value === 'boolean') {
      if (counts(path)) figures.set(path, Number(value));
    } else if (Array.isArray(value)) {
      value.forEach((each, index) => {
        visit(each, join(path, nameOf(each, index)));
      });
    } else if (typeof value === 'object' && value !== null) {
      for (const [key, each] of Object.entries(value)) visit(each, join(path, key));
    }
  };
  visit(report, '');
  return figures;
}

function join(path: string, name: string): string {
  return path === '' ? name : `${path}/${name}`;
}

function nameOf(element: unknown, index: number): string {
  const { name, poller, projects } = (element ?? {}) as Readonly<Record<string, unknown>>;
  return String(name ?? poller ?? projects ?? index);
}

/** In the order of the base. A figure that only one of them has says nothing. */
export function compared(base: Figures, ours: Figures): Comparison[] {
  return [...base].flatMap(([figure, value]) => {
    const other = ours.get(figure);
    return other === undefined ? [] : [{ figure, base: value, ours: other }];
  });
}

/** Worse by more than a tenth; of what was 0, any increase. */
export function isRegression({ figure, base, ours }: Comparison): boolean {
  return MOST_IS_BEST.test(figure) ? ours * (1 + TOLERANCE) < base : ours > base * (1 + TOLERANCE);
}

export interface Repeated extends Comparison {
  /** Median over the pairs of runs of ours in parts of the base: what makes both runs of a pair slow cancels out. */
  readonly ratio: number;
  /** From the least of these ratios to the largest. */
  readonly ratios: readonly [number, number];
}

/** Of several runs in turn: the medians, and how far the pairs agree. */
export function repeated(pairs: readonly (readonly [base: Figures, ours: Figures])[]): Repeated[] {
  const names = [...(pairs[0]?.[0].keys() ?? [])];
  return names.flatMap((figure) => {
    const each = pairs.flatMap(([base, ours]) => compared(base, ours).filter((one) => one.figure === figure));
    if (each.length < pairs.length) return [];
    const ratios = each.map(({ base, ours }) => ours / base);
    return {
      figure,
      base: rounded(median(each.map(({ base }) => base))),
      ours: rounded(median(each.map(({ ours }) => ours))),
      ratio: rounded(median(ratios)),
      ratios: [rounded(Math.min(...ratios)), rounded(Math.max(...ratios))] as const,
    };
  });
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? Number.NaN) + upper) / 2;
}

function rounded(value: number): number {
  return Number(value.toFixed(3));
}
