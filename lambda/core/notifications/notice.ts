/**
 * Hands a cutover's notices over to the project's pending changes, from where they are told like any other.
 * Order of effects: the notice stands in the cutover's record with the state that caused it; then it is put into latest, under its own id;
 * then it is taken out of the record. A crash in between leaves it in the record, and the next action hands it over: twice only where
 * latest has forgotten its id in the meantime, which takes sixteen looks. What SNS does not take stays pending: the next look tells it, or,
 * where nobody looks, the next action that waits for people or ends the cutover.
 */

import { cut } from '../../contract/text';
import type { CutoverRecord, Notice } from '../cutover/record';
import { type Change, standing, withinBounds } from '../model/change';
import { CheckFailed } from '../model/errors';
import { MAX_CONFLICTS, type ProjectState, remembering } from '../model/project-state';
import { initialState } from '../observe/observe';
import { claimed, type DeliveryPorts, deliver } from './deliver';
import { isMuted } from './mute';

export async function handOver(record: CutoverRecord, notice: Notice, ports: DeliveryPorts): Promise<void> {
  const id = `${cut(record.run, 80)}/${notice.id}`;
  await putAndTell(record.project, id, ports, (before, now) => {
    if (!before.recentChecks.includes(id)) return withChange(before, id, notice, now);
    // Handed over by a try that died before it told, or whose answer was lost: its lease is ours.
    return before.lease?.owner === id ? { ...before, version: before.version + 1, lease: null } : null;
  });
}

/**
 * Tells what is still pending of a project at which perhaps nobody else looks: of a cutover that asks, or has ended.
 * @param owner a new id. @returns whether all of a cutover is told, or kept on purpose.
 */
export async function deliverPending(project: string, owner: string, ports: DeliveryPorts): Promise<boolean> {
  const left = await putAndTell(project, owner, ports, (before, now) => {
    if (before.lease?.owner === owner) return { ...before, version: before.version + 1, lease: null };
    const isFree = before.lease === null || before.lease.until <= now;
    return isFree && before.pending.length > 0 ? { ...before, version: before.version + 1, writeId: owner } : null;
  });
  return isMuted(left, ports.clock.now()) || left.pending.every(({ kind }) => kind !== 'cutover');
}

/** Changes latest on condition, taking the lease where it is free, and tells. @param change null: nothing to do. @returns what is stored then. */
async function putAndTell(
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
  throw new CheckFailed(`the latest item of ${project} changed under this notice ${MAX_CONFLICTS} times in a row`);
}

function withChange(before: ProjectState, id: string, notice: Notice, now: number): ProjectState {
  const change: Change = {
    id,
    sequence: before.sequence + 1,
    project: before.project,
    kind: 'cutover',
    at: now,
    detail: notice.body,
    notice: { headline: notice.headline, advice: notice.advice, importance: notice.importance },
    ...standing(before.progress),
    lagSeconds: null,
    eta: null,
    said: {},
  };
  return {
    ...before,
    version: before.version + 1,
    writeId: id,
    recentChecks: remembering(before.recentChecks, id),
    sequence: before.sequence + 1,
    pending: withinBounds([...before.pending, change]),
    // Silence was asked for changes that can wait: writes that are stopped cannot, nor a question that expires.
    ...(notice.importance === 'HIGH' && before.mutedUntil !== undefined
      ? { mutedUntil: Math.min(before.mutedUntil, now) }
      : {}),
  };
}
