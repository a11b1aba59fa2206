/** An operator's answer that API Gateway hands over: whose it is, and which cutovers it may reach. */
import { answerCutoverEvent } from '../../../lambda/cutover-events';
import { CutoverSetup, SYNCED_RESULT } from './setup';

const ANNA = 'arn:aws:sts::111122223333:assumed-role/dba/anna';
const PIPELINE = { name: 'Cutover-Night', answersUrl: 'https://api.example.com/answer' };

function request(body: unknown, iam: unknown = { userArn: ANNA, accountId: '111122223333' }) {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  const requestContext = { http: { method: 'POST' }, authorizer: { iam } };
  return { version: '2.0', routeKey: 'POST /answer', requestContext, body: text, isBase64Encoded: false };
}

/** A cutover of PIPELINE that waits for an approval. */
async function waiting() {
  const cutover = new CutoverSetup();
  cutover.pipeline = PIPELINE;
  await cutover.begin('run-1', { approvalSeconds: 3600 });
  await cutover.act({ action: 'requestApproval', state: cutover.state(), result: SYNCED_RESULT });
  const answer = async (event: unknown, pipeline = PIPELINE) =>
    (await answerCutoverEvent(event, { ...cutover.ports, pipeline })) as { statusCode: number; body: string };
  return { cutover, answer };
}

const approval = { projectId: 'p_x', run: 'run-1', approve: true, note: 'go' };

test('is recorded under the identity that AWS verified', async () => {
  const { cutover, answer } = await waiting();
  const { statusCode, body } = await answer(request(approval));
  expect(statusCode).toBe(200);
  expect(JSON.parse(body)).toMatchObject({ decision: 'APPROVED', by: ANNA, note: 'go' });
  await cutover.act({ action: 'checkApproval', state: cutover.state() });
  expect((await cutover.record())?.asked[0]).toMatchObject({ decision: 'APPROVED', by: ANNA });
});

test('may come in Base64', async () => {
  const { answer } = await waiting();
  const body = Buffer.from(JSON.stringify(approval)).toString('base64');
  expect((await answer({ ...request(body), isBase64Encoded: true })).statusCode).toBe(200);
});

test.each<[string, unknown, string]>([
  ['with an identity of its own', { ...approval, by: 'the boss' }, 'unknown field \\"by\\"'],
  ['of an unknown run', { ...approval, run: 'run-2' }, 'no cutover run-2 of project p_x is known to this pipeline'],
  ['about another project', { ...approval, projectId: 'p_y' }, 'no cutover run-1 of project p_y'],
  ['with approve as a text', { ...approval, approve: 'true' }, 'approve must be true or false'],
  ['with a long note', { ...approval, note: 'x'.repeat(301) }, 'note must be a text of at most 300 characters'],
  ['with a control character', { ...approval, note: 'go\u001b[2J' }, 'without control characters'],
  ['that is not JSON', 'approve', 'must be a JSON object'],
])('refuses an answer %s, and records nothing', async (_, body, problem) => {
  const { cutover, answer } = await waiting();
  const reply = await answer(request(body));
  expect([reply.statusCode, reply.body]).toEqual([400, expect.stringContaining(problem)]);
  expect(await cutover.cutovers.readDecision('p_x', 'run-1', 1)).toBeUndefined();
});

test('refuses an answer of another pipeline’s approver, though they share a table', async () => {
  const { cutover, answer } = await waiting();
  const reply = await answer(request(approval), { ...PIPELINE, name: 'Cutover-Day' });
  expect([reply.statusCode, reply.body]).toEqual([400, expect.stringContaining('known to this pipeline')]);
  expect(await cutover.cutovers.readDecision('p_x', 'run-1', 1)).toBeUndefined();
});

test.each([
  ['without an identity', undefined],
  ['with an identity that names nobody', { userArn: '' }],
])('refuses a request %s', async (_, iam) => {
  const { cutover, answer } = await waiting();
  await expect(answer(request(approval, iam === undefined ? null : iam))).rejects.toThrow('requestContext.authorizer');
  expect(await cutover.cutovers.readDecision('p_x', 'run-1', 1)).toBeUndefined();
});

test('the e-mail has the address to answer at', async () => {
  const { cutover } = await waiting();
  expect(cutover.harness.notified.at(-1)?.body).toContain(
    'oms-cutover approve --project p_x --run run-1 --url https://api.example.com/answer',
  );
});
