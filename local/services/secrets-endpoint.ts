/** A Secrets Manager with given secrets: GetSecretValue in the AWS JSON 1.1 protocol. */
import { type Loopback, type LoopbackReply, listenOnLoopback } from './loopback';

/** @param secrets JSON values by ARN. */
export function startSecretsEndpoint(secrets: Readonly<Record<string, unknown>>): Promise<Loopback> {
  return listenOnLoopback(({ headers, body }) => {
    const target = String(headers['x-amz-target']);
    if (target !== 'secretsmanager.GetSecretValue')
      return refused('InvalidRequestException', `${target} is not supported here`);
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
