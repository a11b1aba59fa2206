/** A Secrets Manager with the secrets it is given: GetSecretValue as the AWS client speaks it (JSON 1.1). */
import { type Loopback, type LoopbackReply, listenOnLoopback } from './loopback';

/** Secrets by ARN (or whatever identifies them to the reader), each a JSON value. */
export function startSecretsEndpoint(secrets: Readonly<Record<string, unknown>>): Promise<Loopback> {
  return listenOnLoopback(({ headers, body }) => {
    const target = String(headers['x-amz-target']);
    if (target !== 'secretsmanager.GetSecretValue') return refused('InvalidRequestException', `no ${target} here`);
    const { SecretId: id } = JSON.parse(body) as { SecretId: string };
    if (!Object.hasOwn(secrets, id))
      return refused('ResourceNotFoundException', "Secrets Manager can't find the specified secret.");
    return json(200, { ARN: id, Name: id, SecretString: JSON.stringify(secrets[id]), VersionStages: ['AWSCURRENT'] });
  });
}

const refused = (type: string, message: string): LoopbackReply => json(400, { __type: type, message });

const json = (status: number, value: unknown): LoopbackReply => ({
  status,
  contentType: 'application/x-amz-json-1.1',
  body: JSON.stringify(value),
});
