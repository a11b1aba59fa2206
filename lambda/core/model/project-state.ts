/** The one current item of a project: all that the next check, a gate or a notification needs to know of the past. Bounded in size. */

import type { OmsApi, Outcome } from '../../contract/oms';
import type { Affected, Change } from './change';
import type { Progress } from './progress';

export interface ProjectState {
  readonly project: string;
  /** 1 on the first write, one more on every write, without a gap. */
  readonly version: number;
  /** Names the write, so that a successful write whose answer was lost is recognized as our own. */
  readonly writeId: string;
  /** The checks, and a cutover's notices, that are part of this state, newest last: none is applied twice. */
  readonly recentChecks: readonly string[];
  /** Unix milliseconds. A reply whose request began earlier is outdated. */
  readonly requestedAt: number;
  readonly observedAt: number;
  readonly outcome: Outcome;
  /** Why the last poll failed; null when it was OK. */
  readonly problem: string | null;
  readonly api: OmsApi | null;
  readonly clockSkewMs: number | null;
  /** The last progress OMS reported, however long ago; null when it never did. */
  readonly progress: Progress | null;
  readonly progressAt: number | null;
  /** First poll that saw the current status. */
  readonly statusSince: number | null;
  /** First poll that saw the current step. */
  readonly stepSince: number | null;
  /** Unbroken series of polls that saw a condition. */
  readonly series: SeriesByName;
  /** Without a poll by then a series is broken. */
  readonly nextPollBy: number;
  /** The same for the schedule's own polls; 0 where there is none. */
  readonly nextScheduledBy: number;
  /** Running time: milliseconds between polls that saw the project running. */
  readonly activeMs: number;
  /** Where the full copy's progress changed, in running time. */
  readonly marks: readonly Mark[];
  /** When a percentage, a checkpoint, the status or the step last changed, in running time. */
  readonly movedAtActiveMs: number;
  /** The polls that a SYNCED gate reads, merged as they age. */
  readonly spans: readonly Span[];
  /** When the forward checkpoint's current value was first seen. */
  readonly checkpointSince: number | null;
  /** The reverse checkpoint since the reverse step began: its value, how many were seen without a jump back, and when it last changed. Absent before. */
  readonly reverse?: { readonly value: number; readonly values: number; readonly movedAt: number } | undefined;
  /** Greatest lead of the forward checkpoint over our clock since incremental sync began, milliseconds: the source's clock is ahead by at least as much. */
  readonly sourceAheadMs?: number | undefined;
  /** Least lag since incremental sync began. */
  readonly bestLagSeconds: number | null;
  /** Last sequence number given to a change. */
  readonly sequence: number;
  /** Changes that are not delivered yet, oldest first. */
  readonly pending: readonly Change[];
  /** Which health changes were notified and have not ended, and what is notified once. */
  readonly notified: Notified;
  /** Who is publishing, and until when it excludes all others. */
  readonly lease: { readonly owner: string; readonly until: number } | null;
  /** Unix milliseconds: until then changes are kept and not sent. Stays past its end until what was kept is summed up. Absent: no window. */
  readonly mutedUntil?: number;
  /** Of the console while it fails. */
  readonly affected?: Affected;
}

/** An unbroken series of polls that saw a condition. */
export interface Series {
  readonly name: SeriesName;
  /** Unix milliseconds of its first and its last poll. */
  readonly since: number;
  readonly last: number;
  readonly polls: number;
  /** Polls since the last one got no answer. */
  readonly missed?: true;
}

export type SeriesName = 'failed' | 'suspended' | 'unknown' | 'noAnswer' | 'credentials';
export type SeriesByName = Readonly<Partial<Record<SeriesName, Series>>>;

/** A full copy progress that was first seen at this value, in running time. */
export interface Mark {
  readonly percent: number;
  /** Running time of the first poll that saw it, milliseconds. */
  readonly seenAt: number;
  /** Running time of the poll before: the progress changed somewhere in between. */
  readonly notBefore: number;
}

/** Consecutive polls, merged. A single poll is a span whose `from` and `to` are the same. */
export interface Span {
  /** Unix milliseconds of the first and the last poll's reply. */
  readonly from: number;
  readonly to: number;
  /** Longest time between two polls in it, milliseconds. */
  readonly maxGapMs: number;
  /** Every poll in it satisfied a SYNCED gate but for the size of the lag. */
  readonly ready: boolean;
  /** Greatest lag in it, seconds; 0 where not ready. */
  readonly worstLagSeconds: number;
  /** Checkpoints first seen in it. */
  readonly checkpoints: number;
}

export interface Notified {
  readonly unreachable?: boolean;
  readonly credentials?: boolean;
  readonly gone?: boolean;
  readonly stalled?: boolean;
  readonly lagging?: boolean;
  /** Polls in a row on the other side of the lag threshold. */
  readonly lagPolls?: number;
  /** Last share of the resumable time that was notified, in percent, for the stop that began at statusSince. */
  readonly expiring?: number;
  readonly mayNeverFinish?: boolean;
  /** Whether writes to the target reach the source after a switchover. Absent before there was a rollback path. */
  readonly rollbackPath?: 'OPEN' | 'LOST';
  /** The wait whose met goal was notified. */
  readonly goalMetFor?: string;
}

/** A project before its first poll. */
export function initialState(project: string): ProjectState {
  return {
    project,
    version: 0,
    writeId: '',
    recentChecks: [],
    requestedAt: 0,
    observedAt: 0,
    outcome: 'OK',
    problem: null,
    api: null,
    clockSkewMs: null,
    progress: null,
    progressAt: null,
    statusSince: null,
    stepSince: null,
    series: {},
    nextPollBy: 0,
    nextScheduledBy: 0,
    activeMs: 0,
    marks: [],
    movedAtActiveMs: 0,
    spans: [],
    checkpointSince: null,
    bestLagSeconds: null,
    sequence: 0,
    pending: [],
    notified: {},
    lease: null,
  };
}

/** Unix milliseconds: a poll that began earlier overlapped the one that counts, and which of the two OMS served first is unknown. */
export function countedUntil({ requestedAt, progressAt }: ProjectState): number {
  return Math.max(requestedAt, progressAt ?? 0);
}

const REMEMBERED_CHECKS = 16;

/** `recentChecks` with one more. */
export function remembering(recentChecks: readonly string[], id: string): readonly string[] {
  return [...recentChecks, id].slice(-REMEMBERED_CHECKS);
}

/** More conflicts in a row are a fault, not contention. */
export const MAX_CONFLICTS = 100;
