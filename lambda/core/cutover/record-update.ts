/** Updates a cutover's record, conditional on the version that was read, and hands its notices over to the project's pending changes. */

import type { CutoverState } from '../../contract/requests/cutover';
import { CheckFailed, OmsCutoverError } from '../model/errors';
import type { DeliveryPorts } from '../notifications/deliver';
import { handOver } from '../notifications/notice';
import type { CutoverRecord, CutoverStore, EndReason } from './record';
import { withEnding } from './transitions';

export interface CutoverPorts extends DeliveryPorts {
  readonly cutovers: CutoverStore;
  /** A new unique id. */
  readonly newId: () => string;
  /** For the commands in an e-mail; absent where the table has no name. */
  readonly tableName?: string;
  /** The pipeline, and where its operators answer; absent where they answer in the store itself. */
  readonly pipeline?: { readonly name: string; readonly answersUrl: string };
}

const MAX_CONFLICTS = 50;

/** Updates a record that is still open. @throws OmsCutoverError CutoverOver where it is closed, CutoverUnknown where there is none. */
export async function updateOpenRecord(
  state: CutoverState,
  ports: CutoverPorts,
  update: (record: CutoverRecord) => CutoverRecord,
): Promise<CutoverRecord> {
  const record = await updateRecord(state.projectId, state.run, ports, (old) => {
    if (old.ending !== null)
      throw new OmsCutoverError(
        'CutoverOver',
        `cutover ${old.run} ended at ${old.ending.at} with ${old.ending.outcome}`,
      );
    if (old.resume !== undefined)
      throw new OmsCutoverError(
        'CutoverOver',
        `writes of cutover ${old.run} are being resumed since ${old.resume.at} by ${old.resume.execution}`,
      );
    return update(old);
  });
  if (record === null) throw unknownCutover(state);
  return record;
}

export async function existingRecord(state: CutoverState, ports: CutoverPorts): Promise<CutoverRecord> {
  const record = await ports.cutovers.readCutover(state.projectId, state.run);
  if (record === undefined) throw unknownCutover(state);
  return record;
}

function unknownCutover({ run, projectId }: CutoverState): OmsCutoverError {
  return new OmsCutoverError('CutoverUnknown', `no record of cutover ${run} of project ${projectId} is stored`);
}

/** Reads, updates and writes, again on a conflict; then hands over the notices. Null where there is no such record. */
export async function updateRecord(
  project: string,
  run: string,
  ports: CutoverPorts,
  update: (record: CutoverRecord) => CutoverRecord,
): Promise<CutoverRecord | null> {
  for (let conflicts = 0; conflicts <= MAX_CONFLICTS; conflicts += 1) {
    const old = await ports.cutovers.readCutover(project, run);
    if (old === undefined) return null;
    const updated = update(old);
    const next = updated === old ? old : { ...updated, version: old.version + 1 };
    const conflict =
      next !== old && (await ports.cutovers.putCutover(next, { expectedVersion: old.version })) === 'conflict';
    if (!conflict) return await handOverNotices(next, ports);
  }
  throw new CheckFailed(`the record of cutover ${run} changed during this update ${MAX_CONFLICTS} times in a row`);
}

/** Ends a cutover before it has stopped or switched anything. */
export async function endBeforeStop(
  record: CutoverRecord,
  outcome: 'REJECTED' | 'CANCELLED' | 'FAILED' | 'REFUSED',
  reason: EndReason,
  ports: CutoverPorts,
): Promise<EndReason> {
  const closing = { outcome, ...reason, failedAt: '', repairFailed: false };
  await updateRecord(record.project, record.run, ports, (old) => withEnding(old, closing, ports.clock.now()));
  return reason;
}

async function handOverNotices(record: CutoverRecord, ports: CutoverPorts): Promise<CutoverRecord> {
  if (record.notices.length === 0) return record;
  for (const notice of record.notices) await handOver(record, notice, ports);
  const next: CutoverRecord = { ...record, version: record.version + 1, notices: [] };
  // On a conflict another invocation has updated the record, and hands over what is still in it.
  const put = await ports.cutovers.putCutover(next, { expectedVersion: record.version });
  return put === 'stored' ? next : record;
}
