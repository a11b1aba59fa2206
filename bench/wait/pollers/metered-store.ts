/** A store in memory that counts the units that DynamoDB would charge, and takes as long. */
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
    // DynamoDB charges for the larger of the two versions, also for a rejected write.
    this.writeUnits += writeUnits(Math.max(bytes, stored?.bytes ?? 0));
    if ((stored?.value.version ?? 0) !== expectedVersion) return 'conflict';
    this.largestStateBytes = Math.max(this.largestStateBytes, bytes);
    this.projectState.set(projectState.project, { value: projectState, bytes });
    return 'stored';
  }

  /** A wait does not read snapshots. */
  async *snapshots(): AsyncIterable<Snapshot> {}
}
