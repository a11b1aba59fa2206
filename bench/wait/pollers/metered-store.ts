/** The memory without a database: plain values in this process, the units that DynamoDB would charge, and the time it would take. */
import { packed } from '../../../lambda/adapters/dynamodb/stored-items';
import type { ProjectState } from '../../../lambda/core/model/project-state';
import type { Snapshot } from '../../../lambda/core/model/snapshot';
import type { Clock, Store } from '../../../lambda/core/ports';
import { itemBytes, readUnits, writeUnits } from './item-size';

export class MeteredStore implements Store {
  readUnits = 0;
  writeUnits = 0;
  largestStateBytes = 0;
  private readonly projectState = new Map<string, { readonly value: ProjectState; readonly bytes: number }>();
  private readonly clock: Clock;
  private readonly latencyMs: number;

  constructor(clock: Clock, latencyMs: number) {
    this.clock = clock;
    this.latencyMs = latencyMs;
  }

  async readState(project: string): Promise<ProjectState | undefined> {
    await this.clock.sleep(this.latencyMs);
    const stored = this.projectState.get(project);
    this.readUnits += readUnits(stored?.bytes ?? 0);
    return stored?.value;
  }

  async putSnapshot(snapshot: Snapshot): Promise<void> {
    await this.clock.sleep(this.latencyMs);
    const key = { pk: snapshot.project, sk: `SNAPSHOT#${snapshot.observedAt}#${snapshot.checkId}` };
    this.writeUnits += writeUnits(itemBytes({ ...key, ...snapshot, expiresAt: 1_800_000_001 }));
  }

  async putState(
    projectState: ProjectState,
    { expectedVersion }: { readonly expectedVersion: number },
  ): Promise<'stored' | 'conflict'> {
    await this.clock.sleep(this.latencyMs);
    const bytes = itemBytes({ pk: projectState.project, sk: 'STATE', ...packed(projectState) });
    const stored = this.projectState.get(projectState.project);
    // The larger of the two versions is charged, and a refused write like any other.
    this.writeUnits += writeUnits(Math.max(bytes, stored?.bytes ?? 0));
    if ((stored?.value.version ?? 0) !== expectedVersion) return 'conflict';
    this.largestStateBytes = Math.max(this.largestStateBytes, bytes);
    this.projectState.set(projectState.project, { value: projectState, bytes });
    return 'stored';
  }

  /** Nothing in a wait reads the past. */
  async *snapshots(): AsyncIterable<Snapshot> {}
}
