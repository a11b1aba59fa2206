/**
 * A scheduled round over many projects: checks in parallel, within a limit, each independent of the others.
 * Order of effects: every check by itself; then what the next round needs, in one write. A crash before that write leaves the state of the
 * previous round, so the next round starts where the previous one ended: a project may be polled twice, none is skipped.
 */

import type { CheckResult } from '../../contract/check-result';
import { iso } from '../../contract/duration';
import { ALL, type FleetRequest } from '../../contract/events';
import type { ProjectKind } from '../../contract/oms';
import { check, type InvocationPorts, longestCheckMs, requestOutsideWait } from '../check/check';
import type { Fleet, ListingFailure, Store } from '../ports';
import {
  EMPTY_MEMORY,
  type FleetMemory,
  type FleetStore,
  isUnchanged,
  leaversAfter,
  rosterOfAll,
  rosterOfNamed,
} from './roster';
import { RoundLoad } from './round-load';

export interface FleetPorts extends InvocationPorts {
  readonly store: Store & FleetStore;
  /** Lists the projects where all of them are requested. */
  readonly fleet: Fleet;
  /** The kind of project to check; the list has both. */
  readonly kind: ProjectKind;
}

export interface FleetReport {
  readonly checked: number;
  /** Checks that failed on our side. A failure of OMS or of a migration is the result of a check. */
  readonly failed: readonly { readonly project: string; readonly problem: string }[];
  /** Projects that the time did not allow for: the first ones of the next round. */
  readonly notReached: readonly string[];
  /** Why OMS did not list its projects; null where it did, or where no list was requested. */
  readonly notListed: ListingFailure | null;
}

/** Errors kept as causes: an unavailable store fails every check for the same reason. */
const MAX_CAUSES = 10;
/** Project ids in one log line. */
const MAX_LOGGED = 20;

/** @throws AggregateError of the failures on our side, after all projects were checked, so that the invocation counts as failed. */
export async function checkFleet(
  request: FleetRequest,
  ports: FleetPorts,
  remainingMs: () => number,
): Promise<FleetReport> {
  const failed: { project: string; problem: string }[] = [];
  const failures = new Failures();
  const [memory, listing] = await Promise.all([
    failures.during(() => ports.store.readFleet(request.projects)),
    request.projects === ALL ? failures.during(() => ports.fleet.listProjects()) : undefined,
  ]);
  const before = memory?.value ?? EMPTY_MEMORY;
  const notListed = listing?.value !== undefined && !isList(listing.value) ? listing.value : null;
  const listed = listing?.value !== undefined && isList(listing.value) ? listing.value : null;
  const roster =
    request.projects === ALL ? rosterOfAll(listed, ports.kind, before) : rosterOfNamed(request.projects, before);
  ports.metrics?.fleet(roster.projects.length);
  if (notListed !== null) ports.log.warn('fleet-not-listed', { ...notListed, lastKnown: roster.projects.length });

  const results = new Map<string, CheckResult>();
  const load = new RoundLoad(ports.oms, ports.clock, FLEET_CONCURRENCY);
  const guarded = { ...ports, oms: load.guarded };
  const pace: Pace = {
    limit: () => load.limit,
    goOn: () => remainingMs() > longestCheckMs(ports),
    ready: async () => {
      const pauseMs = load.pauseMs();
      if (pauseMs > 0) await ports.clock.sleep(pauseMs);
    },
  };
  const checkOne = async (project: string) => {
    try {
      const result = await check(requestOutsideWait(project, request.intervalSeconds), guarded);
      if (roster.leaving.has(project)) results.set(project, result);
    } catch (error) {
      failures.add(error);
      const problem = problemOf(error);
      ports.log.warn('check-failed', { projectId: project, problem });
      failed.push({ project, problem });
    }
  };
  const notReached = await inParallel(roster.projects, pace, checkOne);
  // OMS had no time for these; now it may have.
  await inParallel(load.turnedAway(), pace, checkOne);
  const checked = roster.projects.length - notReached.length - new Set(failed.map(({ project }) => project)).size;
  if (load.downAs !== null) {
    const { project, observation } = load.downAs;
    ports.log.warn('oms-down', { askedFor: project, outcome: observation.outcome, problem: observation.problem });
  }
  // Where the memory could not be read, a write would lose what is in it.
  if (memory !== undefined) {
    const { known, leaving } =
      listed === null ? { known: before.known, leaving: before.leaving } : leaversAfter(roster, results, before);
    const after: FleetMemory = { endedAt: iso(ports.clock.now()), notReached, known, leaving };
    if (!isUnchanged(before, after)) await failures.during(() => ports.store.putFleet(request.projects, after));
  }
  ports.log.info('fleet', {
    checked,
    failed: failed.length,
    notReached: notReached.length,
    goFirstNextTime: notReached.slice(0, MAX_LOGGED),
    leaving: [...roster.leaving].slice(0, MAX_LOGGED),
  });
  failures.throwIfAny(failed.length, roster.projects.length);
  return { checked, failed, notReached, notListed };
}

/** The failures of a round on our side, collected so that each affects only its own project. */
class Failures {
  private readonly causes: unknown[] = [];

  add(error: unknown): void {
    if (this.causes.length < MAX_CAUSES) this.causes.push(error);
  }

  /** The result of the call; undefined where it failed. */
  async during<T>(call: () => Promise<T>): Promise<{ readonly value: T } | undefined> {
    try {
      return { value: await call() };
    } catch (error) {
      this.add(error);
      return undefined;
    }
  }

  throwIfAny(checks: number, projects: number): void {
    if (this.causes.length === 0) return;
    const what = checks === 0 ? 'the round failed' : `${checks} of ${projects} checks failed`;
    throw new AggregateError(this.causes, `${what} on our side: ${problemOf(this.causes[0])}`);
  }
}

/**
 * How many projects are checked in parallel: as many as the OMS client keeps connections, because more would wait there against their own deadline.
 * OMS's console is a small server with users of its own, and 16 are enough: 1,000 projects at 100 ms take 8 s of the 150 s that an invocation
 * has, and those of one schedule (200 at most, lib/monitor/fleet-schedule.ts) 125 s even where every poll takes its whole deadline of 10 s.
 */
export const FLEET_CONCURRENCY = 16;

export interface Pace {
  /** How many may run beside each other now. */
  limit(): number;
  /** False ends it. */
  goOn(): boolean;
  /** Resolves when the next one may start. */
  ready?(): Promise<void>;
}

/**
 * Starts the items in order, as many at a time as the pace allows.
 * @param work must not reject.
 * @returns the items that were not started.
 */
export async function inParallel<T>(
  items: readonly T[],
  { limit, goOn, ready }: Pace,
  work: (item: T) => Promise<void>,
): Promise<readonly T[]> {
  const running = new Set<Promise<void>>();
  let next = 0;
  while (next < items.length) {
    if (running.size >= limit()) {
      await Promise.race(running);
      continue;
    }
    await ready?.();
    if (!goOn()) break;
    const one = work(items[next] as T).finally(() => running.delete(one));
    running.add(one);
    next += 1;
  }
  await Promise.all(running);
  return items.slice(next);
}

function isList<T>(listing: readonly T[] | ListingFailure): listing is readonly T[] {
  return Array.isArray(listing);
}

function problemOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
