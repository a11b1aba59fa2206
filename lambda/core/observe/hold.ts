/** The polls that a SYNCED gate reads: whether each was ready, and for how long the lag has held. */

import type { ProjectState, Span } from '../model/project-state';
import type { Reading } from './assessment';
import { implausible } from './gate';
import { isTooFarAhead, STALE_CHECKPOINT_MS } from './lag';

const MAX_SPANS = 24;

/** How far apart the polls of a hold may be. */
export function maxPollGapMs(holdSeconds: number): number {
  return Math.max(30_000, holdSeconds * 500);
}

/** @param checkpointSince when the forward checkpoint's current value was first seen. */
export function spanOf({ spans }: ProjectState, reading: Reading, checkpointSince: number | null): Span {
  const { answeredAt: at, gateClosedBy, lagSeconds } = reading;
  const ready =
    gateClosedBy === null &&
    lagSeconds !== null &&
    implausible('forward', reading) === null &&
    !isTooFarAhead(reading) &&
    checkpointSince !== null &&
    at - checkpointSince < STALE_CHECKPOINT_MS;
  const isNewCheckpoint = checkpointSince === at || spans.at(-1)?.ready !== true;
  return {
    from: at,
    to: at,
    maxGapMs: 0,
    ready,
    worstLagSeconds: ready ? lagSeconds : 0,
    checkpoints: ready && isNewCheckpoint ? 1 : 0,
  };
}

/** Adds a poll, and merges neighbours once there are too many. Merging keeps the worse of each value, so it can close a gate but never open one. */
export function withSpan(spans: readonly Span[], poll: Span): readonly Span[] {
  const last = spans.at(-1);
  if (last !== undefined && !last.ready && !poll.ready) return [...spans.slice(0, -1), merge(last, poll)];
  const grown = [...spans, poll];
  if (grown.length <= MAX_SPANS) return grown;
  // Merge where it costs the least detail: the shortest merged span relative to its age.
  let best = 0;
  let bestCost = Number.POSITIVE_INFINITY;
  for (let i = 0; i + 1 < grown.length - 1; i += 1) {
    const [a, b] = [grown[i] as Span, grown[i + 1] as Span];
    const cost = (b.to - a.from + 1) / (poll.to - b.to + 1);
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

/** The unbroken run of ready polls that ends with the newest one. */
export interface Held {
  /** From its first poll to its last. */
  readonly seconds: number;
  /** Different checkpoints seen in it. */
  readonly checkpoints: number;
}

/** How long lag has stayed within `maxLagSeconds`, with polls at most `maxGapMs` apart. */
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
