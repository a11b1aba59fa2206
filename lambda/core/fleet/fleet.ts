/**
 * A schedule's look at many projects: side by side within bounds, none held up or spoilt by another.
 * Order of effects: every check for itself; then what the next round has to know, in one write. A crash before it leaves the memory of the
 * round before, so the next one begins where that one left off: projects may be looked at twice, none is forgotten.
 */

import type { CheckResult } from '../../contract/check-result';
import { ALL, type FleetRequest } from '../../contract/fleet';
import type { ProjectKind } from '../../contract/oms';
import { check, type InvocationPorts, longestCheckMs, requestOutsideWait } from '../check/check';
import { iso } from '../model/duration';
import type { Fleet, ListingFailure, Store } from '../ports';
import { type FleetMemory, type FleetStore, isSame, NO_MEMORY } from './memory';
import { sideBySide } from './pool';
import { farewells, rosterOfAll, rosterOfNamed } from './roster';

export interface FleetPorts extends InvocationPorts {
  readonly store: Store & FleetStore;
  /** Asked for the list where the order is for all projects. */
  readonly fleet: Fleet;
  /** Which kind of project is looked at; the list has both. */
  readonly kind: ProjectKind;
}

export interface FleetReport {
  readonly checked: number;
  /** Our own failures; a migration's or OMS's trouble is a look like any other. */
  readonly failed: readonly { readonly project: string; readonly problem: string }[];
  /** Projects that time did not suffice for: they go first next time. */
  readonly notReached: readonly string[];
  /** Why OMS did not give the list of its projects; null where it did or was not asked. */
  readonly notListed: ListingFailure | null;
}

/** Errors kept as causes: a store that is down fails every check for one reason. */
const MAX_CAUSES = 10;
/** Names of projects in one line of the log. */
const MAX_LOGGED = 20;

/** @throws AggregateError of our own failures once every project had its turn, so that the invocation counts as failed and is told of. */
export async function checkFleet(
  order: FleetRequest,
  ports: FleetPorts,
  remainingMs: () => number,
): Promise<FleetReport> {
  const failed: { project: string; problem: string }[] = [];
  const failures = new Failures();
  const [memory, listing] = await Promise.all([
    failures.during(() => ports.store.readFleet(order.projects)),
    order.projects === ALL ? failures.during(() => ports.fleet.listProjects()) : undefined,
  ]);
  const before = memory?.value ?? NO_MEMORY;
  const notListed = listing?.value !== undefined && !isList(listing.value) ? listing.value : null;
  const listed = listing?.value !== undefined && isList(listing.value) ? listing.value : null;
  const roster =
    order.projects === ALL ? rosterOfAll(listed, ports.kind, before) : rosterOfNamed(order.projects, before);
  ports.metrics?.fleet(roster.projects.length);
  if (notListed !== null) ports.log.warn('fleet-not-listed', { ...notListed, lastKnown: roster.projects.length });

  const seen = new Map<string, CheckResult>();
  let checked = 0;
  const notReached = await sideBySide(
    roster.projects,
    () => remainingMs() > longestCheckMs(ports),
    async (project) => {
      try {
        const result = await check(requestOutsideWait(project, order.intervalSeconds), ports);
        checked += 1;
        if (roster.leaving.has(project)) seen.set(project, result);
      } catch (error) {
        failures.add(error);
        const problem = problemOf(error);
        ports.log.warn('check-failed', { projectId: project, problem });
        failed.push({ project, problem });
      }
    },
  );
  // Where the memory could not be read, writing it would forget what is in it.
  if (memory !== undefined) {
    const { known, leaving } =
      listed === null ? { known: before.known, leaving: before.leaving } : farewells(roster, seen, before);
    const after: FleetMemory = { endedAt: iso(ports.clock.now()), notReached, known, leaving };
    if (!isSame(before, after)) await failures.during(() => ports.store.putFleet(order.projects, after));
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

/** Our own failures of a round: collected, so that they spoil nothing but what they happened to. */
class Failures {
  private readonly causes: unknown[] = [];

  add(error: unknown): void {
    if (this.causes.length < MAX_CAUSES) this.causes.push(error);
  }

  /** The call's value; undefined where it failed. */
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
    throw new AggregateError(this.causes, `${what} for our own reasons: ${problemOf(this.causes[0])}`);
  }
}

function isList<T>(listing: readonly T[] | ListingFailure): listing is readonly T[] {
  return Array.isArray(listing);
}

function problemOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
