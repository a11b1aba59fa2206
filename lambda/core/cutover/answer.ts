/** An operator's answer that came over HTTP, under the identity that AWS verified. */

import { AnswerSchema, type HttpReply, REFUSED, type ReceivedAnswer } from '../../contract/requests/answer';
import { InvalidInput } from '../model/errors';
import { read } from '../model/fields';
import { answerCutover } from './approval';
import type { CutoverPorts } from './record-update';

/** @throws CheckFailed when the store fails: the caller gets a 500, and the function's errors have an alarm. */
export async function answerOverHttp(
  { by, body }: ReceivedAnswer,
  ports: Pick<CutoverPorts, 'cutovers' | 'clock' | 'pipeline'>,
): Promise<HttpReply> {
  try {
    const { projectId: project, ...answer } = read(AnswerSchema, jsonOf(body));
    const owner = await ports.cutovers.readRunOwner(answer.run);
    if (owner?.project !== project || owner.pipeline !== ports.pipeline?.name)
      throw new InvalidInput([`no cutover ${answer.run} of project ${project} is known to this pipeline`]);
    const decision = await answerCutover({ ...answer, project, by, now: ports.clock.now() }, ports.cutovers);
    return replyWith(200, decision);
  } catch (error) {
    if (!(error instanceof InvalidInput)) throw error;
    return replyWith(REFUSED, { problems: error.problems });
  }
}

function jsonOf(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    throw new InvalidInput(['the body must be a JSON object']);
  }
}

function replyWith(statusCode: number, body: object): HttpReply {
  return { statusCode, headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) };
}
