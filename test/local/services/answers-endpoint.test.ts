/** The API for answers on a laptop: what API Gateway would let through, and under which identity. */
import { sendAnswer } from '../../../cli/input/answers';
import { LOCAL_REGION, LOCAL_SECRET } from '../../../local/cloudformation/sandbox';
import { startRoute } from '../../../local/services/answers-endpoint';
import type { Loopback } from '../../../local/services/loopback';

const ANSWER = { projectId: 'p_x', run: 'night-1', approve: true };
const DECISION = { run: 'night-1', question: 1, decision: 'APPROVED', by: 'anna', at: '2026-01-01' };
const ROUTE = {
  routeKey: 'POST /answer',
  host: 'api',
  isSigned: true,
  functionArn: 'arn:aws:lambda:::function:Record',
};

const invoked: unknown[][] = [];
let server: Loopback;
beforeAll(async () => {
  server = await startRoute(ROUTE, async (...given) => {
    invoked.push(given);
    return { statusCode: 200, body: JSON.stringify(DECISION) };
  });
});
afterAll(() => server.close());
beforeEach(() => invoked.splice(0));

const signer = (accessKeyId: string, secretAccessKey: string, sessionToken?: string) => ({
  region: LOCAL_REGION,
  credentials: { accessKeyId, secretAccessKey, ...(sessionToken === undefined ? {} : { sessionToken }) },
});

test.each([undefined, 'token'])(
  'a signed request reaches the function, with the identity of its key (session token: %s)',
  async (token) => {
    expect(await sendAnswer(`${server.url}/answer`, signer('anna', LOCAL_SECRET, token), ANSWER)).toEqual(DECISION);
    const iam = { userArn: 'arn:aws:iam::000000000000:user/anna', accountId: '000000000000' };
    expect(invoked).toEqual([
      [
        ROUTE.functionArn,
        expect.objectContaining({ requestContext: expect.objectContaining({ authorizer: { iam } }) }),
      ],
    ]);
  },
);

test('a request that is signed with another secret, or not at all, does not reach the function', async () => {
  await expect(sendAnswer(`${server.url}/answer`, signer('anna', 'guess'), ANSWER)).rejects.toThrow('replied 403');
  expect((await fetch(`${server.url}/answer`, { method: 'POST', body: '{}' })).status).toBe(403);
  expect(invoked).toEqual([]);
});

test('another path is not found', async () => {
  await expect(sendAnswer(`${server.url}/`, signer('anna', LOCAL_SECRET), ANSWER)).rejects.toThrow('replied 404');
});
