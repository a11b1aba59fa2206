/**
 * The bookkeeping of a cutover: reads the record, lets one thing happen to it, stores it on condition, tells, and answers the pipeline.
 * Order of effects: the record with its notices in one conditional write; each notice handed over to the project's pending changes; the
 * record without them. Every action may be repeated: Step Functions tries a task again whose answer was lost.
 */

import type { Caught, CutoverBookkeeping, CutoverReply, CutoverState } from '../../contract/cutover';
import { drainForecastText } from '../judge/drain-forecast';
import { deliverPending } from '../notifications/notice';
import { approvalDecided } from './approval';
import { begin } from './begin';
import { closing } from './closing';
import { lastMomentToCancel, refuse, wasCancelled } from './decisions';
import { comeBack, ROUND_EVENTS } from './execution-history';
import { readFence, sourceAheadMs } from './fence';
import type { PollCommand } from './input';
import { cutoverPoll, type GateRound } from './poll';
import type { CutoverRecord } from './record';
import { type CutoverPorts, changeOpen, changeRecord, existingRecord } from './records';
import { again, end, go } from './replies';
import { ask, closed, fenced, stepBegun, voided, withGate, withNotice, wordsOf } from './transitions';
import { notClean, verificationDue } from './verification';
import { approvalNotice, switchoverNotice, voidNotice } from './words';

/** Approvals that went void: after so many the evidence is not worth asking for. */
const MAX_QUESTIONS = 10;
/** After the question, until the first look for an answer. */
const FIRST_PAUSE_SECONDS = 5;

/** @throws CheckFailed for our own trouble; OmsCutoverError for what the pipeline has to take as a failure of the cutover. */
export async function cutoverAction(order: CutoverBookkeeping, ports: CutoverPorts): Promise<CutoverReply>;
export async function cutoverAction(
  order: CutoverBookkeeping | PollCommand,
  ports: CutoverPorts,
): Promise<CutoverReply | GateRound>;
export async function cutoverAction(
  order: CutoverBookkeeping | PollCommand,
  ports: CutoverPorts,
): Promise<CutoverReply | GateRound> {
  if (order.action === 'poll') return await cutoverPoll(order, ports);
  if (order.action === 'begin') return await begin(order, ports);
  if (order.action === 'close') return await close(order, ports);
  const { state } = order;
  switch (order.action) {
    case 'recordGate': {
      const record = await changeOpen(state, ports, (old) => withGate(old, order.gate, order.result));
      const early = order.gate === 'READY' || order.gate === 'READY_AGAIN';
      const cancelled = early ? await wasCancelled(record, ports) : null;
      if (cancelled !== null) return end(state, cancelled);
      if (order.gate === 'READY_AGAIN') {
        const unclean = await notClean(state, record, ports);
        if (unclean !== null)
          return await approvalVoid(state, { Error: 'VerificationNotClean', Cause: unclean.message }, ports);
      }
      const due = order.gate === 'READY' ? await verificationDue(state, record, ports) : null;
      return due ?? { ...go(state), gate: order.result };
    }
    case 'requestApproval': {
      const forecast = await drainForecastText(state.projectId, ports);
      const record = await changeOpen(state, ports, (old) => {
        const { record, asked } = ask(old, order.result.checkId, ports.clock.now());
        return record === old
          ? old
          : withNotice(record, approvalNotice(record, asked, order.result, { forecast, tableName: ports.tableName }));
      });
      return await comeBack(state, record, { seconds: FIRST_PAUSE_SECONDS, events: ROUND_EVENTS.question }, ports);
    }
    case 'checkApproval':
      // Nobody may look at the project meanwhile, and who is asked has to hear of it.
      await deliverPending(state.projectId, `${ports.newId()}/tell`, ports);
      return await approvalDecided(state, await existingRecord(state, ports), ports);
    case 'voidApproval':
      return await approvalVoid(state, order.error, ports);
    case 'beginStep': {
      if (order.step === 'stopWrites') {
        const cancelled = await lastMomentToCancel(await existingRecord(state, ports), ports);
        if (cancelled !== null) return end(state, cancelled);
      }
      await changeOpen(state, ports, (old) => {
        const record = stepBegun(old, order.step, ports.clock.now());
        const telling = order.step === 'switchover' && old.settings.switchover === 'operator' && !old.settings.rehearse;
        return telling && record !== old
          ? withNotice(record, switchoverNotice(record, old.settings.switchoverTimeoutSeconds))
          : record;
      });
      return go(state);
    }
    case 'recordFence': {
      const ahead = sourceAheadMs(await ports.store.readState(state.projectId));
      const record = await changeOpen(state, ports, (old) => fence(old, order, ports.clock.now(), ahead));
      const { writesStoppedAt = '', marginSeconds = 0 } = record.fence ?? {};
      return go({ ...state, writesStoppedAt, marginSeconds });
    }
  }
}

/** An approval of evidence that no longer holds counts no more: back to where it is gathered. */
async function approvalVoid(state: CutoverState, error: Caught, ports: CutoverPorts): Promise<CutoverReply> {
  const record = await changeOpen(state, ports, (old) => {
    const asked = old.asked.find(({ question }) => question === old.question);
    if (asked === undefined) return old;
    const after = voided(old, error);
    return withNotice(after, voidNotice(after, { ...asked, voidBecause: wordsOf(error) }));
  });
  if (record.question <= MAX_QUESTIONS) return again(state);
  const message = `${MAX_QUESTIONS} approvals went void: the migration does not stay ready`;
  return end(state, await refuse(record, 'REJECTED', { code: 'CutoverRejected', message }, ports));
}

function fence(
  old: CutoverRecord,
  order: Extract<CutoverBookkeeping, { action: 'recordFence' }>,
  now: number,
  aheadMs: number,
): CutoverRecord {
  if (old.fence !== null) return old;
  const { rehearse, marginSeconds } = old.settings;
  const startedAt = old.stoppingAt === null ? now : Date.parse(old.stoppingAt);
  const output = rehearse ? undefined : (order.output as { output?: unknown } | null)?.output;
  return fenced(
    old,
    readFence(output, rehearse ? undefined : order.path, { startedAt, now, aheadMs, marginSeconds }),
    now,
  );
}

async function close(
  order: Extract<CutoverBookkeeping, { action: 'close' }>,
  ports: CutoverPorts,
): Promise<CutoverReply> {
  const { state } = order;
  const record = await changeRecord(state.projectId, state.run, ports, (old) =>
    closed(old, closing(old, order), ports.clock.now()),
  );
  await deliverPending(state.projectId, `${ports.newId()}/tell`, ports);
  const { code = order.outcome, message = '', byHand = null } = record?.ending ?? {};
  return end(state, { code, message: byHand === null ? message : `${message}. BY HAND: ${byHand}` });
}
