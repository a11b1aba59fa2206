import { callerArn } from '../../../cli/input/cutover-place';
import { listenOnLoopback } from '../../../local/services/loopback';

const caller = {
  region: 'eu-central-1',
  credentials: { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'example', sessionToken: 'token' },
};

/** An STS on loopback that gives one reply, and what it was sent. */
async function sts(status: number, body: string) {
  const sent: { headers: Readonly<Record<string, unknown>>; body: string }[] = [];
  const server = await listenOnLoopback((request) => {
    sent.push(request);
    return { status, contentType: 'text/xml', body };
  });
  process.env.AWS_ENDPOINT_URL_STS = server.url;
  return { sent, close: server.close };
}

afterEach(() => {
  delete process.env.AWS_ENDPOINT_URL_STS;
});

describe('the identity of the caller', () => {
  test('is the ARN that STS gives to a signed request', async () => {
    const peer = await sts(
      200,
      '<GetCallerIdentityResponse><GetCallerIdentityResult><Arn>arn:aws:sts::1:assumed-role/dba/anna</Arn></GetCallerIdentityResult></GetCallerIdentityResponse>',
    );
    expect(await callerArn(caller)).toBe('arn:aws:sts::1:assumed-role/dba/anna');
    await peer.close();
    expect(peer.sent[0]?.body).toContain('Action=GetCallerIdentity');
    expect(peer.sent[0]?.headers).toMatchObject({
      authorization: expect.stringMatching(/Credential=AKIDEXAMPLE\/\d{8}\/eu-central-1\/sts\/aws4_request/),
      'x-amz-security-token': 'token',
    });
  });

  test.each([
    [
      'expired credentials',
      403,
      '<ErrorResponse><Error><Code>ExpiredToken</Code><Message>The security token is expired</Message></Error></ErrorResponse>',
      'The security token is expired',
    ],
    [
      'a reply without an ARN',
      200,
      '<GetCallerIdentityResponse><GetCallerIdentityResult/></GetCallerIdentityResponse>',
      'no ARN',
    ],
  ])('refuses %s', async (_, status, body, words) => {
    const peer = await sts(status, body);
    await expect(callerArn(caller)).rejects.toMatchObject({
      code: 'CheckFailed',
      message: expect.stringContaining(words),
    });
    await peer.close();
  });
});
