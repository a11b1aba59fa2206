/** Plays one situation with a client of its own. */
import { OmsClient, type OmsClientOptions } from '../../../lambda/adapters/oms/client';
import type { Observation } from '../../../lambda/core/model/progress';
import type { CredentialsSource } from '../../../lambda/core/ports';
import { replyFrom, startPeer } from './peer';
import { NOW, type Situation, TIMEOUT_MS } from './situations';

export const USERNAME = 'dba';
export const PASSWORD = 'S3cret/"ß&';

export function fixedCredentials(password = PASSWORD): CredentialsSource {
  const credentials = { username: USERNAME, password };
  return { read: async () => credentials, reread: async () => credentials };
}

export function clientFor(endpoint: string, options: Partial<OmsClientOptions> = {}): OmsClient {
  return new OmsClient({
    endpoint,
    api: '3.3',
    kind: 'migration',
    credentials: fixedCredentials(),
    requestTimeoutMs: TIMEOUT_MS,
    clock: { now: () => NOW },
    random: () => 0,
    ...options,
  });
}

export interface Played {
  readonly observation: Observation;
  readonly endpoint: string;
  readonly requests: readonly string[];
}

export async function play(situation: Situation): Promise<Played> {
  const { peer: how } = situation;
  const tls = how === 'tls';
  const peer = await startPeer(
    typeof how === 'function' ? how : (socket) => socket.end(replyFrom(tls ? 'success-with-nulls.json' : how)),
    { tls },
  );
  if (how === 'no server') await peer.close();
  const host = how === 'no such host' ? 'no-such-host.invalid' : '127.0.0.1';
  const endpoint = `${tls ? 'https' : 'http'}://${host}:${peer.port}`;
  const client = clientFor(endpoint, situation.options);
  try {
    return { observation: await client.poll(situation.project ?? 'p_x'), endpoint, requests: peer.requests };
  } finally {
    await client.close();
    if (how !== 'no server') await peer.close();
  }
}
