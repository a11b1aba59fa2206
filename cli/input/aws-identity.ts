/** Who signs our calls to AWS: STS's GetCallerIdentity, one signed request, so that no further client has to be installed for it. */
import { createHash, createHmac } from 'node:crypto';
import { CheckFailed } from '../../lambda/core/model/errors';

export interface SigningKeys {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
}

export interface IdentityOptions {
  readonly region: string;
  readonly keys: SigningKeys;
  readonly now: Date;
  /** Default: the region's own. */
  readonly endpoint?: string;
  readonly fetch?: typeof fetch;
}

const BODY = 'Action=GetCallerIdentity&Version=2011-06-15';
const TYPE = 'application/x-www-form-urlencoded';
const TIMEOUT_MS = 10_000;

/** The ARN of the caller. @throws CheckFailed where STS does not say. */
export async function callerArn(options: IdentityOptions): Promise<string> {
  const { region, endpoint = stsOf(region) } = options;
  const url = new URL(endpoint);
  try {
    const reply = await (options.fetch ?? fetch)(url, {
      method: 'POST',
      headers: signed(url.host, options),
      body: BODY,
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    const text = await reply.text();
    const arn = /<Arn>([^<]+)<\/Arn>/.exec(text)?.[1];
    if (arn !== undefined) return arn;
    throw new Error(`HTTP ${reply.status} ${/<Message>([^<]+)<\/Message>/.exec(text)?.[1] ?? ''}`.trim());
  } catch (error) {
    throw new CheckFailed(`STS at ${url.host} does not say who we are: ${(error as Error).message}`, error);
  }
}

function stsOf(region: string): string {
  return `https://sts.${region}.amazonaws.com${region.startsWith('cn-') ? '.cn' : ''}/`;
}

/** Signature version 4, for this one request. */
export function signed(host: string, { region, keys, now }: IdentityOptions): Record<string, string> {
  const at = now.toISOString().replace(/[-:]|\.\d+/g, '');
  const scope = `${at.slice(0, 8)}/${region}/sts/aws4_request`;
  const headers: Record<string, string> = {
    'content-type': TYPE,
    host,
    'x-amz-date': at,
    ...(keys.sessionToken === undefined ? {} : { 'x-amz-security-token': keys.sessionToken }),
  };
  const names = Object.keys(headers).sort();
  const canonical = [
    'POST',
    '/',
    '',
    ...names.map((name) => `${name}:${headers[name]}`),
    '',
    names.join(';'),
    sha256(BODY),
  ].join('\n');
  const key = [at.slice(0, 8), region, 'sts', 'aws4_request'].reduce<Buffer | string>(
    (secret, part) => hmac(secret, part),
    `AWS4${keys.secretAccessKey}`,
  );
  const signature = hmac(key, ['AWS4-HMAC-SHA256', at, scope, sha256(canonical)].join('\n')).toString('hex');
  const { host: _host, ...sent } = headers;
  return {
    ...sent,
    authorization: `AWS4-HMAC-SHA256 Credential=${keys.accessKeyId}/${scope}, SignedHeaders=${names.join(';')}, Signature=${signature}`,
  };
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

function hmac(key: Buffer | string, text: string): Buffer {
  return createHmac('sha256', key).update(text).digest();
}
