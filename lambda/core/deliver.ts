/**
 * Tells the pending changes of a project, in sequence, at least once.
 * Order of effects: the lease is taken in the write that stored the changes; publish; clear and release in one write. A crash before
 * publish leaves them pending under a lease that runs out; between publish and clear it leaves told ones pending, and they are told again.
 */
import type { Latest } from './latest';
import { notificationOf } from './message';
import type { Clock, Log, Notifier, Store } from './ports';

export interface DeliveryPorts {
  readonly store: Store;
  readonly notifier: Notifier;
  readonly clock: Clock;
  readonly log: Log;
  /** Milliseconds nobody else may publish after a claim: longer than the function's time-out. 0 where the store has one user only. */
  readonly leaseMs: number;
}

/** Takes the lease where something is pending and nobody holds it; for the write that is about to be made. */
export function claimed(latest: Latest, owner: string, now: number, leaseMs: number): Latest {
  const free = latest.lease === null || latest.lease.until <= now;
  return latest.pending.length > 0 && free ? { ...latest, lease: { owner, until: now + leaseMs } } : latest;
}

/** Publishes and clears what `owner` has claimed in `stored`; what the notifier refuses stays pending. Never throws for the notifier's trouble. */
export async function deliver(stored: Latest, owner: string, ports: DeliveryPorts): Promise<void> {
  if (stored.lease?.owner !== owner) return;
  const told = new Set<string>();
  for (const change of stored.pending) {
    if (ports.leaseMs > 0 && ports.clock.now() >= stored.lease.until) break;
    try {
      await ports.notifier.publish(notificationOf(change));
      told.add(change.id);
    } catch (error) {
      // In sequence: what comes after waits too.
      ports.log.warn('notification-refused', {
        projectId: change.project,
        changeId: change.id,
        sequence: change.sequence,
        problem: error instanceof Error ? error.message : String(error),
      });
      break;
    }
  }
  await clear(stored, owner, told, ports);
}

async function clear(
  stored: Latest,
  owner: string,
  told: ReadonlySet<string>,
  { store }: DeliveryPorts,
): Promise<void> {
  let current: Latest | undefined = stored;
  while (current !== undefined) {
    const pending = current.pending.filter((change) => !told.has(change.id));
    const ours = current.lease?.owner === owner;
    // Also how a lost answer to our own write is recognised: nothing of it is left to do.
    if (!ours && pending.length === current.pending.length) return;
    const next: Latest = {
      ...current,
      version: current.version + 1,
      writeId: `${owner}/told`,
      pending,
      lease: ours ? null : current.lease,
    };
    if ((await store.putLatest(next, { expectedVersion: current.version })) === 'stored') return;
    current = await store.readLatest(stored.project);
  }
}
