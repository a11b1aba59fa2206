/** A round of one of a cutover's gates: a round of a wait, in invocations that the cutover's own tasks outlast. */
import { wasCancelled } from './cutover-decisions';
import type { CutoverPorts } from './cutover-records';
import type { CutoverLook } from './cutover-state';
import { waitRound } from './wait';
import type { WaitRound } from './wait-state';

/**
 * What an invocation has to count with, milliseconds. While writes go on that is below the function's own time-out, and a cancel is heard
 * between two invocations. While they are stopped it is below the time-out of the task (lib/cutover-tasks.ts): a try that is given up is
 * repeated from its beginning. Its first look, of 80 s where the monitor's `requestTimeout` is the longest, is within that too.
 */
const INVOCATION_MS = { GO_ON: 120_000, STOPPED: 75_000 };

/**
 * The look comes first, so that a cancel during it counts too. The run is that of the execution that waits: another may be the project's by now.
 * Never after writes were stopped: the decision on a question is written once, and the step that stops writes needs another one.
 */
export async function cutoverLook({ wait, writes }: CutoverLook, ports: CutoverPorts): Promise<WaitRound> {
  const endsAt = ports.clock.now() + INVOCATION_MS[writes];
  const round = await waitRound(wait, ports, () => endsAt - ports.clock.now());
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
