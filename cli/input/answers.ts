/** Where `approve` and `reject` put an answer: the address of a pipeline in AWS, which verifies who sends it, or a local folder. */
import { hostname, userInfo } from 'node:os';
import * as v from 'valibot';
import { type Signer, signPost } from '../../lambda/adapters/aws/signature';
import { type Answer, REFUSED, RefusalSchema } from '../../lambda/contract/requests/answer';
import { answerCutover } from '../../lambda/core/cutover/approval';
import { DECISIONS, type Decision } from '../../lambda/core/cutover/record';
import { CheckFailed, InvalidInput } from '../../lambda/core/model/errors';
import type { Clock } from '../../lambda/core/ports';
import { openDynamoDb } from './aws-credentials';
import { PLACE_FLAGS, type Place, readPlace } from './cutover-place';
import type { Flags, FlagTable } from './flags';

export const ANSWER_FLAGS: FlagTable = {
  url: { value: 'URL', about: 'where to answer, as in the e-mail (approvalUrl of the pipeline)' },
  ...PLACE_FLAGS,
};

type Send = (answer: Answer) => Promise<Decision>;

/** Reads the flags; nothing is opened before an answer is sent. */
export function readAnswers(flags: Flags, clock: Clock): Send {
  const [url, region] = [flags.text('url'), flags.text('region')];
  if (url === undefined) {
    const open = readPlace(flags);
    return async (answer) => {
      const place = await open();
      try {
        return await answerAt(place, answer, clock, region);
      } finally {
        await place.close();
      }
    };
  }
  if (!URL.canParse(url)) flags.problems.push('--url must be an address such as https://….amazonaws.com/answer');
  if (flags.has('table') || flags.has('data-dir')) flags.problems.push('give --url, or --table, or --data-dir');
  return async (answer) => await sendAnswer(url, await signerFor(url, region), answer);
}

async function answerAt(place: Place, answer: Answer, clock: Clock, region: string | undefined): Promise<Decision> {
  const { projectId: project, ...fields } = answer;
  if (!place.isDeployed) {
    const by = `${userInfo().username}@${hostname()}`;
    return await answerCutover({ ...fields, project, by, now: clock.now() }, place.cutovers);
  }
  const owner = await place.cutovers.readRunOwner(answer.run);
  if (owner?.project !== project)
    throw new InvalidInput([`no record of cutover ${answer.run} of project ${project} is stored`]);
  if (owner.answersUrl === undefined)
    throw new InvalidInput([`cutover ${answer.run} was begun by an earlier version; stop its execution instead`]);
  return await sendAnswer(owner.answersUrl, await signerFor(owner.answersUrl, region), answer);
}

/** @throws InvalidInput without credentials, or without a region. */
async function signerFor(url: string, given: string | undefined): Promise<Signer> {
  const inHost = /\.execute-api\.([a-z0-9-]+)\./.exec(new URL(url).hostname)?.[1];
  const { config } = await openDynamoDb('an answer', given ?? inHost);
  return { region: await config.region(), credentials: config.credentials };
}

/** The function's own timeout is 50 s; API Gateway waits 30 s for it. */
const TIMEOUT_MS = 40_000;

const DecisionSchema = v.object({
  run: v.string(),
  question: v.number(),
  decision: v.picklist(DECISIONS),
  by: v.string(),
  at: v.string(),
  note: v.exactOptional(v.string()),
});

/** @throws InvalidInput where the answer is refused, as on a laptop; CheckFailed where it could not be given. */
export async function sendAnswer(address: string, signer: Signer, answer: Answer): Promise<Decision> {
  const url = new URL(address);
  const body = JSON.stringify(answer);
  const headers = await signPost({ url, body, headers: { 'content-type': 'application/json' } }, signer);
  let status: number;
  let text: string;
  try {
    // A redirect would be signed for another host.
    const init = { method: 'POST', headers, body, redirect: 'error', signal: AbortSignal.timeout(TIMEOUT_MS) } as const;
    const reply = await fetch(url, init);
    [status, text] = [reply.status, await reply.text()];
  } catch (error) {
    const { message, cause } = error as Error;
    throw new CheckFailed(
      `${url.origin} gave no answer: ${message}${cause instanceof Error ? `: ${cause.message}` : ''}`,
      error,
    );
  }
  const value = jsonOf(text);
  if (status === 200 && v.is(DecisionSchema, value)) return value;
  if (status === REFUSED && v.is(RefusalSchema, value)) throw new InvalidInput(value.problems);
  const hint =
    status === 403 ? '; the identity needs execute-api:Invoke on the route of the pipeline (grantApprove)' : '';
  throw new CheckFailed(`${url.origin} replied ${status}: ${text.slice(0, 300)}${hint}`);
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
