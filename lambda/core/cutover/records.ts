/** Changes a cutover's record on condition of what was read, and tells what the change has to tell. */

import type { CutoverState } from '../../contract/cutover';
import type { InvocationPorts } from '../check/check';
import { CheckFailed, OmsCutoverError } from '../model/errors';
import { handOver } from '../notifications/notice';
import type { CutoverRecord, CutoverStore } from './record';
import type { Verifier } from './verifier';

export interface CutoverPorts extends InvocationPorts {
  readonly cutovers: CutoverStore;
  /** Absent where OMS cannot be asked. */
  readonly verifier?: Verifier;
  /** Where people find it all, for the commands in a mail. Absent where there is no such name. */
  readonly tableName?: string;
}

const MAX_CONFLICTS = 50;

/** Lets one thing happen to a record that is still open. @throws OmsCutoverError CutoverOver where it is not, CutoverUnknown where there is none. */
export async function changeOpen(
  state: CutoverState,
  ports: CutoverPorts,
  happen: (record: CutoverRecord) => CutoverRecord,
): Promise<CutoverRecord> {
  const record = await changeRecord(state.projectId, state.run, ports, (old) => {
    if (old.ending !== null)
      throw new OmsCutoverError(
        'CutoverOver',
        `the cutover ${old.run} was closed at ${old.ending.at} as ${old.ending.outcome}`,
      );
    return happen(old);
  });
  if (record === null) throw unknown(state);
  return record;
}

export async function existingRecord(state: CutoverState, ports: CutoverPorts): Promise<CutoverRecord> {
  const record = await ports.cutovers.readCutover(state.projectId, state.run);
  if (record === undefined) throw unknown(state);
  return record;
}

function unknown({ run, projectId }: CutoverState): OmsCutoverError {
  return new OmsCutoverError('CutoverUnknown', `nothing is stored of a cutover ${run} of ${projectId}`);
}

/** Reads, changes, writes on condition, and again on conflict; then hands over what is to be told. Null for a run never seen. */
export async function changeRecord(
  project: string,
  run: string,
  ports: CutoverPorts,
  happen: (record: CutoverRecord) => CutoverRecord,
): Promise<CutoverRecord | null> {
  for (let conflicts = 0; conflicts <= MAX_CONFLICTS; conflicts += 1) {
    const old = await ports.cutovers.readCutover(project, run);
    if (old === undefined) return null;
    const happened = happen(old);
    const next = happened === old ? old : { ...happened, version: old.version + 1 };
    const conflict =
      next !== old && (await ports.cutovers.putCutover(next, { expectedVersion: old.version })) === 'conflict';
    if (!conflict) return await tell(next, ports);
  }
  throw new CheckFailed(`the record of cutover ${run} changed under this action ${MAX_CONFLICTS} times in a row`);
}

async function tell(record: CutoverRecord, ports: CutoverPorts): Promise<CutoverRecord> {
  if (record.notices.length === 0) return record;
  for (const notice of record.notices) await handOver(record, notice, ports);
  const next: CutoverRecord = { ...record, version: record.version + 1, notices: [] };
  // On conflict somebody else has the record now, and hands over what is still in it.
  const put = await ports.cutovers.putCutover(next, { expectedVersion: record.version });
  return put === 'stored' ? next : record;
}
