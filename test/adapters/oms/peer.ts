/** A peer on loopback that sends exactly the bytes of a situation, and keeps the requests that it got. */
import { readFileSync } from 'node:fs';
import { createServer, type Socket } from 'node:net';
import { join } from 'node:path';
import { createServer as createTlsServer } from 'node:tls';

export const FIXTURES = join(__dirname, '../../fixtures/oms');

export interface Peer {
  readonly port: number;
  /** Requests that came, each as it stood on the wire. */
  readonly requests: string[];
  readonly sockets: number;
  close(): Promise<void>;
}

/** What to do once a whole request has come; `count` begins at 1. */
export type Behaviour = (socket: Socket, count: number, request: string) => void;

/** @param options `tls: 'chain'` presents the authority's certificate too. */
export async function startPeer(behave: Behaviour, { tls = false }: { tls?: boolean | 'chain' } = {}): Promise<Peer> {
  const open = new Set<Socket>();
  const requests: string[] = [];
  let sockets = 0;
  const onSocket = (socket: Socket) => {
    sockets++;
    open.add(socket);
    socket.on('close', () => open.delete(socket));
    // In many situations the client gives up.
    socket.on('error', () => {});
    let received = '';
    socket.on('data', (chunk) => {
      received += chunk.toString('latin1');
      const whole = wholeRequest(received);
      if (whole === null) return;
      received = received.slice(whole.length);
      requests.push(whole);
      behave(socket, requests.length, whole);
    });
  };
  const server = tls
    ? createTlsServer(
        {
          key: fixture('tls/server.key'),
          cert: [fixture('tls/server.pem'), ...(tls === 'chain' ? [fixture('tls/ca.pem')] : [])].join('\n'),
        },
        onSocket,
      )
    : createServer(onSocket);
  server.on('tlsClientError', () => {});
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return {
    port: address.port,
    requests,
    get sockets() {
      return sockets;
    },
    close: () =>
      new Promise((resolve) => {
        for (const socket of open) socket.destroy();
        server.close(() => resolve());
      }),
  };
}

/** The bytes of a reply: an `.http` file as it is (its header lines in HTTP's line ends), a `.json` file as the body of a plain 200. */
export function replyFrom(name: string): Buffer {
  const file = fixture(name);
  if (name.endsWith('.json')) return jsonReply(file);
  const end = file.indexOf('\n\n');
  const head = file.subarray(0, end).toString('latin1').split('\n').join('\r\n');
  return Buffer.concat([Buffer.from(`${head}\r\nConnection: close\r\n\r\n`, 'latin1'), file.subarray(end + 2)]);
}

export function jsonReply(body: Buffer | string, headers: readonly string[] = []): Buffer {
  const bytes = Buffer.from(body as string);
  const lines = ['HTTP/1.1 200 OK', 'Content-Type: application/json', `Content-Length: ${bytes.length}`, ...headers];
  return Buffer.concat([Buffer.from(`${lines.join('\r\n')}\r\nConnection: close\r\n\r\n`, 'latin1'), bytes]);
}

export function fixture(name: string): Buffer {
  return readFileSync(join(FIXTURES, name));
}

function wholeRequest(text: string): string | null {
  const end = text.indexOf('\r\n\r\n');
  if (end < 0) return null;
  const length = Number(/\r\ncontent-length: (\d+)/i.exec(text.slice(0, end))?.[1] ?? 0);
  const whole = text.slice(0, end + 4 + length);
  return whole.length === end + 4 + length ? whole : null;
}
