/** SOCKS5 (RFC 1928) with a user name and password (RFC 1929): asks the proxy to connect to a host and port. */
import { isIP, type Socket } from 'node:net';
import type { Credentials } from '../../../core/ports';

const VERSION = 5;
const [NO_AUTHENTICATION, PASSWORD] = [0, 2];
const [IPV4, NAME, IPV6] = [1, 3, 4];

/** By the proxy's reply; any other is its own refusal. */
const CODES: Readonly<Record<number, string>> = { 3: 'ENETUNREACH', 4: 'EHOSTUNREACH', 5: 'ECONNREFUSED' };

class SocksRefused extends Error {
  readonly code: string;

  constructor(code: string) {
    super(`the SOCKS proxy refused (${code})`);
    this.code = code;
  }
}

export async function socks5(
  socket: Socket,
  { host, port }: { readonly host: string; readonly port: number },
  credentials: Credentials | null,
): Promise<void> {
  const methods = credentials === null ? [NO_AUTHENTICATION] : [NO_AUTHENTICATION, PASSWORD];
  socket.write(Buffer.from([VERSION, methods.length, ...methods]));
  const [version, method] = await take(socket, 2);
  if (version !== VERSION) throw new SocksRefused('NO_SOCKS');
  if (method === PASSWORD && credentials !== null) {
    socket.write(Buffer.concat([Buffer.from([1]), sized(credentials.username), sized(credentials.password)]));
    const [, status] = await take(socket, 2);
    if (status !== 0) throw new SocksRefused('SOCKS_AUTHENTICATION');
  } else if (method !== NO_AUTHENTICATION) throw new SocksRefused('SOCKS_AUTHENTICATION');

  socket.write(Buffer.concat([Buffer.from([VERSION, 1, 0]), addressOf(host), Buffer.from([port >> 8, port & 0xff])]));
  const [, reply = -1, , type] = await take(socket, 4);
  if (reply !== 0) throw new SocksRefused(CODES[reply] ?? 'PROXY_REFUSED');
  const [length = 0] = type === NAME ? await take(socket, 1) : [type === IPV6 ? 16 : 4];
  await take(socket, length + 2);
}

/** With the length before it, in one byte. */
function sized(text: string): Buffer {
  const bytes = Buffer.from(text).subarray(0, 255);
  return Buffer.concat([Buffer.from([bytes.length]), bytes]);
}

/** A name goes as it is, so that the proxy resolves it. */
function addressOf(host: string): Buffer {
  if (isIP(host) === 4) return Buffer.from([IPV4, ...host.split('.').map(Number)]);
  if (isIP(host) !== 6) return Buffer.concat([Buffer.from([NAME]), sized(host)]);
  const [before = [], after = []] = host.split('::').map((part) => part.split(':').filter((group) => group !== ''));
  const groups = [...before, ...Array<string>(8 - before.length - after.length).fill('0'), ...after];
  return Buffer.concat([
    Buffer.from([IPV6]),
    Buffer.from(groups.map((group) => group.padStart(4, '0')).join(''), 'hex'),
  ]);
}

/** Exactly this many bytes: what comes after them belongs to the connection. */
function take(socket: Socket, bytes: number): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const read = () => {
      const chunk: Buffer | null = socket.read(bytes);
      if (chunk !== null) settle(() => resolve(chunk));
    };
    const fail = (error?: Error) => settle(() => reject(error ?? new SocksRefused('ECONNRESET')));
    const settle = (end: () => void) => {
      socket.off('readable', read).off('error', fail).off('end', fail).off('close', fail);
      end();
    };
    socket.on('readable', read).on('error', fail).on('end', fail).on('close', fail);
    read();
  });
}
