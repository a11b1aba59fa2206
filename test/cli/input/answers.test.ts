/** An answer over HTTP: signed by its sender, and refused in the words of the function. */
import { sendAnswer } from '../../../cli/input/answers';
import { listenOnLoopback } from '../../../local/services/loopback';

const SIGNER = {
  region: 'eu-central-1',
  credentials: { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'example', sessionToken: 'token' },
};
const ANSWER = { projectId: 'p_x', run: 'night-1', approve: true, note: 'go' };
const DECISION = {
  run: 'night-1',
  question: 1,
  decision: 'APPROVED',
  by: 'arn:aws:iam::1:user/anna',
  at: '2026-01-01',
};

/** An API on loopback that gives one reply, and what it was sent. */
async function apiThat(status: number, body: string) {
  const sent: { headers: Readonly<Record<string, unknown>>; path: string; body: string }[] = [];
  const server = await listenOnLoopback((request) => {
    sent.push(request);
    return { status, contentType: 'application/json', body };
  });
  return { sent, url: `${server.url}/answer`, close: server.close };
}

test('an answer is sent with a signature for API Gateway, and never says who answers', async () => {
  const api = await apiThat(200, JSON.stringify(DECISION));
  expect(await sendAnswer(api.url, SIGNER, ANSWER)).toEqual(DECISION);
  await api.close();
  expect(api.sent[0]).toMatchObject({
    path: '/answer',
    headers: {
      authorization: expect.stringMatching(/Credential=AKIDEXAMPLE\/\d{8}\/eu-central-1\/execute-api\/aws4_request/),
      'x-amz-security-token': 'token',
    },
  });
  expect(JSON.parse(api.sent[0]?.body ?? '')).toEqual(ANSWER);
});

test.each([
  ['a refusal of the function', 400, '{"problems":["too late: cutover night-1 ended"]}', 'InvalidInput', 'too late'],
  ['an identity without the permission', 403, '{"message":"Forbidden"}', 'CheckFailed', 'execute-api:Invoke'],
  ['a failure of the function', 500, '{"message":"Internal Server Error"}', 'CheckFailed', 'replied 500'],
  ['a reply that is not ours', 200, '<html>', 'CheckFailed', 'replied 200: <html>'],
])('refuses %s', async (_, status, body, code, words) => {
  const api = await apiThat(status, body);
  await expect(sendAnswer(api.url, SIGNER, ANSWER)).rejects.toMatchObject({
    code,
    message: expect.stringContaining(words),
  });
  await api.close();
});

test('an address where nobody listens is a failure of ours', async () => {
  const api = await apiThat(200, '');
  await api.close();
  await expect(sendAnswer(api.url, SIGNER, ANSWER)).rejects.toMatchObject({
    code: 'CheckFailed',
    message: expect.stringContaining('gave no answer'),
  });
});
