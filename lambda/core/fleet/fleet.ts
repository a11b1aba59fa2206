/**
 * A scheduled round over many projects: checks in parallel, within a limit, each independent of the others.
 * Order of effects: every check by itself; then what the next round needs, in one write. A crash before that write leaves the state of the
 * previous round, so the next round starts where the previous one ended: a project may be polled twice, none is skipped.
 */

import type { CheckResult } from '../../contract/check-result';
import { ALL, type FleetRequest } from '../../contract/events';
import type { ProjectKind } from '../../contract/oms';
import { check, type InvocationPorts, longestCheckMs, requestOutsideWait } from '../check/check';
import { iso } from '../model/duration';
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
  let checked = 0;
  const notReached = await inParallel(
    roster.projects,
    () => remainingMs() > longestCheckMs(ports),
    async (project) => {
      try {
        const result = await check(requestOutsideWait(project, request.intervalSeconds), ports);
        checked += 1;
        if (roster.leaving.has(project)) results.set(project, result);
      } catch (error) {
        failures.add(error);
        const problem = problemOf(error);
        ports.log.warn('check-failed', { projectId: project, problem });
        failed.push({ project, problem });
      }
    },
  );
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

/**
 * Starts the items in order, at most `FLEET_CONCURRENCY` at a time, while `goOn` returns true.
 * @param work must not reject.
 * @returns the items that were not started.
 */
export async function inParallel<T>(
  items: readonly T[],
  goOn: () => boolean,
  work: (item: T) => Promise<void>,
): Promise<readonly T[]> {
  let next = 0;
  const worker = async () => {
    while (next < items.length && goOn()) {
      const item = items[next] as T;
      next += 1;
      await work(item);
    }
  };
  await Promise.all(Array.from({ length: Math.min(FLEET_CONCURRENCY, items.length) }, worker));
  return items.slice(next);
}

function isList<T>(listing: readonly T[] | ListingFailure): listing is readonly T[] {
  return Array.isArray(listing);
}

function problemOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
