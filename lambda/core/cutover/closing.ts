/** Closes a cutover's record: from what the definition says of its end, or from the state in which an execution died. */

import type { Caught, CutoverCommand, CutoverOutcome } from '../../contract/cutover';
import { CheckFailed } from '../model/errors';
import { deliverPending } from '../notifications/notice';
import { type CutoverRecord, mayBeStopped } from './record';
import { type CutoverPorts, changeRecord } from './records';
import { type Closing, closed, wordsOf } from './transitions';

export function closing(record: CutoverRecord, order: Extract<CutoverCommand, { action: 'close' }>): Closing {
  const { outcome, failed, error, repairError } = order;
  const failedAt = failed?.at ?? '';
  const why = failedAt === '' ? wordsOf(error) : `${failedAt} failed: ${wordsOf(error)}`;
  const what = { outcome, failedAt, repairFailed: repairError !== undefined };
  return { ...what, ...sentence(record, outcome, why, error, repairError) };
}

function sentence(
  record: CutoverRecord,
  outcome: CutoverOutcome,
  why: string,
  error: Caught | undefined,
  repairError: Caught | undefined,
): { readonly code: string; readonly message: string } {
  switch (outcome) {
    case 'SWITCHED':
      return { code: 'Switched', message: 'traffic goes to the target, and every write up to the fence is there' };
    case 'REHEARSED':
      return {
        code: 'Rehearsed',
        message: 'every gate opened; the steps were left out where they stand in this receipt',
      };
    case 'ROLLED_BACK':
      return { code: 'CutoverRolledBack', message: `${why}; writes go on` };
    case 'NEEDS_OPERATOR': {
      const repair = record.phase === 'STOP_WRITES' || record.phase === 'DRAIN' ? 'resumeWrites' : 'rollback';
      const alsoFailed = repairError === undefined ? '' : `; then ${repair} failed too: ${wordsOf(repairError)}`;
      return { code: 'CutoverNeedsOperator', message: `${why}${alsoFailed}` };
    }
    default:
      return { code: error?.Error ?? 'CheckFailed', message: why };
  }
}

/** What EventBridge says of an execution's end. */
export interface ExecutionEnd {
  readonly run: string;
  /** ARN of the execution. */
  readonly execution?: string;
  /** SUCCEEDED, FAILED, TIMED_OUT or ABORTED. */
  readonly status: string;
  readonly error?: string;
  readonly cause?: string;
}

/**
 * Closes what the execution itself did not: an aborted or timed-out one reaches no Catch, and a failing one may not have reached the store.
 * Harmless for one that did. @throws CheckFailed where people cannot be told.
 */
export async function executionEnded(
  end: ExecutionEnd,
  ports: CutoverPorts,
): Promise<{ readonly closed: CutoverOutcome | null }> {
  const owner = await ports.cutovers.readRunOwner(end.run);
  // Of another pipeline, whose execution has the same name, it says nothing of this one.
  const isOurs = owner?.execution === undefined || end.execution === undefined || owner.execution === end.execution;
  if (owner === undefined || !isOurs) return { closed: null };
  const record = await changeRecord(owner.project, end.run, ports, (old) =>
    closed(old, closingOf(old, end), ports.clock.now()),
  );
  // The last there is to do: whoever invokes us tries again, and then puts the end aside, which wakes somebody.
  if (!(await deliverPending(owner.project, `${ports.newId()}/tell`, ports)))
    throw new CheckFailed(`the end of cutover ${end.run} of ${owner.project} could not be told yet`);
  return { closed: record?.ending?.outcome ?? null };
}

function closingOf(record: CutoverRecord, { status, error, cause }: ExecutionEnd): Closing {
  const how = `the execution ended ${status}${error === undefined ? '' : ` (${wordsOf({ Error: error, ...(cause === undefined ? {} : { Cause: cause }) })})`} at ${record.phase}`;
  const last = { failedAt: record.steps.at(-1)?.step ?? record.phase, repairFailed: false };
  // What the execution itself said of its end is believed: only its own bookkeeping failed.
  if (status === 'SUCCEEDED') {
    const outcome = record.settings.rehearse ? 'REHEARSED' : 'SWITCHED';
    return { ...last, outcome, ...sentence(record, outcome, how, undefined, undefined) };
  }
  if (error === 'CutoverRolledBack') return { ...last, outcome: 'ROLLED_BACK', code: error, message: cause ?? how };
  if (mayBeStopped(record)) return { ...last, outcome: 'NEEDS_OPERATOR', code: 'CutoverNeedsOperator', message: how };
  return status === 'FAILED'
    ? { ...last, outcome: 'FAILED', code: error ?? 'CheckFailed', message: how }
    : { ...last, outcome: 'ABORTED', code: 'CutoverAborted', message: how };
}
