/** What the core needs from outside. Each port has one adapter, and a fake under test/ that passes the same contract tests. */

import type { CheckResult } from '../contract/check-result';
import type { FailedOutcome, Importance, OmsApi, ProjectKind } from '../contract/oms';
import type { Observation } from './model/progress';
import type { ProjectState } from './model/project-state';
import type { Poller, Snapshot } from './model/snapshot';

/** The only source of time, so that a simulation plays weeks in seconds. */
export interface Clock {
  /** Unix milliseconds. */
  now(): number;
  /** Resolves after `ms`; rejects with Interrupted when the signal aborts. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}

/** One OMS console, of any version. */
export interface Oms {
  /**
   * One poll of a project, bounded by one deadline over connecting, headers, body and retries.
   * Never throws for a failure of OMS: that is an outcome other than OK. Throws Interrupted when the signal aborts.
   */
  poll(projectId: string, hint?: PollHint): Promise<Observation>;
}

export interface PollHint {
  /** Which calls answered for this project last time; asked only where the client is set to `auto` and does not remember itself. */
  readonly api?: () => Promise<OmsApi | undefined>;
  /** Milliseconds after which the caller needs no answer any more; it can only shorten the poll. */
  readonly withinMs?: number;
  readonly signal?: AbortSignal;
}

/** A project as ListProjects shows it (4.1.1 on). */
export interface ListedProject {
  readonly id: string;
  readonly name: string | null;
  readonly kind: ProjectKind;
  readonly status: string;
}

/** Every project of an OMS that has the 4.1.1 calls. */
export interface Fleet {
  /** Never throws for a failure of OMS, which is a ListingFailure. Throws Interrupted when the signal aborts. */
  listProjects(signal?: AbortSignal): Promise<readonly ListedProject[] | ListingFailure>;
}

export interface ListingFailure {
  readonly outcome: FailedOutcome;
  /** One sentence. Contains no secret. */
  readonly problem: string;
  /** True where this OMS has no such call: before 4.1.1 projects have to be named. */
  readonly missingCall?: true;
}

export type Verification =
  /** This OMS has no call for it, or the project has no full verification. */
  | { readonly state: 'NOT_THERE'; readonly message: string }
  | { readonly state: 'CLEAN'; readonly message: string }
  | { readonly state: 'UNDER_WAY'; readonly message: string }
  | { readonly state: 'DIFFERENT'; readonly message: string }
  /** No usable answer: not clean. */
  | { readonly state: 'UNKNOWN'; readonly message: string };

/** OMS's own full verification, where a project has one and the calls to ask for it are there (4.1.1 on). */
export interface Verifier {
  /**
   * Never throws for a failure of OMS.
   * @param api which calls answered for this project last time: where those of 4.1.1 did, a call that seems missing is a temporary failure.
   */
  verification(projectId: string, api: OmsApi | null): Promise<Verification>;
}

export interface Credentials {
  readonly username: string;
  readonly password: string;
}

/** Where the OMS account comes from. Throws CheckFailed for its own failure. */
export interface CredentialsSource {
  /** May answer from a cache of some minutes. */
  read(): Promise<Credentials>;
  /** Bypasses the cache: OMS has just rejected what `read` returned. */
  reread(): Promise<Credentials>;
}

/** One state item for each project, and its snapshots. Throws CheckFailed for its own failure. */
export interface Store {
  /** A consistent read; undefined for a project never seen. */
  readState(project: string): Promise<ProjectState | undefined>;
  /** A check that is tried again overwrites its own snapshot. */
  putSnapshot(snapshot: Snapshot): Promise<void>;
  /** Writes only where the stored version is still `expectedVersion` (0: no item yet); otherwise `conflict`. */
  putState(projectState: ProjectState, expected: { readonly expectedVersion: number }): Promise<'stored' | 'conflict'>;
  /** Stored polls of a project, by time; `from` and `to` are inclusive, Unix milliseconds. */
  snapshots(project: string, range?: SnapshotRange): AsyncIterable<Snapshot>;
}

export interface SnapshotRange {
  readonly from?: number;
  readonly to?: number;
  /** Default oldest first. */
  readonly newestFirst?: boolean;
  /** At most this many; default all. */
  readonly limit?: number;
}

/** The subscriptions of the topic. Throws when they cannot be listed. */
export interface Subscriptions {
  list(): Promise<readonly Subscription[]>;
}

export interface Subscription {
  /** `email`, `sqs`, … */
  readonly protocol: string;
  readonly endpoint: string;
  /** False until the subscriber has confirmed. */
  readonly confirmed: boolean;
}

/** How many waits may keep an invocation while they poll at short intervals: the concurrency of the account is for everybody. */
export interface Seats {
  /** Null where all are taken, or cannot be read. */
  take(): Promise<Seat | null>;
}

export interface Seat {
  release(): Promise<void>;
}

/** Structured log: one JSON object a line. */
export interface Log {
  info(event: string, fields?: Readonly<Record<string, unknown>>): void;
  warn(event: string, fields?: Readonly<Record<string, unknown>>): void;
}

/** Metrics for the alarms on the monitor itself. Never throws, and nothing waits for it. */
export interface Metrics {
  /** How many projects a round of the schedule polls: a large fleet gets no metrics by project. */
  fleet(projects: number): void;
  /** A completed check, with any result. */
  checked(check: MeasuredCheck): void;
  /** A check that failed by itself: the store, a bug. */
  failed(looker: Poller): void;
  /** The last thing an invocation does. */
  flush(): void;
}

export interface MeasuredCheck {
  readonly result: CheckResult;
  readonly looker: Poller;
  readonly durationMs: number;
  readonly importance: Importance | null;
  /** From the notification of a stall on, until the project progresses. */
  readonly stalled: boolean;
  /** Changes that are not published yet, this check's own included. */
  readonly changesPending: number;
}
