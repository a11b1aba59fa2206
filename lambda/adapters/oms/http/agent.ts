/** The connections to OMS: where they go, whom they trust, and how long they last. */
import { Agent, type Dispatcher, ProxyAgent } from 'undici';
import { interceptor } from './interceptor';
import type { HttpProxy } from './proxy';
import type { GivenCa } from './tls';

/** Longer than the shortest poll interval, so that checks share a connection; shorter than the time-outs of common proxies. */
const KEEP_ALIVE_MS = 30_000;
/** A new connection resolves the name again: after a failover by DNS the old node may still answer. */
const MAX_AGE_MS = 60_000;
/** Node takes no shorter time for one address. */
const SHORTEST_ADDRESS_MS = 10;

export interface AgentOptions {
  readonly requestTimeoutMs: number;
  /** Of the body as it comes, before unpacking. */
  readonly largestReply: number;
  readonly ca: GivenCa | null;
  readonly proxy: HttpProxy | null;
}

export function newAgent({ requestTimeoutMs, largestReply, ca, proxy }: AgentOptions): Dispatcher {
  const connect = {
    // Half the deadline: a first packet lost on the way must leave time for a second try.
    timeout: Math.max(1, Math.floor(requestTimeoutMs / 2)),
    // Each address of a name gets this long before the next is tried. Node's 250 ms never reach one that is far away.
    autoSelectFamily: true,
    autoSelectFamilyAttemptTimeout: Math.max(SHORTEST_ADDRESS_MS, Math.floor(requestTimeoutMs / 5)),
    // Otherwise NODE_TLS_REJECT_UNAUTHORIZED=0 would send the password to any server.
    rejectUnauthorized: true,
    ...(ca === null ? {} : { secureContext: ca.context }),
  };
  const options = {
    // The deadline covers these; undici's own would end a request with another message.
    headersTimeout: 0,
    bodyTimeout: 0,
    keepAliveTimeout: KEEP_ALIVE_MS,
    clientTtl: MAX_AGE_MS,
    connections: 16,
    maxResponseSize: largestReply,
  };
  const agent =
    proxy === null
      ? new Agent({ ...options, connect })
      : // Without a tunnel for plain HTTP: most proxies open one only to the port of HTTPS.
        new ProxyAgent({ ...options, uri: proxy.url, proxyTunnel: false, requestTls: connect, proxyTls: connect });
  return agent.compose(interceptor);
}
