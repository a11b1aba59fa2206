/**
 * An HTTP API of API Gateway with IAM authorization, locally: a request has to be signed, and the function gets the identity of its access
 * key. Every key belongs to a user of that name and has the secret of the sandbox.
 */
import { type SignedPost, signPost } from '../../lambda/adapters/aws/signature';
import { LOCAL_ACCOUNT, LOCAL_REGION, LOCAL_SECRET } from '../cloudformation/sandbox';
import type { StackRoute } from '../cloudformation/template';
import { type Loopback, type LoopbackReply, type LoopbackRequest, listenOnLoopback } from './loopback';

type Invoke = (functionArn: string, event: unknown) => Promise<unknown>;

export function startRoute({ routeKey, isSigned, functionArn }: StackRoute, invoke: Invoke): Promise<Loopback> {
  return listenOnLoopback(async (request): Promise<LoopbackReply> => {
    const { method, path, headers, body } = request;
    if (`${method} ${path}` !== routeKey) return message(404, 'Not Found');
    const user = isSigned ? await signerOf(request) : undefined;
    if (isSigned && user === undefined) return message(403, 'Forbidden');
    const authorizer = { iam: { userArn: `arn:aws:iam::${LOCAL_ACCOUNT}:user/${user}`, accountId: LOCAL_ACCOUNT } };
    const requestContext = { http: { method, path }, ...(isSigned ? { authorizer } : {}) };
    const event = { version: '2.0', routeKey, rawPath: path, headers, requestContext, body, isBase64Encoded: false };
    try {
      const reply = (await invoke(functionArn, event)) as { statusCode: number; body: string };
      return { status: reply.statusCode, contentType: 'application/json', body: reply.body };
    } catch {
      return message(500, 'Internal Server Error');
    }
  });
}

function message(status: number, text: string): LoopbackReply {
  return { status, contentType: 'application/json', body: JSON.stringify({ message: text }) };
}

/** The access key of a request that is signed as it must be. */
async function signerOf({ path, headers, body }: LoopbackRequest): Promise<string | undefined> {
  const given = String(headers.authorization);
  const [, accessKeyId = '', names = ''] = /Credential=([^/]+)\/.*SignedHeaders=([^,]+),/.exec(given) ?? [];
  const [, date, time] = /^(\d{8})T(\d{6})Z$/.exec(String(headers['x-amz-date'])) ?? [];
  if (date === undefined || time === undefined) return undefined;
  const signed = names.split(';').filter((name) => !['host', 'x-amz-date', 'x-amz-content-sha256'].includes(name));
  const post: SignedPost = {
    url: new URL(path, `http://${headers.host}`),
    body,
    headers: Object.fromEntries(signed.map((name) => [name, String(headers[name])])),
  };
  const credentials = { accessKeyId, secretAccessKey: LOCAL_SECRET };
  const at = new Date(`${date.replace(/(....)(..)/, '$1-$2-')}T${time.replace(/(..)(..)/, '$1:$2:')}Z`);
  const { authorization } = await signPost(post, { region: LOCAL_REGION, credentials }, at);
  return authorization === given ? accessKeyId : undefined;
}
