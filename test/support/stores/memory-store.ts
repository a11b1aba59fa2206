/** The store in memory: held to the same contract tests as the real one. */

import type { FleetKey, FleetMemory, FleetStore } from '../../../lambda/core/fleet/roster';
import type { ProjectState } from '../../../lambda/core/model/project-state';
import type { Snapshot } from '../../../lambda/core/model/snapshot';
import type { SnapshotRange, Store } from '../../../lambda/core/ports';

export class MemoryStore implements Store, FleetStore {
  readonly projectStateOf = new Map<string, ProjectState>();
  readonly kept = new Map<string, Snapshot>();
  readonly fleets = new Map<string, FleetMemory>();

  async readState(project: string): Promise<ProjectState | undefined> {
    return structuredClone(this.projectStateOf.get(project));
  }

  async putSnapshot(snapshot: Snapshot): Promise<void> {
    this.kept.set(`${snapshot.project} ${snapshot.observedAt} ${snapshot.checkId}`, structuredClone(snapshot));
  }

  async putState(
    projectState: ProjectState,
    { expectedVersion }: { readonly expectedVersion: number },
  ): Promise<'stored' | 'conflict'> {
    if ((this.projectStateOf.get(projectState.project)?.version ?? 0) !== expectedVersion) return 'conflict';
    this.projectStateOf.set(projectState.project, structuredClone(projectState));
    return 'stored';
  }

  async readFleet(projects: FleetKey): Promise<FleetMemory | undefined> {
    return structuredClone(this.fleets.get(JSON.stringify(projects)));
  }

  async putFleet(projects: FleetKey, memory: FleetMemory): Promise<void> {
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
