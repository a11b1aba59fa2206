/** Signs a request to API Gateway as AWS SDKs sign theirs (Signature Version 4). */
import { createHash, createHmac, type Hash, type Hmac } from 'node:crypto';
import { SignatureV4 } from '@smithy/signature-v4';

export interface Signer {
  readonly region: string;
  readonly credentials: ConstructorParameters<typeof SignatureV4>[0]['credentials'];
}

export interface SignedPost {
  /** Without a query. */
  readonly url: URL;
  readonly body: string;
  /** To sign, besides `host`. */
  readonly headers: Readonly<Record<string, string>>;
}

/** The headers to send, the signature in `authorization`. @param at default: now. */
export async function signPost({ url, body, headers }: SignedPost, signer: Signer, at?: Date) {
  const { protocol, hostname, pathname: path } = url;
  const request = { method: 'POST', protocol, hostname, path, headers: { ...headers, host: url.host }, body };
  const signature = new SignatureV4({ ...signer, service: 'execute-api', sha256: Sha256 });
  return (await signature.sign(request, at === undefined ? {} : { signingDate: at })).headers;
}

/** In the form that the library expects; with a secret, an HMAC. */
class Sha256 {
  private hash: Hash | Hmac;
  private readonly secret: Parameters<typeof createHmac>[1] | undefined;

  constructor(secret?: string | ArrayBuffer | ArrayBufferView) {
    this.secret = secret === undefined || typeof secret === 'string' ? secret : bytesOf(secret);
    this.hash = this.fresh();
  }

  update(chunk: Uint8Array): void {
    this.hash.update(chunk);
  }

  async digest(): Promise<Uint8Array> {
    return this.hash.digest();
  }

  reset(): void {
    this.hash = this.fresh();
  }

  private fresh(): Hash | Hmac {
    return this.secret === undefined ? createHash('sha256') : createHmac('sha256', this.secret);
  }
}

function bytesOf(source: ArrayBuffer | ArrayBufferView): Uint8Array {
  return ArrayBuffer.isView(source)
    ? new Uint8Array(source.buffer, source.byteOffset, source.byteLength)
    : new Uint8Array(source);
}
