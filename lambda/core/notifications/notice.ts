/**
 * Hands a cutover's notices over to the project's pending changes, where they are delivered like any other.
 * Order of effects: the notice is part of the cutover's record, together with the state that caused it; then it becomes a pending change of the
 * project, under its own id; then it is removed from the record. A crash in between leaves it in the record, and the next action hands it over
 * again: delivered twice only where the project state no longer remembers its id, which takes sixteen polls. What SNS refuses stays pending
 * until the next check, or, without one, until the next action that waits for approval or ends the cutover.
 */

import { cut } from '../../contract/values/text';
import { type Change, type CutoverNotice, standing, withinBounds } from '../model/change';
import { CheckFailed } from '../model/errors';
import { initialState, MAX_CONFLICTS, type ProjectState, remembering } from '../model/project-state';
import { claimed, type DeliveryPorts, deliver } from './deliver';
import { isMuted } from './mute';

/** A notice of one run of a cutover. */
export interface RunNotice extends CutoverNotice {
  /** Unique within the run. */
  readonly id: string;
}

export async function handOver(
  { project, run }: { readonly project: string; readonly run: string },
  notice: RunNotice,
  ports: DeliveryPorts,
): Promise<void> {
  const id = `${cut(run, 80)}/${notice.id}`;
  await putAndDeliver(project, id, ports, (before, now) => {
    if (!before.recentChecks.includes(id)) return withChange(before, id, notice, now);
    // Handed over by an attempt that died before it published, or whose answer was lost: its lease is ours.
    return before.lease?.owner === id ? { ...before, version: before.version + 1, lease: null } : null;
  });
}

/**
 * Delivers what is still pending of a project that is perhaps not polled otherwise: of a cutover that asks, or has ended.
 * @param owner a new id. @returns whether every notice of a cutover is sent, or muted.
 */
export async function deliverPending(project: string, owner: string, ports: DeliveryPorts): Promise<boolean> {
  const left = await putAndDeliver(project, owner, ports, (before, now) => {
    if (before.lease?.owner === owner) return { ...before, version: before.version + 1, lease: null };
    const isFree = before.lease === null || before.lease.until <= now;
    return isFree && before.pending.length > 0 ? { ...before, version: before.version + 1, writeId: owner } : null;
  });
  return isMuted(left, ports.clock.now()) || left.pending.every(({ kind }) => kind !== 'cutover');
}

/** Changes the project state conditionally, taking the lease where it is free, and delivers. @param change null: nothing to do. @returns what is stored then. */
export async function putAndDeliver(
  project: string,
  owner: string,
  ports: DeliveryPorts,
  change: (before: ProjectState, now: number) => ProjectState | null,
): Promise<ProjectState> {
  for (let conflicts = 0; conflicts <= MAX_CONFLICTS; conflicts += 1) {
    const before = (await ports.store.readState(project)) ?? initialState(project);
    const now = ports.clock.now();
    const changed = change(before, now);
    if (changed === null) return before;
    const next = claimed(changed, owner, now, ports.leaseMs);
    if ((await ports.store.putState(next, { expectedVersion: before.version })) === 'stored')
      return await deliver(next, owner, ports);
  }
  throw new CheckFailed(`the state of ${project} changed ${MAX_CONFLICTS} times in a row under this notice`);
}

function withChange(before: ProjectState, id: string, notice: RunNotice, now: number): ProjectState {
  const { headline, body, advice, importance } = notice;
  const change: Change = {
    id,
    sequence: before.sequence + 1,
    project: before.project,
    kind: 'cutover',
    params: { headline, body, advice, importance },
    at: now,
    ...standing(before.progress),
    lagSeconds: null,
    eta: null,
    said: {},
    anomalies: [],
  };
  return {
    ...before,
    version: before.version + 1,
    writeId: id,
    recentChecks: remembering(before.recentChecks, id),
    sequence: before.sequence + 1,
    pending: withinBounds([...before.pending, change]),
    // Muting is for changes that can wait: stopped writes cannot, nor a question that expires.
    ...(importance === 'HIGH' && before.mutedUntil !== undefined
      ? { mutedUntil: Math.min(before.mutedUntil, now) }
      : {}),
  };
}
