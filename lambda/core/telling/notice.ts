/**
 * Hands a cutover's notices over to the project's pending changes, from where they are told like any other.
 * Order of effects: the notice stands in the cutover's record with the state that caused it; then it is put into latest, under its own id;
 * then it is taken out of the record. A crash in between leaves it in the record, and the next action hands it over: twice only where
 * latest has forgotten its id in the meantime, which takes sixteen looks.
 */

import type { CutoverRecord, Notice } from '../cutover/record';
import { CheckFailed } from '../errors';
import { type Latest, MAX_CONFLICTS, remembering } from '../latest';
import { firstLatest } from '../observe';
import { type Change, withinBounds } from './change';
import { claimed, type DeliveryPorts, deliver } from './deliver';

export async function handOver(record: CutoverRecord, notice: Notice, ports: DeliveryPorts): Promise<void> {
  const id = `${record.run.slice(0, 80)}/${notice.id}`;
  for (let conflicts = 0; conflicts <= MAX_CONFLICTS; conflicts += 1) {
    const before = (await ports.store.readLatest(record.project)) ?? firstLatest(record.project);
    if (before.recentChecks.includes(id)) return;
    const now = ports.clock.now();
    const next = claimed(withChange(before, id, notice, now), id, now, ports.leaseMs);
    const put = await ports.store.putLatest(next, { expectedVersion: before.version });
    const stored = put === 'stored' ? next : await ports.store.readLatest(record.project);
    if (stored?.recentChecks.includes(id)) {
      await deliver(stored, id, ports);
      return;
    }
  }
  throw new CheckFailed(
    `the latest item of ${record.project} changed under this notice ${MAX_CONFLICTS} times in a row`,
  );
}

function withChange(before: Latest, id: string, notice: Notice, now: number): Latest {
  const { progress } = before;
  const change: Change = {
    id,
    sequence: before.sequence + 1,
    project: before.project,
    kind: 'cutover',
    at: now,
    detail: notice.body,
    notice: { headline: notice.headline, advice: notice.advice, importance: notice.importance },
    status: progress?.status ?? null,
    step: progress?.currentStep ?? null,
    importance: progress?.importance ?? null,
    structProgress: progress?.structMigrationProgress ?? null,
    fullProgress: progress?.fullMigrationProgress ?? null,
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
