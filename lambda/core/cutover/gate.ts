/** A round of a gate's wait. It reads the record of the cutover and changes nothing in it. */

import type { ReasonText } from '../../contract/reason';
import type { CutoverPoll, GateResult, ReceivedPoll } from '../../contract/requests/cutover';
import type { WaitRound } from '../../contract/requests/wait';
import { type InvocationPorts, longestCheckMs } from '../check/check';
import { waitRound } from '../check/wait';
import type { Verifier } from '../ports';
import { readCancellation } from './approval';
import type { CutoverStore } from './record';

export interface GatePorts extends InvocationPorts {
  readonly cutovers: Pick<CutoverStore, 'readCutover' | 'readDecision'>;
  readonly verifier: Verifier;
}

/**
 * How long one invocation continues, in milliseconds. While the source takes writes, a cancellation is noticed between two invocations, and the
 * question for OMS's verification, of 60 s at most, must come before the function's time-out. While writes are stopped it begins polls for 45 s, because each invocation adds eleven events to the
 * execution's history. It has to end within the time-out of the task (lib/cutover/tasks.ts), or the task is tried again from its beginning.
 */
function invocationMs(writes: CutoverPoll['writes'], ports: GatePorts): number {
  return writes === 'GO_ON' ? 110_000 : 45_000 + longestCheckMs(ports);
}

/** A round of a wait, whose reason is that of the cutover's end where the cutover has ended. */
export type GateRound = Omit<WaitRound, 'result'> & {
  readonly result: Omit<GateResult, 'reason'> & { readonly reason: ReasonText };
};

/**
 * Polls first, so that a cancellation during the poll counts too. The run is that of the waiting execution: the project's current run may be
 * another by now. After writes were stopped a cancellation is too late.
 */
export async function gateRound({ wait, writes }: ReceivedPoll, ports: GatePorts): Promise<GateRound> {
  const endsAt = ports.clock.now() + invocationMs(writes, ports);
  const round = await waitRound(wait, ports, () => endsAt - ports.clock.now(), writes === 'STOPPED');
  if (writes === 'STOPPED') return round;
  const { projectId, execution = '' } = round.wait;
  const record = await ports.cutovers.readCutover(projectId, execution.slice(execution.lastIndexOf(':') + 1));
  if (record === undefined) return round;
  const reason = record.ending ?? (await readCancellation(record, ports.cutovers));
  if (reason !== null) {
    const { code, message } = reason;
    return {
      ...round,
      result: { ...round.result, verdict: 'FAILED', reason: { code, message }, waitSeconds: 0 },
      next: 'DONE',
    };
  }
  if (round.result.verdict !== 'MET' || !record.settings.verification) return round;
  const api = (await ports.store.readState(projectId))?.api ?? null;
  const { state, message } = await ports.verifier.verification(projectId, api);
  return { ...round, result: { ...round.result, verification: { state, message } } };
}
