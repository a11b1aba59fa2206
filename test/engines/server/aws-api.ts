/**
 * The AWS API calls of a run, as plain HTTP: engines verify no signatures, and the SDK clients of eight services would be eight dependencies.
 */

export const REGION = 'us-east-1';

export class AwsApi {
  readonly endpoint: string;

  constructor(endpoint: string) {
    this.endpoint = endpoint;
  }

  /** JSON protocols: `states`, `AWSStepFunctions.StartExecution`. Throws with the service's message. */
  async json(service: string, target: string, input: object): Promise<Record<string, unknown>> {
    const text = await this.send(service, '/', {
      method: 'POST',
      headers: { 'content-type': `application/x-amz-json-1.${JSON_1_1.has(service) ? 1 : 0}`, 'x-amz-target': target },
      body: JSON.stringify(input),
    });
    return text === '' ? {} : (JSON.parse(text) as Record<string, unknown>);
  }

  /** The query protocol. */
  query(service: string, version: string, input: Readonly<Record<string, string>>): Promise<string> {
    return this.send(service, '/', {
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: new URLSearchParams({ Version: version, ...input }).toString(),
    });
  }

  /** REST protocols. */
  send(
    service: string,
    path: string,
    { method, headers = {}, body }: { method: string; headers?: Record<string, string>; body?: string | Uint8Array },
  ): Promise<string> {
    return sendTo(`${this.endpoint}${path}`, {
      method,
      headers: {
        ...headers,
        authorization: `AWS4-HMAC-SHA256 Credential=test/20261101/${REGION}/${service}/aws4_request, SignedHeaders=host, Signature=0`,
        'x-amz-date': '20261101T000000Z',
      },
      ...(body === undefined ? {} : { body }),
    });
  }
}

const JSON_1_1 = new Set(['secretsmanager', 'ssm', 'logs', 'events']);

async function sendTo(url: string, request: RequestInit): Promise<string> {
  const response = await fetch(url, request);
  const text = await response.text();
  if (!response.ok) {
    const headers = request.headers as Record<string, string>;
    throw new Error(
      `${request.method} ${url} ${headers['x-amz-target'] ?? ''}: ${response.status} ${text.slice(0, 2_000)}`,
    );
  }
  return text;
}
