/**
 * The actions of the state machine on a cutover's record.
 * Order of effects: the record with its notices in one conditional write; each notice into the project's pending changes; the record without
 * them. Every action may be repeated, because Step Functions retries a task whose response was lost.
 */

import type { CutoverBookkeeping, CutoverReply } from '../../contract/requests/cutover';
import { checkApproval, endIfCancelled, lastChanceToCancel, requestApproval, voidApproval } from './approval';
import { begin } from './begin';
import { claimStep } from './claim';
import { close } from './closing';
import { readFence, sourceAheadMs } from './fence';
import { switchoverNotice } from './notices';
import { type CutoverPorts, existingRecord, updateOpenRecord } from './record-update';
import { replyEnd, replyGo } from './reply';
import { beginResume, endResume } from './resume';
import { withFence, withGate, withNotice, withStepBegun } from './transitions';
import { verificationProblem, waitForVerification } from './verification';

type Command<A extends CutoverBookkeeping['action']> = Extract<CutoverBookkeeping, { action: A }>;

/** @throws CheckFailed when the store fails; OmsCutoverError for what the pipeline has to treat as a failure of the cutover. */
export async function cutoverAction(command: CutoverBookkeeping, ports: CutoverPorts): Promise<CutoverReply> {
  switch (command.action) {
    case 'begin':
      return await begin(command, ports);
    case 'recordGate':
      return await recordGate(command, ports);
    case 'requestApproval':
      return await requestApproval(command.state, command.result, ports);
    case 'checkApproval':
      return await checkApproval(command.state, ports);
    case 'voidApproval':
      return await voidApproval(command.state, command.error, ports);
    case 'beginStep':
      return await beginStep(command, ports);
    case 'recordFence':
      return await recordFence(command, ports);
    case 'close':
      return await close(command, ports);
    case 'claimStep':
      return await claimStep(command, ports);
    case 'beginResume':
      return await beginResume(command, ports);
    case 'endResume':
      return await endResume(command, ports);
  }
}

/** Records a gate that is met. READY and READY_AGAIN also require OMS's full verification to be clean. */
async function recordGate({ state, gate, result }: Command<'recordGate'>, ports: CutoverPorts): Promise<CutoverReply> {
  const record = await updateOpenRecord(state, ports, (old) => withGate(old, gate, result));
  const met = { ...replyGo(state), gate: result };
  if (gate !== 'READY' && gate !== 'READY_AGAIN') return met;
  const cancelled = await endIfCancelled(record, ports);
  if (cancelled !== null) return replyEnd(state, cancelled);
  const problem = await verificationProblem(state, record, result, ports);
  if (problem === null) return met;
  return gate === 'READY'
    ? await waitForVerification(state, problem, ports)
    : await voidApproval(state, { Error: 'VerificationNotClean', Cause: problem.message }, ports);
}

async function beginStep({ state, step }: Command<'beginStep'>, ports: CutoverPorts): Promise<CutoverReply> {
  if (step === 'stopWrites') {
    const cancelled = await lastChanceToCancel(await existingRecord(state, ports), ports);
    if (cancelled !== null) return replyEnd(state, cancelled);
  }
  await updateOpenRecord(state, ports, (old) => {
    const record = withStepBegun(old, step, ports.clock.now());
    const needsOperator = step === 'switchover' && old.settings.switchover === 'operator' && !old.settings.rehearse;
    return needsOperator && record !== old ? withNotice(record, switchoverNotice(record, ports.clock.now())) : record;
  });
  return replyGo(state);
}

async function recordFence(
  { state, output, path }: Command<'recordFence'>,
  ports: CutoverPorts,
): Promise<CutoverReply> {
  const aheadMs = sourceAheadMs(await ports.store.readState(state.projectId));
  const record = await updateOpenRecord(state, ports, (old) => {
    if (old.fence !== null) return old;
    const now = ports.clock.now();
    const { rehearse, marginSeconds } = old.settings;
    const startedAt = old.stoppingAt === null ? now : Date.parse(old.stoppingAt);
    const timing = { startedAt, now, aheadMs, marginSeconds };
    // In a rehearsal stopWrites was skipped and has no output.
    const fence = rehearse
      ? readFence(undefined, undefined, timing)
      : readFence((output as { output?: unknown } | null)?.output, path, timing);
    return withFence(old, fence, now);
  });
  const { writesStoppedAt = '', marginSeconds = 0 } = record.fence ?? {};
  return replyGo({ ...state, writesStoppedAt, marginSeconds });
}
