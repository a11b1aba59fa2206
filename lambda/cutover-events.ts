/** The events of the cutover function: a command of the state machine, and the end of its execution. */

import { CutoverCommandEventSchema, type CutoverReply } from './contract/cutover';
import { EXECUTION_ENDED, ExecutionEndSchema } from './contract/events';
import { cutoverAction } from './core/cutover/bookkeeping';
import { executionEnded } from './core/cutover/closing';
import type { CutoverPorts } from './core/cutover/record-update';
import { InvalidInput } from './core/model/errors';
import { nameOfEvent, read, recordOf } from './core/model/fields';

export type CutoverAnswer = CutoverReply | Awaited<ReturnType<typeof executionEnded>>;

/** @throws InvalidInput for any other event. */
export async function answerCutoverEvent(event: unknown, ports: CutoverPorts): Promise<CutoverAnswer> {
  const fields = recordOf(event) ?? {};
  if ('cutover' in fields) return await cutoverAction(read(CutoverCommandEventSchema, fields).cutover, ports);
  if (fields['detail-type'] === EXECUTION_ENDED) return await executionEnded(read(ExecutionEndSchema, fields), ports);
  throw new InvalidInput([
    `expected an event with "cutover", or an execution's end from EventBridge, got ${nameOfEvent(event)}`,
  ]);
}
