/** A request to OMS and its tries: bounded in time by the caller's deadline and in size by the request, and never an exception for what the network or OMS does. */
import { type IncomingMessage, request as sendRequest } from 'node:http';
import { OmsAgent } from './agent';
import { type Arrived, readSome, readWhole } from './body';
import { ProxyRefused, placeOf, proxyAuthorization } from './connect';
import { type Broken, connectionProblem, NoHttp, timeIsOver } from './connection-errors';
import type { Deadline } from './deadline';
import { type HttpProxy, proxyFor } from './proxy';
import { isTransientStatus, withRetries } from './retries';
import { RetryBudget } from './retry-budget';
import { type GivenCa, trusting } from './tls';

/** Where the status alone decides, the body only adds OMS's message: this much of it, and no longer. */
const MESSAGE_BYTES = 64 * 1024;
const MESSAGE_MS = 1_000;
/** Node's own limit, which its options could raise. */
const MOST_HEADER_BYTES = 16 * 1024;

export interface OmsRequest {
  readonly method: 'GET' | 'POST';
  /** Absolute, encoded, with its query; the endpoint's base path goes before it. */
  readonly path: string;
  readonly body?: string;
  /** Of the decoded reply. */
  readonly maxBytes: number;
  /** The only project that a reply may be about; null where it may be about any. */
  readonly projectId: string | null;
}

/** A complete HTTP reply. */
export interface Reply {
  readonly kind: 'reply';
  readonly status: number;
  /** By lower-case name; several of one name are joined by commas. */
  readonly headers: ReadonlyMap<string, string>;
  readonly body: Uint8Array;
  /** Unix milliseconds by our clock: sent, headers here, all here. */
  readonly requestedAt: number;
  readonly headersAt: number;
  readonly answeredAt: number;
}

export type Exchange = Reply | (Broken & { readonly requestedAt: number; readonly answeredAt: number });

export interface OmsHttpOptions {
  readonly endpoint: string;
  readonly requestTimeoutMs: number;
  readonly ca?: string;
  readonly clock: { now(): number };
  /** 0 up to 1: spreads the retries of many checks that failed at the same moment. */
  readonly random: () => number;
}

export class OmsHttp {
  /** Without slashes at its end. */
  private readonly endpoint: string;
  private readonly clock: { now(): number };
  private readonly random: () => number;
  private readonly agent: OmsAgent;
  private readonly proxy: HttpProxy | null;
  private readonly ca: GivenCa | null;
  private readonly budget = new RetryBudget();

  /** Throws InvalidInput when `ca` is not a PEM certificate, or a variable does not name a proxy. */
  constructor({ endpoint, clock, random, ca, requestTimeoutMs }: OmsHttpOptions) {
    this.endpoint = endpoint.replace(/\/+$/, '');
    this.clock = clock;
    this.random = random;
    this.ca = ca === undefined ? null : trusting(ca);
    this.proxy = proxyFor(endpoint, process.env);
    this.agent = new OmsAgent({
      target: placeOf(endpoint),
      proxy: this.proxy,
      secureContext: this.ca?.context ?? null,
      requestTimeoutMs,
    });
  }

  /** Resolves at the deadline at the latest. Rejects only with Interrupted. */
  async send(request: OmsRequest, authorization: string, deadline: Deadline): Promise<Exchange> {
    const arrived: Arrived = { headersAfterMs: null, bytes: 0 };
    let requestedAt = this.clock.now();

    // A connection closed half-way through the body deserves a retry too, so an attempt includes the body.
    const attempt = async () => {
      requestedAt = this.clock.now();
      const startedAt = performance.now();
      Object.assign(arrived, { headersAfterMs: null, bytes: 0 });
      const response = await this.respond(request, authorization, deadline.signal);
      const { statusCode: status = 0 } = response;
      if (status === 407 || status > 599) {
        response.destroy();
        throw status === 407 ? new ProxyRefused(status) : new NoHttp();
      }
      const headersAt = this.clock.now();
      arrived.headersAfterMs = performance.now() - startedAt;
      const body = decidedByStatus(status)
        ? await readSome(response, MESSAGE_BYTES, MESSAGE_MS)
        : await readWhole(response, request.maxBytes, arrived);
      const headers = new Map(
        Object.entries(response.headersDistinct).map(([name, all = []]) => [name, all.join(', ')]),
      );
      return { status, headers, body, headersAt, askedPauseMs: askedPauseMs(headers, headersAt) };
    };

    const broken = ({ problem, ...rest }: Broken): Exchange => {
      const through = this.proxy === null ? '' : ` (through the proxy ${this.proxy.shown})`;
      return { ...rest, problem: problem + through, requestedAt, answeredAt: this.clock.now() };
    };
    const over = () => broken(timeIsOver(this.endpoint, deadline.timeoutMs, arrived));

    try {
      const answer = await deadline.within(
        withRetries(attempt, { deadline, random: this.random, budget: this.budget }),
      );
      deadline.throwIfInterrupted();
      if (answer === undefined) return over();
      const { status, headers, body, headersAt } = answer;
      if (!isTransientStatus(status)) this.budget.earn();
      return { kind: 'reply', status, headers, body, requestedAt, headersAt, answeredAt: this.clock.now() };
    } catch (error) {
      deadline.throwIfInterrupted();
      if (deadline.signal.aborted) return over();
      return broken(connectionProblem(this.endpoint, error, { arrived, maxBytes: request.maxBytes, ca: this.ca }));
    }
  }

  /** Resolves with the headers. */
  private respond(
    { method, path, body }: OmsRequest,
    authorization: string,
    signal: AbortSignal,
  ): Promise<IncomingMessage> {
    this.agent.dropOldConnections();
    const url = new URL(this.endpoint + path);
    const viaProxy = this.proxy !== null && !this.proxy.isSocks && url.protocol === 'http:';
    return new Promise((resolve, reject) => {
      let response: IncomingMessage | undefined;
      sendRequest(url, {
        agent: this.agent,
        method,
        signal,
        maxHeaderSize: MOST_HEADER_BYTES,
        ...(viaProxy ? { path: url.href } : {}),
        headers: {
          authorization,
          accept: 'application/json',
          'accept-encoding': 'gzip, deflate, br',
          'user-agent': 'oms-cutover',
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
          ...(viaProxy && this.proxy !== null ? proxyAuthorization(this.proxy) : {}),
        },
      })
        .on('response', (incoming) => {
          response = incoming;
          resolve(incoming);
        })
        .on('error', (error) => {
          // Within a body, a reader would otherwise see no more than that the connection was closed.
          response?.destroy(error);
          reject(error);
        })
        .end(body);
    });
  }

  /** Ends the kept connections. */
  async close(): Promise<void> {
    this.agent.destroy();
  }
}

/** 401, 403, redirects, 408, 429 and 5xx mean the same with any body. */
export function decidedByStatus(status: number): boolean {
  return isRedirect(status) || [401, 403, 408, 429].includes(status) || status >= 500;
}

/** 304 is "not modified", which was not asked for: no redirect. */
export function isRedirect(status: number): boolean {
  return status >= 300 && status < 400 && status !== 304;
}

/** What Retry-After asks for, seconds or a date by the server's own clock; 0 without one. */
export function askedPauseMs(headers: Reply['headers'], headersAt: number): number {
  const retryAfter = headers.get('retry-after')?.trim() ?? '';
  if (/^\d{1,9}$/.test(retryAfter)) return Number(retryAfter) * 1000;
  const at = Date.parse(retryAfter);
  const date = Date.parse(headers.get('date') ?? '');
  return Number.isNaN(at) ? 0 : Math.max(0, at - (Number.isNaN(date) ? headersAt : date));
}
