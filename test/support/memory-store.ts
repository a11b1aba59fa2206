/** The store in memory: held to the same contract tests as the real one. */
import type { FleetMemory } from '../../lambda/core/fleet/memory';
import type { FleetProjects } from '../../lambda/core/fleet/order';
import type { Latest } from '../../lambda/core/model/project-state';
import type { Snapshot } from '../../lambda/core/model/snapshot';
import type { FleetStore, SnapshotRange, Store } from '../../lambda/core/ports';

export class MemoryStore implements Store, FleetStore {
  readonly latestOf = new Map<string, Latest>();
  readonly kept = new Map<string, Snapshot>();
  readonly fleets = new Map<string, FleetMemory>();

  async readLatest(project: string): Promise<Latest | undefined> {
    return structuredClone(this.latestOf.get(project));
  }

  async putSnapshot(snapshot: Snapshot): Promise<void> {
    this.kept.set(`${snapshot.project} ${snapshot.observedAt} ${snapshot.checkId}`, structuredClone(snapshot));
  }

  async putLatest(
    latest: Latest,
    { expectedVersion }: { readonly expectedVersion: number },
  ): Promise<'stored' | 'conflict'> {
    if ((this.latestOf.get(latest.project)?.version ?? 0) !== expectedVersion) return 'conflict';
    this.latestOf.set(latest.project, structuredClone(latest));
    return 'stored';
  }

  async readFleet(projects: FleetProjects): Promise<FleetMemory | undefined> {
    return structuredClone(this.fleets.get(JSON.stringify(projects)));
  }

  async putFleet(projects: FleetProjects, memory: FleetMemory): Promise<void> {
    this.fleets.set(JSON.stringify(projects), structuredClone(memory));
  }

  async *snapshots(project: string, range: SnapshotRange = {}): AsyncIterable<Snapshot> {
    const found = [...this.kept]
      .filter(([, snapshot]) => snapshot.project === project)
      .filter(([, { observedAt }]) => Date.parse(observedAt) >= (range.from ?? 0))
      .filter(([, { observedAt }]) => Date.parse(observedAt) <= (range.to ?? Number.POSITIVE_INFINITY))
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([, snapshot]) => snapshot);
    if (range.newestFirst === true) found.reverse();
    yield* found.slice(0, range.limit);
  }
}
