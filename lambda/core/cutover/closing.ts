/** How a cutover's record is closed: by what the state machine reports, or by the end of an execution that did not close it itself. */

import type { Caught, CutoverBookkeeping, CutoverOutcome, CutoverReply } from '../../contract/requests/cutover';
import { deliverPending } from '../notifications/notice';
import { CANCELLED, endIfCancelled } from './approval';
import { type CutoverRecord, type EndReason, mayBeStopped } from './record';
import { type CutoverPorts, updateRecord } from './record-update';
import { replyEnd } from './reply';
import type { RunEnd } from './resume-request';
import { type Closing, describeError, withEnding } from './transitions';

type CloseCommand = Extract<CutoverBookkeeping, { action: 'close' }>;

/** The last action of an execution. */
export async function close(command: CloseCommand, ports: CutoverPorts): Promise<CutoverReply> {
  const { state } = command;
  // Noticed by a poll, which only reads the record.
  if (command.error?.Error === CANCELLED) {
    const open = await ports.cutovers.readCutover(state.projectId, state.run);
    if (open !== undefined) await endIfCancelled(open, ports);
  }
  const record = await updateRecord(state.projectId, state.run, ports, (old) =>
    command.leaveOpen === true ? old : withEnding(old, closingOfCommand(old, command), ports.clock.now()),
  );
  if (record?.ending === null) {
    const { code, message } = closingOfCommand(record, command);
    return replyEnd(state, {
      code,
      message: `${message}; resuming writes is tried again when this execution has ended`,
    });
  }
  await deliverPending(state.projectId, `${ports.newId()}/notify`, ports);
  const { code = command.outcome, message = '', byHand = null } = record?.ending ?? {};
  return replyEnd(state, {
    code,
    message: byHand === null ? message : `${message}\nMANUAL ACTION REQUIRED\n${byHand}`,
  });
}

function closingOfCommand(record: CutoverRecord, command: CloseCommand): Closing {
  const { outcome, failed, error, repairError } = command;
  const failedAt = failed?.at ?? '';
  const problem = failedAt === '' ? describeError(error) : `${failedAt} failed: ${describeError(error)}`;
  const reason = endReason(record, outcome, problem, error, repairError);
  return { outcome, failedAt, repairFailed: repairError !== undefined, ...reason };
}

function endReason(
  record: CutoverRecord,
  outcome: CutoverOutcome,
  problem: string,
  error: Caught | undefined,
  repairError: Caught | undefined,
): EndReason {
  switch (outcome) {
    case 'SWITCHED':
      return { code: 'Switched', message: 'traffic goes to the target, which has every write up to the fence' };
    case 'REHEARSED':
      return { code: 'Rehearsed', message: 'every gate was met; your steps and the OMS switchover were skipped' };
    case 'ROLLED_BACK':
      return { code: 'CutoverRolledBack', message: `${problem}; the source takes writes again` };
    case 'NEEDS_OPERATOR': {
      // Up to the first drain the state machine resumes writes; after it, it rolls back.
      const drained = record.gates.some(({ gate, verdict }) => gate === 'DRAINED' && verdict === 'MET');
      const repair = drained ? 'rollback' : 'resumeWrites';
      const alsoFailed = repairError === undefined ? '' : `; then ${repair} failed too: ${describeError(repairError)}`;
      return { code: 'CutoverNeedsOperator', message: `${problem}${alsoFailed}` };
    }
    default:
      return { code: error?.Error ?? 'CheckFailed', message: problem };
  }
}

/**
 * Of a record that its execution did not close: an aborted or timed-out execution enters no Catch, and a failing one may not have reached the
 * store.
 */
export function closingOfEnd(record: CutoverRecord, { status, error, cause }: RunEnd): Closing {
  const details =
    error === undefined
      ? ''
      : ` (${describeError({ Error: error, ...(cause === undefined ? {} : { Cause: cause }) })})`;
  const message = `the execution ${status === 'GONE' ? 'no longer exists; the cutover was' : `ended ${status}${details}`} at ${record.phase}`;
  const where = { failedAt: record.steps.at(-1)?.step ?? record.phase, repairFailed: false };
  // The execution reports these only after the work was done: only its bookkeeping failed.
  if (status === 'SUCCEEDED') {
    const outcome = record.settings.rehearse ? 'REHEARSED' : 'SWITCHED';
    return { ...where, outcome, ...endReason(record, outcome, message, undefined, undefined) };
  }
  if (error === 'CutoverRolledBack')
    return { ...where, outcome: 'ROLLED_BACK', code: error, message: cause ?? message };
  if (mayBeStopped(record)) return { ...where, outcome: 'NEEDS_OPERATOR', code: 'CutoverNeedsOperator', message };
  return status === 'FAILED'
    ? { ...where, outcome: 'FAILED', code: error ?? 'CheckFailed', message }
    : { ...where, outcome: 'ABORTED', code: 'CutoverAborted', message };
}
