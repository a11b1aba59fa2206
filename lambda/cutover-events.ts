/** The events of the cutover function: a command of one of the pipeline's state machines, an operator's answer. */

import { AnswerEventSchema, type HttpReply } from './contract/requests/answer';
import { CutoverCommandEventSchema, type CutoverReply } from './contract/requests/cutover';
import { answerOverHttp } from './core/cutover/answer';
import { cutoverAction } from './core/cutover/bookkeeping';
import type { CutoverPorts } from './core/cutover/record-update';
import { InvalidInput } from './core/model/errors';
import { nameOfEvent, read, recordOf } from './core/model/fields';

export type CutoverAnswer = CutoverReply | HttpReply;

/** @throws InvalidInput for any other event. */
export async function answerCutoverEvent(event: unknown, ports: CutoverPorts): Promise<CutoverAnswer> {
  const fields = recordOf(event) ?? {};
  if ('cutover' in fields) return await cutoverAction(read(CutoverCommandEventSchema, fields).cutover, ports);
  if ('requestContext' in fields) return await answerOverHttp(read(AnswerEventSchema, fields), ports);
  throw new InvalidInput([
    `expected an event with "cutover", or a request from API Gateway, got ${nameOfEvent(event)}`,
  ]);
}
