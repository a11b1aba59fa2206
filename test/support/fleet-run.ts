/** Rounds of a schedule with plain parts: an OMS that is a table of looks, a list that a test sets, time that looks use up. */

import type { FleetEvent, FleetProjects, FleetRequest } from '../../lambda/contract/fleet';
import { checkFleet, type FleetPorts } from '../../lambda/core/fleet/fleet';
import { CheckFailed } from '../../lambda/core/model/errors';
import type { Observation } from '../../lambda/core/model/progress';
import type { ListedProject, ListingFailure } from '../../lambda/core/ports';
import { Harness } from './harness';
import { MemoryStore } from './stores/memory-store';
import { MINUTE, ok } from './values/observations';

export const INTERVAL_SECONDS = 300;

export class FleetRun {
  readonly store = new MemoryStore();
  readonly harness = new Harness([], this.store);
  /** Projects in the order in which they were looked at, of the last round. */
  polled: string[] = [];
  /** What OMS shows of a project; others are RUNNING. An Error is our own failure. */
  readonly shows = new Map<string, ((at: number) => Observation) | Error>();
  /** What OMS lists, or why it does not. */
  listing: readonly ListedProject[] | ListingFailure | Error = [];
  /** The list that is deployed with the function. */
  deployed: readonly string[] = [];
  /** Invocations that the last round has started. */
  started: FleetEvent[] = [];
  /** Looks that the time of a round suffices for. */
  pollsPerRound = Number.POSITIVE_INFINITY;
  private began = 0;

  ports(changed: Partial<FleetPorts> = {}): FleetPorts {
    return {
      ...this.harness.ports(),
      store: this.store,
      oms: {
        poll: async (project) => {
          this.polled.push(project);
          const shown = this.shows.get(project);
          if (shown instanceof Error) throw shown;
          return (shown ?? ok)(this.harness.now);
        },
      },
      fleet: {
        listProjects: async () => {
          if (this.listing instanceof Error) throw this.listing;
          return this.listing;
        },
      },
      kind: 'migration',
      listedProjects: () => this.deployed,
      start: async (event) => {
        this.started.push(event);
      },
      ...changed,
    };
  }

  /** One round, an interval after the one before. */
  async round(projects: FleetProjects = 'all', changed: Partial<FleetPorts> = {}) {
    this.harness.now += INTERVAL_SECONDS * 1000;
    return await this.answer({ projects, intervalSeconds: INTERVAL_SECONDS }, changed);
  }

  /** One event, now. */
  async answer(request: FleetRequest, changed: Partial<FleetPorts> = {}) {
    this.polled = [];
    this.started = [];
    this.began = 0;
    // Asked once before each look is begun.
    const remainingMs = () => {
      this.began += 1;
      return this.began > this.pollsPerRound ? 29_999 : 3 * MINUTE;
    };
    return await checkFleet(request, this.ports(changed), remainingMs);
  }
}

export function listed(id: string, changed: Partial<ListedProject> = {}): ListedProject {
  return { id, name: id, kind: 'migration', status: 'RUNNING', ...changed };
}

export const BROKEN = new CheckFailed('could not read the latest item: table gone');
