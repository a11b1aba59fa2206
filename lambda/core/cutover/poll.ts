/** A round of one of a cutover's gates: a round of a wait, in invocations that the cutover's own tasks outlast. */

import type { CheckResult } from '../../contract/check-result';
import type { CutoverPoll } from '../../contract/cutover';
import type { ReasonText } from '../../contract/reason';
import type { WaitRound } from '../../contract/wait';
import { longestCheckMs } from '../check/check';
import { waitRound } from '../check/wait';
import { wasCancelled } from './decisions';
import type { PollCommand } from './input';
import type { CutoverPorts } from './records';

/**
 * How long one invocation goes on, milliseconds. While writes go on that is below the function's own time-out, and a cancel is heard between
 * two invocations. While they are stopped it begins looks for 45 s, whatever a look may take: each further invocation is eleven events of the
 * pipeline's history. It has to end within the time-out of the task (lib/cutover/tasks.ts), or the task is tried again from its beginning.
 */
function invocationMs(writes: CutoverPoll['writes'], ports: CutoverPorts): number {
  return writes === 'GO_ON' ? 120_000 : 45_000 + longestCheckMs(ports);
}

/** A round of a wait, which a cutover's own end overrides. */
export type GateRound = Omit<WaitRound, 'result'> & {
  readonly result: Omit<CheckResult, 'reason'> & { readonly reason: ReasonText };
};

/**
 * The look comes first, so that a cancel during it counts too. The run is that of the execution that waits: another may be the project's by now.
 * Never after writes were stopped: the decision on a question is written once, and the step that stops writes needs another one.
 */
export async function cutoverPoll({ wait, writes }: PollCommand, ports: CutoverPorts): Promise<GateRound> {
  const endsAt = ports.clock.now() + invocationMs(writes, ports);
  const round = await waitRound(wait, ports, () => endsAt - ports.clock.now(), writes === 'STOPPED');
  if (writes === 'STOPPED') return round;
  const { projectId, execution = '' } = round.wait;
  const record = await ports.cutovers.readCutover(projectId, execution.slice(execution.lastIndexOf(':') + 1));
  const reason = record === undefined ? null : (record.ending ?? (await wasCancelled(record, ports)));
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
