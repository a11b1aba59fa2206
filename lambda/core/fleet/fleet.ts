/**
 * A scheduled round over many projects: checks in parallel, within a limit, each independent of the others.
 *
 * A large fleet is polled in turns over the interval, so that OMS has the same to do all the time; and a turn that is too much for one invocation
 * is divided into parts, each started as an invocation of its own.
 * Order of effects: the parts are started, or every check made by itself; then what the next round needs, in one write. A crash before that write
 * leaves the state of the previous round, so the next round starts where the previous one ended: a project may be polled twice, none is skipped.
 */

import type { CheckResult } from '../../contract/check-result';
import { ALL, type FleetEvent, type FleetRequest, LISTED, partsFor, SMALL_FLEET } from '../../contract/fleet';
import type { ProjectKind } from '../../contract/oms';
import { iso } from '../../contract/values/duration';
import { check, type InvocationPorts, longestCheckMs, requestOutsideWait } from '../check/check';
import { mayBeConsoles } from '../check/console';
import type { Fleet, ListingFailure, Store } from '../ports';
import {
  EMPTY_MEMORY,
  type FleetMemory,
  type FleetStore,
  inTurn,
  isUnchanged,
  keyOf,
  leaversAfter,
  remembered,
  repaginated,
} from './roster';
import { RoundLoad } from './round-load';
import { concurrencyOf, isDue, isInPart, turnMs, turnOf } from './shares';

export interface FleetPorts extends InvocationPorts {
  readonly store: Store & FleetStore;
  /** Lists the projects where all of them are requested. */
  readonly fleet: Fleet;
  /** The kind of project to check; the list has both. */
  readonly kind: ProjectKind;
  /** The list that is deployed with the function. Throws CheckFailed where there is none. */
  readonly listedProjects: () => readonly string[];
  /** Starts another invocation and does not wait for it. Lambda delivers it at least once. */
  readonly start: (event: FleetEvent) => Promise<void>;
}

export interface FleetReport {
  readonly checked: number;
  /** Checks that failed on our side. A failure of OMS or of a migration is the result of a check. */
  readonly failed: readonly { readonly project: string; readonly problem: string }[];
  /** Projects that the time did not allow for: the first ones of the next round. */
  readonly notReached: readonly string[];
  /** Why OMS did not list its projects; null where it did, or where no list was requested. */
  readonly notListed: ListingFailure | null;
  /** Invocations that check the projects instead of this one. Absent: this one did. */
  readonly parts?: number;
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
  const failures = new Failures();
  const round = await roundOf(request, ports, failures);
  if (round.notListed !== null)
    ports.log.warn('fleet-not-listed', { ...round.notListed, lastKnown: round.projects.length });
  if (round.parts > 1 && request.part === undefined) return await divided(round, request, ports, failures);
  return await checkAll(round, request, ports, failures, remainingMs);
}

/** What an invocation has to do. */
interface Round {
  /** Those that are due, in their order. */
  readonly projects: readonly string[];
  readonly parts: number;
  readonly key: ReturnType<typeof keyOf>;
  /** As stored, and with what OMS lists now. Undefined where it could not be read: then a write would lose what is in it. */
  readonly stored: FleetMemory | undefined;
  readonly memory: FleetMemory;
  /** Known projects that OMS no longer lists. Empty where OMS could not be asked now: until it lists its projects again, none has left. */
  readonly leaving: ReadonlySet<string>;
  readonly notListed: ListingFailure | null;
}

const WHOLE = { index: 0, of: 1 };

async function roundOf(request: FleetRequest, ports: FleetPorts, failures: Failures): Promise<Round> {
  if (request.projects === ALL) return await roundOfAll(request, ports, failures);
  const all = request.projects === LISTED ? ports.listedProjects() : request.projects;
  ports.metrics?.fleet(all.length);
  const parts = request.projects === LISTED ? partsFor(all.length, request.turn?.of ?? 1) : 1;
  const part = request.part ?? WHOLE;
  const mine = part.of === 1 ? all : all.filter((project) => isInPart(project, part));
  const key = keyOf(request.projects, part);
  const isDivided = parts > 1 && request.part === undefined;
  const read = isDivided ? undefined : await failures.during(() => ports.store.readFleet(key));
  const stored = read === undefined ? undefined : (read.value ?? EMPTY_MEMORY);
  const memory = stored ?? EMPTY_MEMORY;
  const wanted = new Set(mine);
  const due = mine.filter((project) => isDue(project, request));
  const projects = inTurn(due, memory.notReached, (project) => wanted.has(project));
  return { projects, parts: part.of === 1 ? parts : part.of, key, stored, memory, leaving: new Set(), notListed: null };
}

/** A part of such a round is a page of the list, which the first invocation of an interval has brought up to date. */
async function roundOfAll(request: FleetRequest, ports: FleetPorts, failures: Failures): Promise<Round> {
  const { turn, part = WHOLE, intervalSeconds } = request;
  const key = keyOf(ALL, part);
  const read = await failures.during(() => ports.store.readFleet(key));
  const stored = read === undefined ? undefined : (read.value ?? EMPTY_MEMORY);
  let memory = stored ?? EMPTY_MEMORY;
  let notListed: ListingFailure | null = null;
  let isCurrent = true;
  const isFirstTurn = turn === undefined || turnOf(turn, intervalSeconds) === 0;
  if (request.part === undefined && (isFirstTurn || memory.endedAt === '')) {
    const listing = (await failures.during(() => ports.fleet.listProjects()))?.value;
    if (listing !== undefined && !isList(listing)) notListed = listing;
    // Otherwise the last list counts, and each project's own check reports what is wrong.
    isCurrent = listing !== undefined && isList(listing);
    if (listing !== undefined && isList(listing)) {
      const others = await otherPages(memory, ports, failures);
      const [first = EMPTY_MEMORY, ...rest] =
        others === undefined ? [memory] : repaginated([memory, ...others], listing, ports.kind);
      memory = first;
      for (const [i, page] of rest.entries()) {
        if (others?.[i] !== undefined && isUnchanged(others[i], page)) continue;
        await failures.during(() => ports.store.putFleet(keyOf(ALL, { index: i + 1, of: rest.length + 1 }), page));
      }
    }
  }
  const parts = part.of === 1 ? (memory.pages ?? 1) : part.of;
  ports.metrics?.fleet(parts === 1 ? memory.known.length : Number.POSITIVE_INFINITY);
  const known = new Set(memory.known);
  const isSmall = parts === 1 && known.size <= SMALL_FLEET;
  const due = memory.known.filter((project) => (isSmall ? isFirstTurn : isDue(project, request)));
  return {
    projects: inTurn(due, memory.notReached, (project) => known.has(project)),
    parts,
    key,
    stored,
    memory,
    leaving: new Set(isCurrent ? Object.keys(memory.leaving) : []),
    notListed,
  };
}

/** Undefined where one cannot be read: then its projects would seem to be new. */
async function otherPages(
  { pages = 1 }: FleetMemory,
  ports: FleetPorts,
  failures: Failures,
): Promise<readonly FleetMemory[] | undefined> {
  const read: FleetMemory[] = [];
  for (let index = 1; index < pages; index += 1) {
    const page = await failures.during(() => ports.store.readFleet(keyOf(ALL, { index, of: pages })));
    if (page === undefined) return undefined;
    read.push(page.value ?? EMPTY_MEMORY);
  }
  return read;
}

async function divided(
  { parts, key, stored, memory, notListed }: Round,
  request: FleetRequest,
  ports: FleetPorts,
  failures: Failures,
): Promise<FleetReport> {
  // Before the first part reads it.
  if (request.projects === ALL && stored !== undefined && !isUnchanged(stored, memory)) {
    await failures.during(() => ports.store.putFleet(key, { ...memory, endedAt: iso(ports.clock.now()) }));
  }
  const { turn, ...rest } = request;
  for (let index = 0; index < parts; index += 1) {
    const event: FleetEvent = {
      ...rest,
      ...(turn === undefined ? {} : { turn: { at: iso(turn.at), of: turn.of } }),
      part: { index, of: parts },
    };
    await failures.during(() => ports.start(event));
  }
  ports.log.info('fleet-divided', { parts });
  failures.throwIfAny(0, 0);
  return { checked: 0, failed: [], notReached: [], notListed, parts };
}

async function checkAll(
  round: Round,
  request: FleetRequest,
  ports: FleetPorts,
  failures: Failures,
  remainingMs: () => number,
): Promise<FleetReport> {
  const { memory, stored, projects, key, parts, leaving, notListed } = round;
  const failed: { project: string; problem: string }[] = [];
  const results = new Map<string, CheckResult>();
  const load = new RoundLoad(ports.oms, ports.clock, concurrencyOf(parts));
  const guarded = { ...ports, oms: load.guarded, ...(await consoleOfRound(load, ports, failures)) };
  const nextTurnAt = ports.clock.now() + turnMs(request);
  const pace: Pace = {
    limit: () => load.limit,
    goOn: () => remainingMs() > longestCheckMs(ports) && ports.clock.now() < nextTurnAt,
    ready: async () => {
      const pauseMs = load.pauseMs();
      if (pauseMs > 0) await ports.clock.sleep(pauseMs);
    },
  };
  const checkOne = async (project: string) => {
    try {
      const result = await check(requestOutsideWait(project, request.intervalSeconds), guarded);
      if (leaving.has(project)) results.set(project, result);
    } catch (error) {
      failures.add(error);
      const problem = problemOf(error);
      ports.log.warn('check-failed', { projectId: project, problem });
      failed.push({ project, problem });
    }
  };
  const notReached = await inParallel(projects, pace, checkOne);
  // OMS had no time for these; now it may have.
  await inParallel(load.turnedAway(), pace, checkOne);
  const checked = projects.length - notReached.length - new Set(failed.map(({ project }) => project)).size;
  if (load.downAs !== null) {
    const { project, observation } = load.downAs;
    ports.log.warn('oms-down', { askedFor: project, outcome: observation.outcome, problem: observation.problem });
  }
  const observation = load.lastWord();
  if (ports.console !== undefined && observation !== null) {
    const fact = { observation, projects, intervalSeconds: request.intervalSeconds };
    await failures.during(async () => await ports.console?.report(fact));
  }
  if (stored !== undefined) {
    const after: FleetMemory = {
      ...memory,
      ...leaversAfter(memory, results),
      endedAt: iso(ports.clock.now()),
      notReached: remembered(notReached),
    };
    if (!isUnchanged(stored, after)) await failures.during(() => ports.store.putFleet(key, after));
  }
  ports.log.info('fleet', {
    checked,
    failed: failed.length,
    notReached: notReached.length,
    goFirstNextTime: notReached.slice(0, MAX_LOGGED),
    leaving: [...leaving].slice(0, MAX_LOGGED),
  });
  failures.throwIfAny(failed.length, projects.length);
  return { checked, failed, notReached, notListed };
}

/** Its checks need not report one by one: the round does, at its end. */
async function consoleOfRound(
  load: RoundLoad,
  { console }: FleetPorts,
  failures: Failures,
): Promise<Pick<FleetPorts, 'console'>> {
  if (console === undefined) return {};
  const failedBefore = (await failures.during(() => console.isFailing()))?.value === true;
  const fails = () => failedBefore || load.downAs !== null;
  return {
    console: {
      sees: async (_, observation) => mayBeConsoles(observation) && fails(),
      isFailing: async () => fails(),
      report: async () => fails(),
    },
  };
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

export interface Pace {
  /** How many may run beside each other now. */
  limit(): number;
  /** False ends it. */
  goOn(): boolean;
  /** Resolves when the next one may start. */
  ready?(): Promise<void>;
}

/**
 * Starts the items in order, as many at a time as the limit allows.
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
