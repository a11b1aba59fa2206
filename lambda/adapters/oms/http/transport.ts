/** A request to OMS and its tries: bounded in time by the caller's deadline and in size by the request, and never an exception for what the network or OMS does. */
import { createFetch, FetchError, type FetchResponse } from 'ofetch';
import { type Dispatcher, fetch as undiciFetch } from 'undici';
import { newAgent } from './agent';
import { type Arrived, readSome, readWhole } from './body';
import { type Broken, connectionProblem, isLasting, NoHttp, timeIsOver } from './connection-errors';
import type { Deadline } from './deadline';
import { type HttpProxy, proxyFor } from './proxy';
import { RetryBudget } from './retry-budget';
import { type GivenCa, trusting } from './tls';

/** Where the status alone decides, the body only adds OMS's message: this much of it, and no longer. */
const MESSAGE_BYTES = 64 * 1024;
const MESSAGE_MS = 1_000;
/** Two retries: enough for a dropped connection or a restarting proxy. An outage is for the next check to see. */
const RETRIES = 2;
const FIRST_PAUSE_MS = 150;
/** A retry needs at least this long. */
const SHORTEST_TRY_MS = 100;
/** 501 and 505 are the same a moment later. */
const TRANSIENT_STATUSES = [
  408,
  429,
  ...Array.from({ length: 100 }, (_, index) => 500 + index).filter((status) => status !== 501 && status !== 505),
];

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
  readonly headers: Headers;
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
  private readonly agent: Dispatcher;
  private readonly proxy: HttpProxy | null;
  private readonly ca: GivenCa | null;
  private readonly budget = new RetryBudget();

  /** @param largestReply the greatest `maxBytes` of any request. Throws InvalidInput when `ca` is not a PEM certificate, or a variable does not name a proxy. */
  constructor({ endpoint, clock, random, ca, requestTimeoutMs }: OmsHttpOptions, largestReply: number) {
    this.endpoint = endpoint.replace(/\/+$/, '');
    this.clock = clock;
    this.random = random;
    this.ca = ca === undefined ? null : trusting(ca);
    this.proxy = proxyFor(endpoint, process.env);
    this.agent = newAgent({ requestTimeoutMs, largestReply, ca: this.ca, proxy: this.proxy });
  }

  /** Resolves at the deadline at the latest. Rejects only with Interrupted. */
  async send(request: OmsRequest, authorization: string, deadline: Deadline): Promise<Exchange> {
    const arrived: Arrived = { headersAfterMs: null, bytes: 0 };
    let [requestedAt, startedAt, headersAt, tries, pauseMs] = [this.clock.now(), performance.now(), 0, 0, 0];

    // ofetch retries what its `fetch` rejects. So this one includes the body: a connection closed half-way through it deserves a retry too.
    const fetch: typeof globalThis.fetch = async (url, init) => {
      const response = await undiciFetch(String(url), {
        method: request.method,
        headers: Object.fromEntries(new Headers(init?.headers)),
        ...(request.body === undefined ? {} : { body: request.body }),
        redirect: 'manual',
        dispatcher: this.agent,
        signal: deadline.signal,
      });
      if (response.status > 599) throw new NoHttp();
      headersAt = this.clock.now();
      arrived.headersAfterMs = performance.now() - startedAt;
      const body = decidedByStatus(response.status)
        ? await readSome(response, MESSAGE_BYTES, MESSAGE_MS)
        : await readWhole(response, request.maxBytes, arrived);
      const hasBody = body.length > 0 && !BODILESS.includes(response.status);
      return new Response(hasBody ? body : null, { status: response.status, headers: [...response.headers] });
    };

    /** The number of retries left: none where the pause would not leave time for one. OMS's answer stands then. */
    const retriesLeft = (left: number | false | undefined, askedPauseMs: number) => {
      pauseMs = Math.max(FIRST_PAUSE_MS * 2 ** (tries - 1) * (0.5 + this.random()), askedPauseMs);
      if (!left || pauseMs + SHORTEST_TRY_MS > deadline.remainingMs()) return 0;
      return this.budget.spend() ? left : 0;
    };

    const reply = ({ status, headers, _data }: FetchResponse<ArrayBuffer>): Reply => ({
      kind: 'reply',
      status,
      headers,
      body: new Uint8Array(_data ?? new ArrayBuffer(0)),
      requestedAt,
      headersAt,
      answeredAt: this.clock.now(),
    });

    const broken = ({ problem, ...rest }: Broken): Exchange => {
      const through = this.proxy === null ? '' : ` (through the proxy ${this.proxy.shown})`;
      return { ...rest, problem: problem + through, requestedAt, answeredAt: this.clock.now() };
    };
    const over = () => broken(timeIsOver(this.endpoint, deadline.timeoutMs, arrived));

    try {
      const response = await deadline.within(
        createFetch({ fetch }).raw<ArrayBuffer, 'arrayBuffer'>(this.endpoint + request.path, {
          method: request.method,
          headers: { authorization, accept: 'application/json', ...(request.body === undefined ? {} : JSON_BODY) },
          responseType: 'arrayBuffer',
          retry: RETRIES,
          retryStatusCodes: TRANSIENT_STATUSES,
          retryDelay: () => pauseMs,
          onRequest: () => {
            tries++;
            requestedAt = this.clock.now();
            startedAt = performance.now();
            Object.assign(arrived, { headersAfterMs: null, bytes: 0 });
          },
          onRequestError: ({ error, options }) => {
            options.retry = isLasting(error) ? 0 : retriesLeft(options.retry, 0);
          },
          onResponseError: ({ response: { headers }, options }) => {
            options.retry = retriesLeft(options.retry, askedPauseMs(headers, headersAt));
          },
        }),
      );
      deadline.throwIfInterrupted();
      if (response === undefined) return over();
      this.budget.earn();
      return reply(response);
    } catch (error) {
      deadline.throwIfInterrupted();
      if (deadline.signal.aborted) return over();
      if (error instanceof FetchError && error.response !== undefined) return reply(error.response);
      return broken(connectionProblem(this.endpoint, error, { arrived, maxBytes: request.maxBytes, ca: this.ca }));
    }
  }

  /** Ends the kept connections. */
  async close(): Promise<void> {
    await this.agent.destroy();
  }
}

/** `Response` takes no body with these. */
const BODILESS = [204, 205, 304];

const JSON_BODY = { 'content-type': 'application/json' };

/** 401, 403, redirects, 408, 429 and 5xx mean the same with any body. */
export function decidedByStatus(status: number): boolean {
  return isRedirect(status) || [401, 403, 408, 429].includes(status) || status >= 500;
}

/** 304 is "not modified", which was not asked for: no redirect. */
export function isRedirect(status: number): boolean {
  return status >= 300 && status < 400 && status !== 304;
}

/** What Retry-After asks for, seconds or a date by the server's own clock; 0 without one. */
export function askedPauseMs(headers: Headers, headersAt: number): number {
  const retryAfter = headers.get('retry-after')?.trim() ?? '';
  if (/^\d{1,9}$/.test(retryAfter)) return Number(retryAfter) * 1000;
  const at = Date.parse(retryAfter);
  const date = Date.parse(headers.get('date') ?? '');
  return Number.isNaN(at) ? 0 : Math.max(0, at - (Number.isNaN(date) ? headersAt : date));
}
