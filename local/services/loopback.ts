/** A small HTTP server on this machine only: what the embedded services have in common. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface LoopbackRequest {
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

/** Answers each request through `answer`, on a free port. */
export function listenOnLoopback(answer: (request: LoopbackRequest) => LoopbackReply): Promise<Loopback> {
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const reply = answer({ headers: request.headers, body: Buffer.concat(chunks).toString('utf8') });
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
            // Clients keep their connections for the next call; without this the close would wait for their time-out.
            server.closeAllConnections();
          }),
      });
    });
  });
}
