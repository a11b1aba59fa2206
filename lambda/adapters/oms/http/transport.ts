/** One HTTP exchange with OMS: bounded in time by the caller's deadline and in size by us, and never an exception for what the network or OMS does. */
import { X509Certificate } from 'node:crypto';
import { createSecureContext, rootCertificates } from 'node:tls';
import { createFetch, type FetchResponse } from 'ofetch';
import { Agent, type Dispatcher, Headers, fetch as undiciFetch } from 'undici';
import { InvalidInput } from '../../../core/model/errors';
import { type BodyRead, readBody } from './body';
import { type Broken, connectionTrouble, timeIsOver } from './connection-errors';
import type { Deadline } from './deadline';
import { unpaused } from './unpaused';

/** Of the decoded body. A progress reply has less than 1 KiB, a page of 150 projects some 100 KiB. */
export const MAX_BODY_BYTES = 1024 * 1024;
/** Where the status alone decides, the body only adds words: this much of it, and this long. */
const WORDS_BYTES = 64 * 1024;
const WORDS_MS = 1_000;
/** Longer than the quickest pace, so that checks share a connection; shorter than the time-outs of common proxies. */
const KEEP_ALIVE_MS = 30_000;

export interface OmsRequest {
  readonly method: 'GET' | 'POST';
  /** Absolute, encoded, with its query; the endpoint's base path goes before it. */
  readonly path: string;
  readonly body?: string;
}

export interface Reply {
  readonly kind: 'reply';
  readonly status: number;
  readonly contentType: string;
  readonly location: string | null;
  readonly retryAfter: string | null;
  readonly date: string | null;
  readonly body: BodyRead;
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
}

export class OmsHttp {
  /** Without slashes at its end. */
  readonly endpoint: string;
  private readonly clock: { now(): number };
  private readonly agent: Agent;
  private readonly dispatcher: Dispatcher;
  private readonly fetch: ReturnType<typeof createFetch>;

  /** Throws InvalidInput when `ca` is no PEM certificate. */
  constructor(options: OmsHttpOptions) {
    this.endpoint = options.endpoint.replace(/\/+$/, '');
    this.clock = options.clock;
    this.agent = new Agent({
      // Half the deadline: a first packet lost on the way must leave time for a second try.
      connect: {
        timeout: Math.max(1, Math.floor(options.requestTimeoutMs / 2)),
        ...(options.ca === undefined ? {} : { secureContext: trusting(options.ca) }),
      },
      // The deadline covers these; undici's own would end a request with another message.
      headersTimeout: 0,
      bodyTimeout: 0,
      keepAliveTimeout: KEEP_ALIVE_MS,
      connections: 16,
      // Of the body as it comes, before unpacking; the decoded body has the same limit (see oms-body.ts).
      maxResponseSize: MAX_BODY_BYTES,
    });
    this.dispatcher = this.agent.compose(unpaused);
    // ofetch's types know the global fetch only; undici's is the same function with its own copies of the types.
    this.fetch = createFetch({
      fetch: undiciFetch as unknown as typeof globalThis.fetch,
      Headers: Headers as unknown as typeof globalThis.Headers,
    });
  }

  /** Resolves in any case, at the deadline at the latest. */
  async send(request: OmsRequest, authorization: string, deadline: Deadline): Promise<Exchange> {
    const startedAt = performance.now();
    const requestedAt = this.clock.now();
    let headersAfterMs: number | null = null;
    try {
      const response = await this.open(request, authorization, deadline.signal);
      const headersAt = this.clock.now();
      headersAfterMs = performance.now() - startedAt;
      const body = await readBody(response, {
        ...(decidedByStatus(response.status)
          ? { maxBytes: WORDS_BYTES, maxMs: WORDS_MS, bestEffort: true }
          : { maxBytes: MAX_BODY_BYTES, maxMs: Number.POSITIVE_INFINITY, bestEffort: false }),
        deadline,
      });
      const answeredAt = this.clock.now();
      if (body.end === 'time') {
        const times = { headersAfterMs, bytes: body.bytes };
        return { ...timeIsOver(this.endpoint, deadline.timeoutMs, times), requestedAt, answeredAt };
      }
      if (body.end === 'error' && !decidedByStatus(response.status)) {
        return { ...connectionTrouble(this.endpoint, body.error, body.bytes), requestedAt, answeredAt };
      }
      const header = (name: string) => response.headers.get(name);
      return {
        kind: 'reply',
        status: response.status,
        contentType: header('content-type') ?? '',
        location: header('location'),
        retryAfter: header('retry-after'),
        date: header('date'),
        body,
        requestedAt,
        headersAt,
        answeredAt,
      };
    } catch (error) {
      const trouble = deadline.signal.aborted
        ? timeIsOver(this.endpoint, deadline.timeoutMs, { headersAfterMs, bytes: 0 })
        : connectionTrouble(this.endpoint, error, null);
      return { ...trouble, requestedAt, answeredAt: this.clock.now() };
    }
  }

  /** Ends the kept connections. */
  async close(): Promise<void> {
    await this.agent.destroy();
  }

  private async open(request: OmsRequest, authorization: string, signal: AbortSignal) {
    const response: FetchResponse<ReadableStream<Uint8Array>> = await this.fetch.raw(this.endpoint + request.path, {
      method: request.method,
      headers: {
        authorization,
        accept: 'application/json',
        ...(request.body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(request.body === undefined ? {} : { body: request.body }),
      dispatcher: this.dispatcher,
      signal,
      // ofetch's own retries, time-out, parsing and errors each lose something we need (see docs/oms.md).
      retry: false,
      ignoreResponseError: true,
      responseType: 'stream',
      redirect: 'manual',
    });
    return response;
  }
}

/** 401, 403, redirects, 408, 429 and 5xx mean the same whatever the body says. */
export function decidedByStatus(status: number): boolean {
  return isRedirect(status) || status === 401 || status === 403 || status === 408 || status === 429 || status >= 500;
}

/** 304 is "not modified", which nobody asked for: no redirect. */
export function isRedirect(status: number): boolean {
  return status >= 300 && status < 400 && status !== 304;
}

/** The public authorities and the given ones. Node's `ca` option alone would drop the public ones. */
function trusting(ca: string) {
  const blocks = ca.match(/-----BEGIN CERTIFICATE-----[\s\S]*?-----END CERTIFICATE-----/g) ?? [];
  if (blocks.length === 0) throw badCa('holds no certificate');
  for (const [index, block] of blocks.entries()) {
    try {
      new X509Certificate(block);
    } catch (cause) {
      throw badCa(`: certificate ${index + 1} of ${blocks.length} cannot be read (${(cause as Error).message})`);
    }
  }
  return createSecureContext({ ca: [...rootCertificates, ...blocks] });
}

function badCa(what: string): InvalidInput {
  return new InvalidInput([
    `the CA for OMS ${what.replace(/^:/, 'is damaged:')}; expected PEM text with "-----BEGIN CERTIFICATE-----"`,
  ]);
}
