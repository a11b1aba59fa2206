/**
 * Delivers the pending changes of a project, in sequence, at least once.
 * Order of effects: the lease is taken in the write that stored the changes; then, one change at a time, publish and clear; the last
 * clear releases the lease in the same write. A crash before publish leaves changes pending under a lease that runs out; between
 * publish and clear it leaves one published change pending, and that one is published again.
 */

import type { Change } from '../model/change';
import type { ProjectState } from '../model/project-state';
import type { Clock, Log, Store } from '../ports';
import type { Deployment } from './links';
import { afterMute, isMuted } from './mute';
import { type Notifier, notificationOf } from './notification';

export interface DeliveryPorts {
  readonly store: Store;
  readonly notifier: Notifier;
  readonly clock: Clock;
  readonly log: Log;
  /** Milliseconds for which a claim excludes other publishers: longer than the function's time-out. 0 where the store has one user only. */
  readonly leaseMs: number;
  /** Where this runs, for the words and the links of messages. Default: a stack without a dashboard. */
  readonly deployment?: Deployment;
}

/** More than the clocks of two invocations ever differ. */
const CLOCKS_APART_MS = 10_000;

/**
 * Takes the lease where something is pending, the lease is free and the project is not muted; for the write that is about to be made. What
 * a mute has kept becomes a summary in the same write.
 */
export function claimed(projectState: ProjectState, owner: string, now: number, leaseMs: number): ProjectState {
  // Under another owner's lease a change may be on its way already: it must not go into a summary too.
  if (isMuted(projectState, now) || !isFree(projectState, now, leaseMs)) return projectState;
  const due = afterMute(projectState, now);
  return due.pending.length > 0 ? { ...due, lease: { owner, until: now + leaseMs } } : due;
}

/** Also where the lease ends later than any lease taken by now can: it was taken by a clock that was ahead, and could block for hours. */
function isFree({ lease }: ProjectState, now: number, leaseMs: number): boolean {
  return lease === null || lease.until <= now || lease.until > now + leaseMs + CLOCKS_APART_MS;
}

/**
 * Publishes and clears what is pending while `owner` has the lease, what other checks store meanwhile included; what the notifier
 * refuses stays pending. Never throws when the notifier fails.
 * @returns what is stored in the end, as far as it is known here.
 */
export async function deliver(stored: ProjectState, owner: string, ports: DeliveryPorts): Promise<ProjectState> {
  let current: ProjectState | undefined = stored;
  while (current?.lease?.owner === owner) {
    const [change] = current.pending;
    const now = ports.clock.now();
    const mayPublish = (ports.leaseMs === 0 || now < current.lease.until) && !isMuted(current, now);
    const published = change !== undefined && mayPublish && (await publish(change, ports)) ? change : null;
    current = await clear(current, owner, published, ports);
  }
  return current ?? stored;
}

async function publish(change: Change, { notifier, log, deployment }: DeliveryPorts): Promise<boolean> {
  try {
    await notifier.publish(notificationOf(change, deployment));
    return true;
  } catch (error) {
    // In sequence: what comes after waits too.
    log.warn('notification-refused', {
      projectId: change.project,
      changeId: change.id,
      sequence: change.sequence,
      problem: error instanceof Error ? error.message : String(error),
    });
    return false;
  }
}

/** Removes the published change, and releases the lease where nothing is left or nothing was published. @returns what is stored then. */
async function clear(
  before: ProjectState,
  owner: string,
  published: Change | null,
  { store }: DeliveryPorts,
): Promise<ProjectState | undefined> {
  let current: ProjectState | undefined = before;
  while (current !== undefined) {
    const pending = current.pending.filter((change) => change.id !== published?.id);
    const goesOn = published !== null && pending.length > 0;
    const lease = current.lease?.owner === owner && !goesOn ? null : current.lease;
    // Also after a write of ours whose answer was lost.
    if (lease === current.lease && pending.length === current.pending.length) return current;
    const next: ProjectState = {
      ...current,
      version: current.version + 1,
      writeId: `${owner}/delivered`,
      pending,
      lease,
    };
    if ((await store.putState(next, { expectedVersion: current.version })) === 'stored') return next;
    current = await store.readState(before.project);
  }
  return undefined;
}
