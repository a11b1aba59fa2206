/**
 * Whether OMS as a whole answers. An outage, or a rejected account, is one fact about the console and not one about each project: it is notified
 * once, with the projects it concerns, and so is its end.
 *
 * Its state is an item like that of a project, with its own sequence, pending changes and lease, so that it is delivered and muted like one. The
 * rounds of the schedule report to it, and the polls of waits where they fail or recover; while OMS answers, nothing is written.
 * A failure that a single wait sees may concern its project only, and is notified as such: the console counts as failing where a round of the schedule
 * found it, or polls of two projects.
 */
import type { FailedOutcome } from '../../contract/oms';
import { type Affected, CONSOLE, type Detected, withinBounds } from '../model/change';
import type { Observation } from '../model/progress';
import { type ProjectState, remembering, type Series } from '../model/project-state';
import type { DeliveryPorts } from '../notifications/deliver';
import { UNREACHABLE_MS, UNREACHABLE_POLLS } from '../notifications/detect';
import { putAndDeliver } from '../notifications/notice';
import { latestPollBy } from '../observe/series';

/** Ids of projects in a message and in the item. */
const MAX_AFFECTED = 100;
/** A round of the schedule, or a wait at its longest interval, has polled again by then. */
const LONGEST_INTERVAL_SECONDS = 300;

/** What a round, or a poll of a wait, says about the console. */
export interface ConsoleFact {
  readonly observation: Observation;
  readonly projects: readonly string[];
  /** Seconds between the rounds of the schedule; null for a poll of a wait. */
  readonly intervalSeconds: number | null;
}

export interface ConsolePorts extends DeliveryPorts {
  readonly newId: () => string;
}

const OF_THE_CONSOLE: readonly string[] = [
  'OmsUnreachable',
  'OmsBadReply',
  'OmsRejectedCredentials',
] satisfies FailedOutcome[];

/** True for a failure that would be the same for any project. */
export function mayBeConsoles({ outcome }: Pick<Observation, 'outcome'>): boolean {
  return OF_THE_CONSOLE.includes(outcome);
}

/** Tells a failure of OMS as a whole from one of a project. */
export interface ConsoleWatch {
  /** Of a poll that fails, or is the first after one that did. @returns whether the failure is the console's. */
  sees(project: string, observation: Observation): Promise<boolean>;
  /** Whether the console is known to fail now. */
  isFailing(): Promise<boolean>;
  /** Stores the fact where it is news, and notifies. @returns whether the console is failing. */
  report(fact: ConsoleFact): Promise<boolean>;
}

export class OmsConsole implements ConsoleWatch {
  private readonly ports: ConsolePorts;

  constructor(ports: ConsolePorts) {
    this.ports = ports;
  }

  async isFailing(): Promise<boolean> {
    return isFailing(await this.ports.store.readState(CONSOLE), this.ports.clock.now());
  }

  /** Of a wait, each poll of which is one of its own. */
  async sees(project: string, observation: Observation): Promise<boolean> {
    return await this.report({ observation, projects: [project], intervalSeconds: null });
  }

  async report(fact: ConsoleFact): Promise<boolean> {
    const id = `console-${this.ports.newId()}`;
    const state = await putAndDeliver(CONSOLE, id, this.ports, (before, now) => {
      if (!before.recentChecks.includes(id)) return after(before, fact, id, now);
      return before.lease?.owner === id ? { ...before, version: before.version + 1, lease: null } : null;
    });
    return isFailing(state, this.ports.clock.now());
  }
}

function isFailing(state: ProjectState | undefined, now: number): boolean {
  if (state === undefined || state.outcome === 'OK') return false;
  const isCorroborated = state.nextScheduledBy > 0 || (state.affected?.total ?? 0) > 1;
  return isCorroborated && now <= Math.max(state.nextPollBy, state.nextScheduledBy);
}

/** Null: nothing to store. */
function after(before: ProjectState, fact: ConsoleFact, id: string, now: number): ProjectState | null {
  const { observation, intervalSeconds } = fact;
  const isNew = fact.projects.some((project) => !before.affected?.projects.includes(project));
  const mustDeliver = before.pending.length > 0 && (before.lease === null || before.lease.until <= now);
  const hasChanged = before.outcome !== observation.outcome;
  const isNews =
    observation.requestedAt >= before.requestedAt &&
    (observation.outcome === 'OK' ? hasChanged : hasChanged || isNew || observation.requestedAt > before.observedAt);
  if (!isNews) return mustDeliver ? { ...before, version: before.version + 1, writeId: id } : null;
  const base = {
    ...before,
    version: before.version + 1,
    writeId: id,
    recentChecks: remembering(before.recentChecks, id),
    requestedAt: observation.requestedAt,
    observedAt: observation.answeredAt,
    outcome: observation.outcome,
    problem: observation.outcome === 'OK' ? null : observation.problem,
    nextPollBy: latestPollBy(observation.answeredAt, Math.max(LONGEST_INTERVAL_SECONDS, intervalSeconds ?? 0)),
  };
  return observation.outcome === 'OK' ? recovered(base, before) : failing(base, before, fact);
}

function failing(
  base: ProjectState,
  before: ProjectState,
  { observation, projects, intervalSeconds }: ConsoleFact,
): ProjectState {
  if (observation.outcome === 'OK') return base;
  const { outcome, problem, requestedAt, answeredAt } = observation;
  const continues = requestedAt <= Math.max(before.nextPollBy, before.nextScheduledBy);
  const next = (name: 'noAnswer' | 'credentials'): Series => {
    const { since, polls } = (continues ? before.series[name] : undefined) ?? { since: requestedAt, polls: 0 };
    return { name, since, last: answeredAt, polls: polls + 1 };
  };
  const noAnswer = next('noAnswer');
  const credentials = outcome === 'OmsRejectedCredentials' ? next('credentials') : undefined;
  const known = (continues ? before.affected : undefined) ?? { projects: [], total: 0 };
  const all = [...new Set([...known.projects, ...projects])];
  const affected: Affected = {
    projects: all.slice(0, MAX_AFFECTED),
    total: Math.max(known.total, projects.length, Math.min(all.length, MAX_AFFECTED)),
  };
  const state: ProjectState = {
    ...base,
    affected,
    series: { noAnswer, ...(credentials === undefined ? {} : { credentials }) },
    nextScheduledBy: intervalSeconds === null ? before.nextScheduledBy : latestPollBy(answeredAt, intervalSeconds),
  };
  if (state.nextScheduledBy === 0 && affected.total < 2) return state;
  if (credentials !== undefined) {
    if (before.notified.credentials === true) return state;
    const change = { kind: 'credentials-rejected', params: { problem, since: credentials.since } } as const;
    return withChange({ ...state, notified: { ...state.notified, credentials: true } }, change, affected);
  }
  const lasts = noAnswer.polls >= UNREACHABLE_POLLS && noAnswer.last - noAnswer.since >= UNREACHABLE_MS;
  if (!lasts || before.notified.unreachable === true || before.notified.credentials === true) return state;
  const change = { kind: 'unreachable', params: { outcome, problem, since: noAnswer.since } } as const;
  return withChange({ ...state, notified: { ...state.notified, unreachable: true } }, change, affected);
}

function recovered(base: ProjectState, before: ProjectState): ProjectState {
  const { affected = { projects: [], total: 0 }, ...rest } = base;
  const { credentials, unreachable } = before.notified;
  let state: ProjectState = { ...rest, series: {}, notified: {}, nextScheduledBy: 0 };
  if (credentials === true) state = withChange(state, { kind: 'credentials-accepted', params: {} }, affected);
  if (unreachable === true) state = withChange(state, { kind: 'reachable', params: {} }, affected);
  return state;
}

type OfConsole = Extract<
  Detected,
  { kind: 'unreachable' | 'reachable' | 'credentials-rejected' | 'credentials-accepted' }
>;

function withChange(state: ProjectState, change: OfConsole, affected: Affected): ProjectState {
  const sequence = state.sequence + 1;
  const facts = {
    id: `${state.writeId}-${sequence}`,
    sequence,
    project: CONSOLE,
    at: state.observedAt,
    status: null,
    step: null,
    // It concerns every project, the important ones too.
    importance: 'HIGH',
    structProgress: null,
    fullProgress: null,
    lagSeconds: null,
    eta: null,
    said: {},
    anomalies: [],
    affected,
  } as const;
  return { ...state, sequence, pending: withinBounds([...state.pending, { ...facts, ...change }]) };
}
