/**
 * A loopback proxy that injects faults on real sockets, between the real clients and a service. It records whether the service executed each
 * request, so the ledger has what happened, not what a client observed.
 */
import {
  Agent,
  createServer,
  type IncomingMessage,
  type Server,
  type ServerResponse,
  request as send,
} from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import type { Random } from '../../../local/random';
import { type Fault, refusalOf } from './fault';
import type { ProxiedCall } from './proxied-call';

export interface ProxyOptions {
  /** The service behind it. */
  readonly target: string;
  readonly read: (request: IncomingMessage, body: string) => ProxiedCall;
  readonly random: Random;
  readonly watcher: ProxyWatcher;
}

export interface ProxyWatcher {
  /** Null: no fault. */
  faultFor(call: ProxiedCall): Fault | null;
  /** Delays a request before the service, or its reply before the client. */
  held(call: ProxiedCall, when: 'before' | 'after'): Promise<void>;
  /** The service executed the call. In the order of execution. */
  done(call: ProxiedCall): void;
  /** The service executed the call, and the client gets no reply. `injected` is false if the client timed out by itself. */
  lost(call: ProxiedCall, injected: boolean): void;
}

interface Answer {
  readonly status: number;
  readonly headers: IncomingMessage['headers'];
  readonly body: Buffer;
}

export class FaultProxy {
  readonly url: string;
  private readonly options: ProxyOptions;
  private readonly server: Server;
  private readonly agent = new Agent({ keepAlive: true });
  /**
   * Writes whose reply was sent on a connection without a later request. Clients keep connections alive: if one ends, the client timed out
   * and did not read the reply.
   */
  private readonly unread = new Map<Socket, ProxiedCall>();
  private closing = false;
  private working = 0;

  private constructor(options: ProxyOptions, server: Server) {
    this.options = options;
    this.server = server;
    this.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    // Only clients end connections.
    server.keepAliveTimeout = 0;
    server.on('connection', (socket: Socket) => {
      socket.once('close', () => {
        const call = this.unread.get(socket);
        this.unread.delete(socket);
        if (call !== undefined && !this.closing) options.watcher.lost(call, false);
      });
    });
    server.on('request', (request: IncomingMessage, response: ServerResponse) => this.serve(request, response));
  }

  static async start(options: ProxyOptions): Promise<FaultProxy> {
    const server = createServer();
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(0, '127.0.0.1', resolve);
    });
    return new FaultProxy(options, server);
  }

  /** Resolves after late requests have reached their service. */
  async quiet(): Promise<void> {
    while (this.working > 0) await new Promise((resolve) => setTimeout(resolve, 5));
  }

  async close(): Promise<void> {
    this.closing = true;
    await new Promise<void>((resolve) => {
      this.server.close(() => resolve());
      this.server.closeAllConnections();
    });
    this.agent.destroy();
  }

  private serve(request: IncomingMessage, response: ServerResponse): void {
    response.on('error', () => undefined);
    // A new request on the connection proves that the previous reply was read.
    this.unread.delete(request.socket);
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      this.working += 1;
      this.answer(request, Buffer.concat(chunks), response)
        .catch(() => request.socket.destroy())
        .finally(() => {
          this.working -= 1;
        });
    });
  }

  private async answer(request: IncomingMessage, body: Buffer, response: ServerResponse): Promise<void> {
    const { read, watcher, random } = this.options;
    const call = read(request, body.toString('utf8'));
    const fault = watcher.faultFor(call);
    if (fault === 'throttled' || fault === 'error') {
      const refusal = refusalOf(call.service, fault, random);
      response.writeHead(refusal.status, { 'content-type': refusal.contentType }).end(refusal.body);
      return;
    }
    if (fault === 'reset') {
      request.socket.resetAndDestroy();
      return;
    }
    if (fault === 'silence' || fault === 'late') await gone(response);
    if (fault === 'silence') return;
    await watcher.held(call, 'before');
    const answer = await this.forward(request, body);
    const did = call.writes && answer.status === 200;
    if (did) watcher.done(call);
    await watcher.held(call, 'after');
    if (fault === null && !response.destroyed) {
      response.writeHead(answer.status, forwarded(answer)).end(answer.body);
      if (did) this.unread.set(request.socket, call);
      return;
    }
    if (did) watcher.lost(call, fault !== null);
    if (fault === 'lost-reset') request.socket.resetAndDestroy();
    if (fault === 'lost-silence') await gone(response);
    if (fault === 'torn') {
      response.writeHead(answer.status, { ...forwarded(answer), 'content-length': answer.body.length + 1 });
      response.write(answer.body.subarray(0, Math.floor(answer.body.length / 2)), () => request.socket.destroy());
    }
  }

  private forward(request: IncomingMessage, body: Buffer): Promise<Answer> {
    const { url = '/', method = 'GET', headers } = request;
    return new Promise((resolve, reject) => {
      const onward = send(`${this.options.target}${url}`, { method, headers, agent: this.agent }, (reply) => {
        const chunks: Buffer[] = [];
        reply.on('data', (chunk: Buffer) => chunks.push(chunk));
        reply.on('error', reject);
        reply.on('end', () =>
          resolve({ status: reply.statusCode ?? 502, headers: reply.headers, body: Buffer.concat(chunks) }),
        );
      });
      onward.on('error', reject);
      onward.end(body);
    });
  }
}

/** The error of a connection that the client ended. */
function gone(response: ServerResponse): Promise<void> {
  return new Promise((resolve) => {
    if (response.destroyed || response.closed) resolve();
    else response.once('close', () => resolve());
  });
}

/** Without hop-by-hop headers. The length is set here, because the body is complete. */
function forwarded({ headers, body }: Answer): IncomingMessage['headers'] {
  const { 'transfer-encoding': _encoding, connection: _connection, ...rest } = headers;
  return { ...rest, 'content-length': String(body.length) };
}
