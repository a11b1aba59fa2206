/** The OMS account from Secrets Manager: JSON with `username` and `password`. Cached for minutes, so that a poll does not cost a call. */
import { GetSecretValueCommand, type SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { CheckFailed } from '../../core/model/errors';
import type { Clock, Credentials, CredentialsSource } from '../../core/ports';

const CACHED_MS = 5 * 60_000;

export class SecretCredentials implements CredentialsSource {
  private readonly client: SecretsManagerClient;
  private readonly secretId: string;
  private readonly clock: Pick<Clock, 'now'>;
  private cached: { readonly value: Credentials; readonly at: number } | null = null;

  constructor(client: SecretsManagerClient, secretId: string, clock: Pick<Clock, 'now'>) {
    this.client = client;
    this.secretId = secretId;
    this.clock = clock;
  }

  async read(): Promise<Credentials> {
    const fresh = this.cached !== null && Math.abs(this.clock.now() - this.cached.at) < CACHED_MS;
    return fresh && this.cached !== null ? this.cached.value : await this.reread();
  }

  async reread(): Promise<Credentials> {
    let text: string | undefined;
    try {
      text = (await this.client.send(new GetSecretValueCommand({ SecretId: this.secretId }))).SecretString;
    } catch (error) {
      throw new CheckFailed(
        `could not read the secret ${this.secretId}: ${error instanceof Error ? error.message : String(error)}`,
        error,
      );
    }
    const value = parse(text);
    if (value === null) {
      // The text is not shown: it contains the password, or nearly does.
      throw new CheckFailed(
        `the secret ${this.secretId} must be JSON with the strings "username" and "password", such as {"username":"…","password":"…"}`,
      );
    }
    this.cached = { value, at: this.clock.now() };
    return value;
  }
}

function parse(text: string | undefined): Credentials | null {
  try {
    const { username, password } = JSON.parse(text ?? '') as Record<string, unknown>;
    return typeof username === 'string' && username !== '' && typeof password === 'string'
      ? { username, password }
      : null;
  } catch {
    return null;
  }
}
