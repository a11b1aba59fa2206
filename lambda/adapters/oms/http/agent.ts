/** The connections to OMS: how many there are, and how long they last. */
import { setMaxListeners } from 'node:events';
import { Agent, type ClientRequestArgs } from 'node:http';
import type { Duplex } from 'node:stream';
import { connectTo, type Route } from './connect';

/** Longer than the shortest poll interval, so that checks share a connection; shorter than the time-outs of common proxies. */
const KEEP_ALIVE_MS = 30_000;
/** A new connection resolves the name again: after a failover by DNS the old node may still answer. */
const MAX_AGE_MS = 60_000;
const MOST_CONNECTIONS = 16;

export class OmsAgent extends Agent {
  /** Node refuses a request whose scheme is not its agent's. */
  readonly protocol: 'http:' | 'https:';
  /** Left out of the Host header. */
  readonly defaultPort: 80 | 443;
  private readonly route: Route;
  private readonly openedAt = new WeakMap<Duplex, number>();
  private readonly closing = new AbortController();

  constructor(route: Route) {
    super({ keepAlive: true, maxSockets: MOST_CONNECTIONS, timeout: KEEP_ALIVE_MS });
    // One for each connection that is being opened.
    setMaxListeners(0, this.closing.signal);
    this.protocol = route.target.secure ? 'https:' : 'http:';
    this.defaultPort = route.target.secure ? 443 : 80;
    this.route = route;
  }

  override createConnection(
    _options: ClientRequestArgs,
    done: (error: Error | null, socket?: Duplex) => void,
  ): undefined {
    connectTo(this.route, this.closing.signal).then(
      (socket) => {
        this.openedAt.set(socket, Date.now());
        done(null, socket);
      },
      (error: Error) => done(error),
    );
  }

  /** By the wall clock: a function is frozen between its invocations. To be called before each request. */
  dropOldConnections(): void {
    for (const socket of Object.values(this.freeSockets).flatMap((sockets) => sockets ?? [])) {
      if (Math.abs(Date.now() - (this.openedAt.get(socket) ?? 0)) > MAX_AGE_MS) socket.destroy();
    }
  }

  override destroy(): void {
    this.closing.abort();
    super.destroy();
  }
}
