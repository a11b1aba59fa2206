/** The projects of a trial with their clocks and ledgers, and checks of them with faults. */

import { DEFAULT_WAIT_SETTINGS } from '../../../lambda/contract/defaults';
import { type CheckPorts, check } from '../../../lambda/core/check/check';
import { CheckFailed } from '../../../lambda/core/model/errors';
import { Random } from '../../../local/random';
import type { Scenario } from '../../../local/simulator/scenario';
import { eachOf } from './each-of';
import type { Fault } from './fault';
import type { FaultPlan } from './fault-plan';
import type { ProxyWatcher } from './fault-proxy';
import { type Hook, interposed, Kill } from './interposed';
import { Ledger } from './ledger';
import { ProjectClock } from './project-clock';
import type { ProxiedCall } from './proxied-call';
import { type Services, startServices } from './services';
import { MINUTE } from './timelines';

/** As for a function with a timeout of three minutes. */
export const LEASE_MS = 210_000;
/** Minutes between the last polls: while a killed invocation may hold the lease, after the lease, and one with nothing to do. */
const SETTLING = [1, Math.ceil(LEASE_MS / MINUTE), 1];
export const T0 = Date.UTC(2026, 10, 23);

export interface WorldOptions {
  readonly projects: Readonly<Record<string, Scenario>>;
  readonly seed: number;
  /** Request timeout of the clients; short, so that trials are fast. Default 400. */
  readonly timeoutMs?: number;
}

export interface CheckOptions {
  /** Kill at the n-th place; after the last place, the check ends normally. */
  readonly killAt?: number;
  readonly hook?: Hook;
}

export type CheckEnd = 'returned' | 'failed' | 'killed';

interface Inhabitant {
  readonly ledger: Ledger;
  readonly clock: ProjectClock;
  readonly ports: CheckPorts;
}

export class World {
  /** The world's time, Unix milliseconds. */
  now = T0;
  /** By project; absent: no faults. */
  readonly plans = new Map<string, FaultPlan>();
  /** Delays requests to OMS and its replies; null: none. */
  hold: ProxyWatcher['held'] | null = null;
  readonly scenarios: Readonly<Record<string, Scenario>>;
  private readonly inhabitants = new Map<string, Inhabitant>();
  private services: Services | null = null;
  private ids = 0;

  private constructor(scenarios: Readonly<Record<string, Scenario>>) {
    this.scenarios = scenarios;
  }

  static async start({ projects, seed, timeoutMs = 400 }: WorldOptions): Promise<World> {
    const world = new World(projects);
    world.services = await startServices({
      projects,
      now: () => world.now,
      random: new Random(seed),
      timeoutMs,
      onMessage: (message) => world.of(message.attributes.project ?? '').ledger.notified.push(message),
      watcher: {
        faultFor: (call) => world.faultFor(call),
        held: async (call, when) => await world.hold?.(call, when),
        done: ({ project, projectState }) => {
          if (projectState !== undefined) world.of(project).ledger.writes.push(projectState);
        },
        lost: ({ project }, injected) => {
          const { ledger } = world.of(project);
          if (injected) ledger.lostAnswers += 1;
          else ledger.unplannedLostAnswers += 1;
        },
      },
    });
    return world;
  }

  get projects(): readonly string[] {
    return Object.keys(this.scenarios);
  }

  get bare() {
    return this.running.bare;
  }

  ledger(project: string): Ledger {
    return this.of(project).ledger;
  }

  clock(project: string): ProjectClock {
    return this.of(project).clock;
  }

  /** Runs one check. Never throws: the outcome is in the ledger. */
  async check(project: string, { killAt, hook }: CheckOptions = {}): Promise<CheckEnd> {
    const { ledger, ports } = this.of(project);
    const kill = killAt === undefined ? null : new Kill(killAt);
    let published = false;
    let clearing = false;
    const places: Hook = async (place) => {
      if (place === 'after publish') published = true;
      if (place === 'before clear') clearing = true;
      await hook?.(place);
      await kill?.hook(place);
    };
    ledger.checks += 1;
    const polling = check(
      {
        project,
        looker: 'wait',
        waitId: 'wait-1',
        question: { goal: { type: 'FINISHED' }, settings: DEFAULT_WAIT_SETTINGS, firstPoll: false, deadlineAt: null },
        scheduleIntervalSeconds: 60,
      },
      interposed(ports, places),
    ).then(
      (result): CheckEnd => {
        ledger.results.push(result);
        return 'returned';
      },
      (error: unknown): CheckEnd => {
        if (error instanceof CheckFailed) ledger.failures.push(error.message);
        else ledger.bugs.push(error instanceof Error ? `${error.stack}` : String(error));
        if (published && clearing) ledger.diedBeforeClear += 1;
        return 'failed';
      },
    );
    if (kill === null) return await polling;
    const end = await Promise.race([polling, kill.killed.then((): CheckEnd => 'killed')]);
    if (end === 'killed') ledger.killed += 1;
    return end;
  }

  /** One check of each project, some at a time. */
  async checkAll(projects: readonly string[], options: (project: string) => CheckOptions = () => ({})): Promise<void> {
    await eachOf(projects, async (project) => {
      await this.check(project, options(project));
    });
  }

  /** Polls without faults until every lease has expired and every change is notified. */
  async settle(projects: readonly string[] = this.projects, minutes: readonly number[] = SETTLING): Promise<void> {
    for (const project of projects) this.plans.delete(project);
    this.hold = null;
    await this.running.quiet();
    for (const gap of minutes) {
      this.now += gap * MINUTE;
      await this.checkAll(projects);
    }
    await this.running.quiet();
  }

  async close(): Promise<void> {
    await this.running.close();
  }

  private get running(): Services {
    if (this.services === null) throw new Error('the world has not started');
    return this.services;
  }

  private of(project: string): Inhabitant {
    const known = this.inhabitants.get(project);
    if (known !== undefined) return known;
    const clock = new ProjectClock(() => this.now);
    const { store, notifier } = this.running;
    const silent = { info: () => undefined, warn: () => undefined };
    const newId = () => `c${(++this.ids).toString(36)}`;
    const ports: CheckPorts = {
      store,
      notifier,
      clock,
      oms: this.running.oms(clock),
      log: silent,
      leaseMs: LEASE_MS,
      newId,
    };
    const made = { ledger: new Ledger(project), clock, ports };
    this.inhabitants.set(project, made);
    return made;
  }

  private faultFor(call: ProxiedCall): Fault | null {
    const fault = this.plans.get(call.project)?.next(call) ?? null;
    if (fault !== null) this.of(call.project).ledger.faults += 1;
    return fault;
  }
}
