import { GetSecretValueCommand, ListSecretsCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import type { Loopback } from '../../../local/services/loopback';
import { startSecretsEndpoint } from '../../../local/services/secrets-endpoint';

const ARN = 'arn:aws:secretsmanager:us-east-1:000000000000:secret:oms';
let endpoint: Loopback;
let client: SecretsManagerClient;

beforeAll(async () => {
  endpoint = await startSecretsEndpoint({ [ARN]: { username: 'watch', password: 'p"w' } });
  client = new SecretsManagerClient({
    endpoint: endpoint.url,
    region: 'us-east-1',
    credentials: { accessKeyId: 'x', secretAccessKey: 'x' },
  });
});

afterAll(async () => {
  client.destroy();
  await endpoint.close();
});

test('gives the secret as JSON', async () => {
  const { SecretString } = await client.send(new GetSecretValueCommand({ SecretId: ARN }));
  expect(JSON.parse(SecretString ?? '')).toEqual({ username: 'watch', password: 'p"w' });
});

test('refuses a secret it does not have, as Secrets Manager does', async () => {
  await expect(client.send(new GetSecretValueCommand({ SecretId: 'other' }))).rejects.toMatchObject({
    name: 'ResourceNotFoundException',
  });
});

test('refuses every other call', async () => {
  await expect(client.send(new ListSecretsCommand({}))).rejects.toThrow(
    'secretsmanager.ListSecrets is not supported here',
  );
});
