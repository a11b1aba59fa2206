/** The gates of a cutover: a round of a gate's wait, and the result of a gate. */

import type { CheckResult } from '../../contract/check-result';
import type { CutoverBookkeeping, CutoverPoll, CutoverReply, ReceivedPoll } from '../../contract/cutover';
import type { ReasonText } from '../../contract/reason';
import type { WaitRound } from '../../contract/wait';
import { longestCheckMs } from '../check/check';
import { waitRound } from '../check/wait';
import { endIfCancelled, voidApproval } from './approval';
import { type CutoverPorts, updateOpenRecord } from './record-update';
import { replyEnd, replyGo } from './reply';
import { withGate } from './transitions';
import { verificationProblem, waitForVerification } from './verification';

/**
 * How long one invocation continues, in milliseconds. While the source takes writes that is below the function's time-out, and a cancellation is
 * noticed between two invocations. While writes are stopped it begins polls for 45 s, because each invocation adds eleven events to the
 * execution's history. It has to end within the time-out of the task (lib/cutover/tasks.ts), or the task is tried again from its beginning.
 */
function invocationMs(writes: CutoverPoll['writes'], ports: CutoverPorts): number {
  return writes === 'GO_ON' ? 120_000 : 45_000 + longestCheckMs(ports);
}

/** A round of a wait, whose reason is that of the cutover's end where the cutover has ended. */
export type GateRound = Omit<WaitRound, 'result'> & {
  readonly result: Omit<CheckResult, 'reason'> & { readonly reason: ReasonText };
};

/**
 * Polls first, so that a cancellation during the poll counts too. The run is that of the waiting execution: the project's current run may be
 * another by now. After writes were stopped a cancellation is too late.
 */
export async function gateRound({ wait, writes }: ReceivedPoll, ports: CutoverPorts): Promise<GateRound> {
  const endsAt = ports.clock.now() + invocationMs(writes, ports);
  const round = await waitRound(wait, ports, () => endsAt - ports.clock.now(), writes === 'STOPPED');
  if (writes === 'STOPPED') return round;
  const { projectId, execution = '' } = round.wait;
  const record = await ports.cutovers.readCutover(projectId, execution.slice(execution.lastIndexOf(':') + 1));
  const reason = record === undefined ? null : (record.ending ?? (await endIfCancelled(record, ports)));
  if (reason === null) return round;
  return {
    ...round,
    result: {
      ...round.result,
      verdict: 'FAILED',
      reason: { code: reason.code, message: reason.message },
      waitSeconds: 0,
    },
    next: 'DONE',
  };
}

/** Records a gate that is met. READY and READY_AGAIN also require OMS's full verification to be clean. */
export async function recordGate(
  { state, gate, result }: Extract<CutoverBookkeeping, { action: 'recordGate' }>,
  ports: CutoverPorts,
): Promise<CutoverReply> {
  const record = await updateOpenRecord(state, ports, (old) => withGate(old, gate, result));
  const met = { ...replyGo(state), gate: result };
  if (gate !== 'READY' && gate !== 'READY_AGAIN') return met;
  const cancelled = await endIfCancelled(record, ports);
  if (cancelled !== null) return replyEnd(state, cancelled);
  if (gate === 'READY') return (await waitForVerification(state, record, ports)) ?? met;
  const problem = await verificationProblem(state, record, ports);
  if (problem === null) return met;
  return await voidApproval(state, { Error: 'VerificationNotClean', Cause: problem.message }, ports);
}
