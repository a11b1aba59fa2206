/** The proxy through which an endpoint is reached, by the variables that curl and most tools read. */
import { BlockList, isIP } from 'node:net';
import { InvalidInput } from '../../../core/model/errors';
import type { Credentials } from '../../../core/ports';

export interface HttpProxy {
  readonly url: string;
  readonly isSocks: boolean;
  /** The proxy's own, where the variable has them. */
  readonly credentials: Credentials | null;
  /** For messages: without them, and with the variable, such as `http://proxy:3128, from HTTPS_PROXY`. */
  readonly shown: string;
}

type Environment = Readonly<Record<string, string | undefined>>;

/** Null where the endpoint is reached directly: this machine always is. Throws InvalidInput for a proxy that is not a URL. */
export function proxyFor(endpoint: string, env: Environment): HttpProxy | null {
  const { protocol, hostname, port } = new URL(endpoint);
  const host = hostname.replace(/^\[|\]$/g, '').toLowerCase();
  const [name, value] = [protocol === 'https:' ? 'HTTPS_PROXY' : 'HTTP_PROXY', 'ALL_PROXY']
    .flatMap((upper) => [upper.toLowerCase(), upper])
    .map((variable) => [variable, env[variable]?.trim() ?? ''] as const)
    .find(([, text]) => text !== '') ?? ['', ''];
  if (value === '' || isLoopback(host)) return null;
  const exceptions = (env.no_proxy ?? env.NO_PROXY ?? '').split(/[,\s]+/).filter((entry) => entry !== '');
  if (exceptions.some((entry) => covers(entry.toLowerCase(), host, port || (protocol === 'https:' ? '443' : '80')))) {
    return null;
  }
  const proxy = parsed(/^[a-z][a-z0-9+.-]*:\/\//i.test(value) ? value : `http://${value}`, name);
  if (proxy !== null) return proxy;
  // Not shown: it may hold a password.
  throw new InvalidInput([`${name} is not the address of a proxy; expected one such as http://proxy.example.com:3128`]);
}

function parsed(url: string, variable: string): HttpProxy | null {
  try {
    const { protocol, host, username, password } = new URL(url);
    if (!/^(https?|socks5?):$/.test(protocol) || host === '') return null;
    const credentials = { username: decodeURIComponent(username), password: decodeURIComponent(password) };
    return {
      url,
      isSocks: protocol.startsWith('socks'),
      credentials: username === '' && password === '' ? null : credentials,
      shown: `${protocol}//${host}, from ${variable}`,
    };
  } catch {
    return null;
  }
}

function isLoopback(host: string): boolean {
  return (
    host === 'localhost' ||
    host.endsWith('.localhost') ||
    host === '::1' ||
    (isIP(host) === 4 && host.startsWith('127.'))
  );
}

/** An entry of NO_PROXY: `*`, a host or domain with all below it, an address, a network such as 10.0.0.0/8; with or without a port. */
function covers(entry: string, host: string, port: string): boolean {
  if (entry === '*') return true;
  const [, network = '', length] = /^([\da-f.:]+)\/(\d+)$/.exec(entry) ?? [];
  const family = isIP(host) === 6 ? 'ipv6' : 'ipv4';
  if (isIP(host) !== 0 && isIP(network) === isIP(host)) {
    const list = new BlockList();
    list.addSubnet(network, Math.min(Number(length), family === 'ipv6' ? 128 : 32), family);
    return list.check(host, family);
  }
  const [, named = entry, at] = /^\[?(.+?)\]?:(\d+)$/.exec(isIP(entry) === 6 ? '' : entry) ?? [];
  if (at !== undefined && at !== port) return false;
  const domain = named.replace(/^\[|\]$/g, '').replace(/^\*?\./, '');
  return host === domain || host.endsWith(`.${domain}`);
}
