/** An operator's answer to a cutover, as the command line sends it and the cutover function replies: HTTP with JSON, signed by the operator's AWS identity. */
import * as v from 'valibot';
import { flag, object, projectId, text } from '../values/schema';
import { UNPRINTABLE } from '../values/text';

export const ANSWER_PATH = '/answer';
export const LONGEST_NOTE = 300;

const NOTE = `a text of at most ${LONGEST_NOTE} characters, without control characters`;

export const AnswerSchema = object({
  projectId,
  run: text,
  /** False: rejects the request, or cancels a cutover that has not sent one. */
  approve: flag,
  note: v.exactOptional(
    v.pipe(
      v.string(NOTE),
      v.maxLength(LONGEST_NOTE, NOTE),
      v.check((note) => !UNPRINTABLE.test(note), NOTE),
    ),
  ),
});
/** Who answers is not in it: that is what AWS verified. */
export type Answer = Readonly<v.InferOutput<typeof AnswerSchema>>;

/** Of API Gateway, payload format 2.0: AWS may add fields. The identity is there only where AWS has verified the signature. */
export const AnswerEventSchema = v.pipe(
  v.object({
    requestContext: v.object({
      authorizer: v.object({ iam: v.object({ userArn: text }, 'a verified identity') }, 'a verified identity'),
    }),
    body: v.exactOptional(v.string('a text'), ''),
    isBase64Encoded: v.exactOptional(flag, false),
  }),
  v.transform(({ requestContext, body, isBase64Encoded }) => ({
    by: requestContext.authorizer.iam.userArn,
    body: isBase64Encoded ? Buffer.from(body, 'base64').toString('utf8') : body,
  })),
);

export type ReceivedAnswer = Readonly<v.InferOutput<typeof AnswerEventSchema>>;

export const REFUSED = 400;

/** The body of a reply with status REFUSED. */
export const RefusalSchema = v.object({ problems: v.array(v.string()) });

export interface HttpReply {
  readonly statusCode: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}
