/** The figures of a group of traces: delays over all of them, everything else as the mean of one wait. */

import type { LongestWait } from './longest-wait';
import { type Measured, type MeasuredTrace, POLLERS, type Poller } from './measure';
import type { TraceGroup } from './traces/catalogue';
import type { TraceKind } from './traces/trace';

export interface Spread {
  readonly mean: number;
  readonly p95: number;
  readonly max: number;
}

export interface RunReport {
  readonly poller: Poller;
  /** Null if the traces have no goal, or one of them was not survived. */
  readonly delaySeconds: Spread | null;
  /** Null if no failure was notified. */
  readonly failureDelaySeconds: Spread | null;
  readonly failuresTold: number;
  readonly omsRequests: number;
  readonly invocations: number;
  readonly billedMs: number;
  readonly transitions: number;
  /** Of all executions of all waits. */
  readonly largestHistory: number;
  readonly dynamoDbReadUnits: number;
  readonly dynamoDbWriteUnits: number;
  readonly messages: number;
  readonly dollars: number;
  /** All waits. */
  readonly survived: boolean;
  /** How the executions ended, and how often. */
  readonly ends: Readonly<Record<string, number>>;
  /** If waits were not survived: all of them, with a poller that is restarted each time. */
  readonly ifRestarted: { readonly delaySeconds: Spread; readonly dollars: number; readonly restarts: number } | null;
}

export interface TraceReport {
  readonly name: string;
  readonly kind: TraceKind;
  /** Mean until the goal, or the final failure. */
  readonly seconds: number;
  readonly seeds: number;
  readonly runs: readonly RunReport[];
}

export interface BenchReport {
  readonly seed: number;
  readonly traces: readonly TraceReport[];
  /** Absent if only one trace was requested. */
  readonly longestWaits?: readonly LongestWait[];
}

export function reportOn(
  { name, kind }: Pick<TraceGroup, 'name' | 'kind'>,
  played: readonly MeasuredTrace[],
): TraceReport {
  return {
    name,
    kind,
    seconds: Math.round(mean(played.map(({ seconds }) => seconds))),
    seeds: played.length,
    runs: POLLERS.map((poller) =>
      runReport(
        poller,
        played.flatMap(({ runs }) => runs.filter((run) => run.poller === poller)),
      ),
    ),
  };
}

function runReport(poller: Poller, runs: readonly Measured[]): RunReport {
  const survived = runs.every((run) => run.survived);
  const failureDelays = runs.flatMap(({ failureDelaysSeconds }) => failureDelaysSeconds);
  const average = (of: (run: Measured) => number) => rounded(mean(runs.map(of)), 2);
  return {
    poller,
    delaySeconds: survived ? spreadOf(runs.flatMap(({ delaySeconds }) => delaySeconds ?? [])) : null,
    failureDelaySeconds: spreadOf(failureDelays),
    failuresTold: failureDelays.length,
    omsRequests: average((run) => run.omsRequests),
    invocations: average((run) => run.invocations),
    billedMs: average((run) => run.billedMs),
    transitions: average((run) => run.transitions),
    largestHistory: Math.max(...runs.map((run) => run.largestHistory)),
    dynamoDbReadUnits: average((run) => run.dynamoDbReadUnits),
    dynamoDbWriteUnits: average((run) => run.dynamoDbWriteUnits),
    messages: average((run) => run.messages),
    dollars: rounded(mean(runs.map((run) => run.dollars)), 7),
    survived,
    ends: counted(runs.map(({ end }) => end)),
    ifRestarted: restartedReport(runs),
  };
}

function restartedReport(runs: readonly Measured[]): RunReport['ifRestarted'] {
  const each = runs.map(
    ({ ifRestarted, delaySeconds, dollars }) =>
      ifRestarted ?? (delaySeconds === null ? null : { delaySeconds, dollars, restarts: 0 }),
  );
  const known = each.filter((one) => one !== null);
  const delaySeconds = spreadOf(known.map((one) => one.delaySeconds));
  if (delaySeconds === null || known.length < each.length || runs.every(({ survived }) => survived)) return null;
  return {
    delaySeconds,
    dollars: rounded(mean(known.map((one) => one.dollars)), 7),
    restarts: rounded(mean(known.map((one) => one.restarts)), 2),
  };
}

/** By nearest rank; null for an empty list. */
export function spreadOf(values: readonly number[]): Spread | null {
  if (values.length === 0) return null;
  const sorted = [...values].sort((a, b) => a - b);
  const p95 = sorted[Math.ceil(0.95 * sorted.length) - 1] as number;
  return { mean: rounded(mean(sorted), 3), p95: rounded(p95, 3), max: rounded(sorted.at(-1) as number, 3) };
}

function mean(values: readonly number[]): number {
  return values.length === 0 ? 0 : values.reduce((sum, value) => sum + value, 0) / values.length;
}

function rounded(value: number, digits: number): number {
  return Number(value.toFixed(digits));
}

function counted(words: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const word of words) counts[word] = (counts[word] ?? 0) + 1;
  return counts;
}
