/** What a project's recent past says: how fast the copy runs, when it should end, and the spans of looks that a SYNCED gate reads. */

/** Full progress seen to have moved, in running time (suspensions and outages left out). */
export interface Mark {
  readonly percent: number;
  /** Running time of the first look that saw it, milliseconds. */
  readonly seenAt: number;
  /** Running time of the look before: it moved somewhere in between. */
  readonly notBefore: number;
}

/** Looks in a row, merged. A single look is a span whose `from` and `to` are the same. */
export interface Span {
  /** Unix milliseconds of the first and the last look's reply. */
  readonly from: number;
  readonly to: number;
  /** Widest distance between two looks in it, milliseconds. */
  readonly maxGapMs: number;
  /** Every look in it was fit for a SYNCED gate but for the size of the lag. */
  readonly ready: boolean;
  /** Greatest lag in it, seconds; 0 where not ready. */
  readonly worstLagSeconds: number;
  /** Checkpoints first seen in it. */
  readonly checkpoints: number;
}

const MAX_MARKS = 24;
const MAX_SPANS = 24;

/**
 * Adds a mark when the percent moved; a percent that went backwards starts the history again. What moved in no running time that anybody
 * saw (a project that was found resumed) tells of no rate: the marks before it keep theirs, as if they had been that much further.
 */
export function withMark(
  marks: readonly Mark[],
  percent: number | null,
  activeMs: number,
  beforeMs: number,
): readonly Mark[] {
  if (percent === null) return marks;
  const last = marks.at(-1);
  if (last === undefined || percent < last.percent) return [{ percent, seenAt: activeMs, notBefore: activeMs }];
  if (percent === last.percent) return marks;
  if (activeMs === beforeMs) return marks.map((mark) => ({ ...mark, percent: mark.percent + percent - last.percent }));
  const grown = [...marks, { percent, seenAt: activeMs, notBefore: beforeMs }];
  // The first is kept for the mean over everything; of the others the newest tell the present pace.
  return grown.length <= MAX_MARKS ? grown : [grown[0] as Mark, ...grown.slice(grown.length - MAX_MARKS + 1)];
}

/** When the copy should be done, as milliseconds of running time from now; earliest and latest below 0 once they have passed. */
export interface Forecast {
  readonly earliestMs: number;
  readonly likelyMs: number;
  readonly latestMs: number;
}

/** The range rests on so many of the last percents: more would be slow to notice that the copy has changed its speed. */
const RECENT_PERCENTS = 3;
/** How much quicker than usual the rest may go, and than the quickest percent of late. */
const QUICKER_THAN_USUAL = 0.7;
const QUICKER_THAN_QUICKEST = 0.95;
/** A rate from which the end would be further away than this is no rate. */
const LONGEST_FORECAST_MS = 10 * 365 * 86_400_000;
/** How much slower than usual the rest may go before it counts as late. Long tails are common, stalls are not. */
const SLOWER_THAN_USUAL = 3;

/**
 * The end of the full copy; null until the percent has moved once since the first look, or at 100. Likely is the mean rate of the last
 * two thirds of the marks; earliest and latest go by the last few percents.
 */
export function forecastCopy(marks: readonly Mark[], activeMs: number): Forecast | null {
  const last = marks.at(-1);
  if (last === undefined || marks.length < 2 || last.percent >= 100) return null;
  const left = 100 - last.percent;
  const sinceMove = Math.max(0, activeMs - middle(last));
  const overall = perPercent(marks[Math.min(marks.length - 2, Math.floor(marks.length / 3))] as Mark, last);
  if (overall * left > LONGEST_FORECAST_MS) return null;
  const recent = marks.slice(-RECENT_PERCENTS - 1);
  const times = recent.slice(1).map((mark, i) => perPercent(recent[i] as Mark, mark));
  const usual = median(times);
  const quickest = Math.min(usual * QUICKER_THAN_USUAL, Math.min(...times) * QUICKER_THAN_QUICKEST);
  return {
    // Whole percents are shown, so all but the one under way are still to come, however long it has been under way.
    earliestMs: Math.max((left - 1) * quickest, left * quickest - Math.max(0, activeMs - last.notBefore)),
    likelyMs: overall * (left - Math.min(1, sinceMove / overall)),
    latestMs: SLOWER_THAN_USUAL * usual * left - sinceMove,
  };
}

function middle(mark: Mark): number {
  return (mark.seenAt + mark.notBefore) / 2;
}

/** Milliseconds of running time for one percent. */
function perPercent(from: Mark, to: Mark): number {
  return Math.max(1, middle(to) - middle(from)) / (to.percent - from.percent);
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] as number;
}

/** Adds a look, and merges the oldest neighbours until there are few again. Merging keeps the worse of each value, so it can close a gate but never open one. */
export function withSpan(spans: readonly Span[], observation: Span): readonly Span[] {
  const last = spans.at(-1);
  if (last !== undefined && !last.ready && !observation.ready) return [...spans.slice(0, -1), merge(last, observation)];
  const grown = [...spans, observation];
  if (grown.length <= MAX_SPANS) return grown;
  // Merge where it costs least detail for its age: the shortest merged stretch relative to how long ago it is.
  let best = 0;
  let bestCost = Number.POSITIVE_INFINITY;
  for (let i = 0; i + 1 < grown.length - 1; i += 1) {
    const [a, b] = [grown[i] as Span, grown[i + 1] as Span];
    const cost = (b.to - a.from + 1) / (observation.to - b.to + 1);
    if (cost < bestCost) [best, bestCost] = [i, cost];
  }
  return [...grown.slice(0, best), merge(grown[best] as Span, grown[best + 1] as Span), ...grown.slice(best + 2)];
}

function merge(a: Span, b: Span): Span {
  const ready = a.ready && b.ready;
  return {
    from: a.from,
    to: b.to,
    maxGapMs: Math.max(a.maxGapMs, b.maxGapMs, b.from - a.to),
    ready,
    worstLagSeconds: ready ? Math.max(a.worstLagSeconds, b.worstLagSeconds) : 0,
    checkpoints: ready ? a.checkpoints + b.checkpoints : 0,
  };
}

/** The unbroken run of fit looks that ends with the newest one. */
export interface Held {
  /** Seconds from its first look to its last. */
  readonly seconds: number;
  /** Different checkpoints seen in it. */
  readonly checkpoints: number;
}

/** How long lag has stayed within `maxLagSeconds`, with looks at most `maxGapMs` apart. */
export function heldWithin(spans: readonly Span[], maxLagSeconds: number, maxGapMs: number): Held {
  let checkpoints = 0;
  let from: number | null = null;
  const to = spans.at(-1)?.to ?? 0;
  for (let i = spans.length - 1; i >= 0; i -= 1) {
    const span = spans[i] as Span;
    if (!span.ready || span.worstLagSeconds > maxLagSeconds || span.maxGapMs > maxGapMs) break;
    if (from !== null && from - span.to > maxGapMs) break;
    from = span.from;
    checkpoints += span.checkpoints;
  }
  if (from === null) return { seconds: 0, checkpoints: 0 };
  return { seconds: (to - from) / 1000, checkpoints: Math.max(1, checkpoints) };
}
