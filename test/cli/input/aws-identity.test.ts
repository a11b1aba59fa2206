import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { callerArn, signed } from '../../../cli/input/aws-identity';

const keys = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY' };
const now = new Date('2026-11-23T01:02:03.456Z');

/** A real peer on loopback: what it was sent, and what it answers. */
async function sts(status: number, body: string) {
  const sent: { headers: Record<string, unknown>; body: string }[] = [];
  const server = createServer((request, response) => {
    let text = '';
    request.on('data', (chunk) => {
      text += chunk;
    });
    request.on('end', () => {
      sent.push({ headers: request.headers, body: text });
      response.writeHead(status).end(body);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  return { sent, endpoint, close: () => new Promise((resolve) => server.close(resolve)) };
}

describe('who we are', () => {
  test('is what STS says, asked with a signature of version 4', async () => {
    const peer = await sts(200, '<Result><Arn>arn:aws:sts::1:assumed-role/dba/anna</Arn></Result>');
    const arn = await callerArn({
      region: 'eu-central-1',
      keys: { ...keys, sessionToken: 't' },
      now,
      endpoint: peer.endpoint,
    });
    await peer.close();
    expect(arn).toBe('arn:aws:sts::1:assumed-role/dba/anna');
    expect(peer.sent[0]?.body).toBe('Action=GetCallerIdentity&Version=2011-06-15');
    expect(peer.sent[0]?.headers).toMatchObject({ 'x-amz-date': '20261123T010203Z', 'x-amz-security-token': 't' });
  });

  test('is signed as the AWS SDK signs it', async () => {
    const { SignatureV4 } = require('@smithy/signature-v4') as {
      SignatureV4: new (
        options: object,
      ) => { sign(request: object, options: object): Promise<{ headers: Record<string, string> }> };
    };
    const { createHash, createHmac } = require('node:crypto') as typeof import('node:crypto');
    class Sha256 {
      private readonly hash;
      constructor(secret?: string | Uint8Array) {
        this.hash = secret === undefined ? createHash('sha256') : createHmac('sha256', secret);
      }
      update(data: string | Uint8Array) {
        this.hash.update(data);
      }
      async digest() {
        return new Uint8Array(this.hash.digest());
      }
    }
    const signer = new SignatureV4({
      service: 'sts',
      region: 'eu-central-1',
      credentials: keys,
      sha256: Sha256,
      applyChecksum: false,
    });
    const host = 'sts.eu-central-1.amazonaws.com';
    const theirs = await signer.sign(
      {
        method: 'POST',
        protocol: 'https:',
        hostname: host,
        path: '/',
        query: {},
        headers: { host, 'content-type': 'application/x-www-form-urlencoded' },
        body: 'Action=GetCallerIdentity&Version=2011-06-15',
      },
      { signingDate: now },
    );
    expect(signed(host, { region: 'eu-central-1', keys, now }).authorization).toBe(theirs.headers.authorization);
  });

  test('refuses to guess where STS does not say', async () => {
    const peer = await sts(403, '<Error><Message>The security token is expired</Message></Error>');
    await expect(callerArn({ region: 'eu-central-1', keys, now, endpoint: peer.endpoint })).rejects.toMatchObject({
      code: 'CheckFailed',
      message: expect.stringContaining('HTTP 403 The security token is expired'),
    });
    await peer.close();
  });
});
