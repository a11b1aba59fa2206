/** A round of a cutover's wait until the migration is ready: ends it where somebody has cancelled the cutover meanwhile. */
import { wasCancelled } from './cutover-decisions';
import type { CutoverPorts } from './cutover-records';
import type { CutoverLook } from './cutover-state';
import { waitRound } from './wait';
import type { WaitRound } from './wait-state';

/** How long one invocation goes on looking, milliseconds: below the function's time-out, and a cancel is heard between two of them. */
const INVOCATION_MS = 120_000;

/**
 * The look comes first, so that a cancel during it counts too. A wait does not know its run, but a project has one cutover at a time.
 * Never after writes were stopped: the decision on a question is written once, and the step that stops writes needs another one.
 */
export async function cutoverLook({ wait }: CutoverLook, ports: CutoverPorts): Promise<WaitRound> {
  const began = ports.clock.now();
  const round = await waitRound(wait, ports, () => began + INVOCATION_MS - ports.clock.now());
  const { projectId } = round.wait;
  const current = await ports.cutovers.readCurrentCutover(projectId);
  const record = current === undefined ? undefined : await ports.cutovers.readCutover(projectId, current.run);
  const reason = record === undefined ? null : await wasCancelled(record, ports);
  if (reason === null) return round;
  return { ...round, result: { ...round.result, verdict: 'FAILED', reason, waitSeconds: 0 }, next: 'DONE' };
}
