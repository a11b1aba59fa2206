/** Our signature, held to that of the AWS SDK. */
import { createHash, createHmac } from 'node:crypto';
import { SignatureV4 } from '@smithy/signature-v4';
import { signPost } from '../../../lambda/adapters/aws/signature';

const AT = new Date('2026-11-25T02:03:04.567Z');

class Sha256 {
  private readonly hash;

  constructor(secret?: string | ArrayBuffer | ArrayBufferView) {
    this.hash = secret === undefined ? createHash('sha256') : createHmac('sha256', secret as string | Uint8Array);
  }

  update(chunk: Uint8Array): void {
    this.hash.update(chunk);
  }

  async digest(): Promise<Uint8Array> {
    return this.hash.digest();
  }

  reset(): void {}
}

test.each([
  ['of a user', 'https://a1b2.execute-api.eu-central-1.amazonaws.com/answer', undefined],
  ['of a session', 'https://a1b2.execute-api.cn-north-1.amazonaws.com.cn/answer', 'token+/='],
  ['with a port and a path that is encoded', 'http://127.0.0.1:8080/a%20b/answer', undefined],
])('is that of the AWS SDK: %s', async (_, address, sessionToken) => {
  const url = new URL(address);
  const body = '{"projectId":"p_x","note":"gehört, 切换"}';
  const credentials = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY' };
  const signer = {
    region: 'eu-central-1',
    credentials: { ...credentials, ...(sessionToken === undefined ? {} : { sessionToken }) },
  };
  const headers = { 'content-type': 'application/json' };
  const { protocol, hostname, pathname: path } = url;
  const sdk = new SignatureV4({ ...signer, service: 'execute-api', sha256: Sha256 });
  const expected = await sdk.sign(
    { method: 'POST', protocol, hostname, path, headers: { ...headers, host: url.host }, body },
    { signingDate: AT },
  );
  expect(await signPost({ url, body, headers }, signer, AT)).toEqual(expected.headers);
});
