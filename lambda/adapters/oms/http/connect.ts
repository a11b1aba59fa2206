/** Opens a connection to OMS: directly or through a proxy, with TLS from one end to the other. */
import { once } from 'node:events';
import { request } from 'node:http';
import { connect, isIP, type Socket } from 'node:net';
import { type SecureContext, connect as startTls } from 'node:tls';
import { basicAuthorization } from './basic-auth';
import type { HttpProxy } from './proxy';
import { socks5 } from './socks5';

/** Node takes no shorter time for one address. */
const SHORTEST_ADDRESS_MS = 10;

export interface Route {
  readonly target: Place;
  readonly proxy: HttpProxy | null;
  /** Null: the public authorities only. */
  readonly secureContext: SecureContext | null;
  readonly requestTimeoutMs: number;
}

export interface Place {
  /** Without the brackets of an IPv6 address. */
  readonly host: string;
  readonly port: number;
  readonly secure: boolean;
}

export function placeOf(url: string): Place {
  const { protocol, hostname, port } = new URL(url);
  const secure = protocol === 'https:';
  const byScheme = secure ? 443 : protocol.startsWith('socks') ? 1080 : 80;
  return { host: hostname.replace(/^\[|\]$/g, ''), port: port === '' ? byScheme : Number(port), secure };
}

class ConnectTimeout extends Error {
  readonly code = 'ETIMEDOUT';
}

/** A retry must not open another connection. */
class Closed extends Error {
  readonly code = 'CLOSED';
}

export class ProxyRefused extends Error {
  readonly code: string;

  constructor(status: number) {
    super(`the proxy answered HTTP ${status}`);
    this.code = status === 407 ? 'PROXY_AUTHENTICATION' : 'PROXY_REFUSED';
  }
}

/** @param closing aborts when no connection is wanted any more. */
export async function connectTo(
  { target, proxy, secureContext, requestTimeoutMs }: Route,
  closing: AbortSignal,
): Promise<Socket> {
  if (closing.aborted) throw new Closed();
  const first = proxy === null ? target : placeOf(proxy.url);
  let socket = connect({
    host: first.host,
    port: first.port,
    noDelay: true,
    // Each address of a name gets this long before the next is tried. Node's 250 ms never reach one that is far away.
    autoSelectFamily: true,
    autoSelectFamilyAttemptTimeout: Math.max(SHORTEST_ADDRESS_MS, Math.floor(requestTimeoutMs / 5)),
  });
  const secured = async ({ host }: Place) => {
    const inner = startTls({
      socket,
      host,
      ...(isIP(host) === 0 ? { servername: host } : {}),
      ALPNProtocols: ['http/1.1'],
      // Otherwise NODE_TLS_REJECT_UNAUTHORIZED=0 would send the password to any server.
      rejectUnauthorized: true,
      ...(secureContext === null ? {} : { secureContext }),
    });
    socket = inner.on('error', ignore);
    await once(inner, 'secureConnect');
  };
  // Half the deadline: a first packet lost on the way must leave time for a second try.
  const timer = setTimeout(() => socket.destroy(new ConnectTimeout()), Math.max(1, Math.floor(requestTimeoutMs / 2)));
  const close = () => socket.destroy(new Closed());
  closing.addEventListener('abort', close);
  try {
    socket.on('error', ignore);
    await once(socket, 'connect');
    if (proxy !== null) {
      if (first.secure) await secured(first);
      if (proxy.isSocks) await socks5(socket, target, proxy.credentials);
      // Plain HTTP goes to the proxy itself: most open a tunnel only to the port of HTTPS.
      else if (target.secure) await tunnel(socket, target, proxy);
    }
    if (target.secure) await secured(target);
    return socket;
  } catch (error) {
    socket.destroy();
    throw error;
  } finally {
    clearTimeout(timer);
    closing.removeEventListener('abort', close);
  }
}

/** Listens between two waits for an event, because an error event without a listener ends the process. The next wait sees the error. */
function ignore(): void {}

/** Asks a proxy for a tunnel, through which TLS then reaches OMS itself. */
function tunnel(socket: Socket, { host, port }: Place, proxy: HttpProxy): Promise<void> {
  const authority = `${isIP(host) === 6 ? `[${host}]` : host}:${port}`;
  return new Promise((resolve, reject) => {
    request({
      method: 'CONNECT',
      path: authority,
      headers: { host: authority, ...proxyAuthorization(proxy) },
      createConnection: () => socket,
    })
      .on('connect', ({ statusCode = 0 }) => {
        if (statusCode >= 200 && statusCode < 300) resolve();
        else reject(new ProxyRefused(statusCode));
      })
      .on('error', reject)
      .end();
  });
}

export function proxyAuthorization({ credentials }: HttpProxy): Record<string, string> {
  return credentials === null ? {} : { 'proxy-authorization': basicAuthorization(credentials) };
}
