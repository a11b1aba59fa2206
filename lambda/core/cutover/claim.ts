/**
 * Whether a step of the user's may act: asked by the step's own execution before the step, hence also after a redrive. It may where the record is
 * open, belongs to this execution of the pipeline, and no other execution has run the step.
 */
import type { CutoverBookkeeping, CutoverReply, CutoverState } from '../../contract/requests/cutover';
import { iso } from '../../contract/values/duration';
import { OmsCutoverError } from '../model/errors';
import { deliverPending } from '../notifications/notice';
import { refusedStepNotice } from './notices';
import { type CutoverPorts, endBeforeStop, existingRecord, updateOpenRecord, updateRecord } from './record-update';
import { replyEnd, replyGo } from './reply';
import { withClaim, withNotice } from './transitions';

type ClaimCommand = Extract<CutoverBookkeeping, { action: 'claimStep' }>;

/** @throws OmsCutoverError CutoverOver where the step may not act. */
export async function claimStep(
  { state, step, execution, version }: ClaimCommand,
  ports: CutoverPorts,
): Promise<CutoverReply> {
  const record = await existingRecord(state, ports);
  const owner = await ports.cutovers.readRunOwner(state.run);
  if (owner?.execution !== state.execution)
    throw new OmsCutoverError('CutoverOver', `cutover ${state.run} belongs to ${owner?.execution ?? 'no execution'}`);
  if (step === 'stopWrites' && state.version !== undefined && state.version !== version && record.ending === null) {
    const message = `the pipeline was deployed again after this cutover began (definition ${state.version}, now ${version}), and what its steps refer to may have changed; nothing was stopped. Start a new cutover`;
    return replyEnd(state, await endBeforeStop(record, 'FAILED', { code: 'CutoverSuperseded', message }, ports));
  }
  if (record.ending !== null) {
    await updateRecord(state.projectId, state.run, ports, (old) => withNotice(old, refusedStepNotice(old, step)));
    await deliverPending(state.projectId, `${ports.newId()}/notify`, ports);
  }
  const claimed = await updateOpenRecord(state, ports, (old) => withClaim(old, step, execution));
  const { deadline: _, ...rest } = state;
  const input: CutoverState = { ...rest, attempt: execution.slice(execution.lastIndexOf(':') + 1) };
  if (step !== 'stopWrites') return { ...replyGo(input), step };
  const stoppingAt = claimed.stoppingAt === null ? ports.clock.now() : Date.parse(claimed.stoppingAt);
  return {
    ...replyGo({ ...input, deadline: iso(stoppingAt + 1_000 * claimed.settings.stopWritesTimeoutSeconds) }),
    step,
  };
}
