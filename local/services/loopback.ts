/** An HTTP server on loopback, shared by the embedded services. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface LoopbackRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: string;
}

export interface LoopbackReply {
  readonly status: number;
  readonly contentType: string;
  readonly body: string;
}

export interface Loopback {
  readonly url: string;
  close(): Promise<void>;
}

/** Listens on a free port and replies to each request with `answer`. */
export function listenOnLoopback(
  answer: (request: LoopbackRequest) => LoopbackReply | Promise<LoopbackReply>,
): Promise<Loopback> {
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', async () => {
      const { method = '', url: path = '', headers } = request;
      const reply = await answer({ method, path, headers, body: Buffer.concat(chunks).toString('utf8') });
      response.writeHead(reply.status, { 'content-type': reply.contentType }).end(reply.body);
    });
  });
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      resolve({
        url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
        close: () =>
          new Promise((closed) => {
            server.close(() => closed());
            // Otherwise closing would wait for the idle connections of clients to time out.
            server.closeAllConnections();
          }),
      });
    });
  });
}
