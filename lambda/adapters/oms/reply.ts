/** What a reply means: the one place where HTTP status, envelope and body become an outcome. docs/oms.md has the table of it. */
import { STATUS_CODES } from 'node:http';
import type { Anomaly, FailedOutcome, OmsWords } from '../../contract/oms';
import { withoutStop } from '../../contract/values/text';
import { PLAUSIBLE_FUTURE_MS } from '../../core/observe/lag';
import { decodeEnvelope, type Enveloped, parseBody } from './envelope';
import { gatewayIn } from './gateway';
import { askedPauseMs, decidedByStatus, isRedirect, type OmsRequest, type Reply } from './http/transport';
import { RepeatedKey } from './json';
import { asText, type Decoding, own } from './values';

/** In `code` or `errorDetail.code` for a project that OMS does not have (OceanBase's own client checks it). */
const PROJECT_UNKNOWN = 'GHANA-PROJECT000001';
/** Format of OMS's own error codes. Inferred from the vendor's documentation. */
const OMS_CODE = /GHANA-[A-Z]+\d+/;
/** A difference of the clocks is reported from here on: further ahead a fresh checkpoint of OMS is not believed. */
const MAX_SKEW_MS = PLAUSIBLE_FUTURE_MS;
/** The statuses of a server that does not have the call. */
const NO_SUCH_CALL = [404, 405, 410];
/** The statuses of a server that has too much to do. */
const SLOW_DOWN = [429, 503];
/** What nginx, Apache, Tomcat and Go write into their 400 where a TLS port gets plain HTTP; nginx also has a status for it. */
const TLS_WANTED =
  /HTTP request was sent to HTTPS port|plain HTTP to an SSL-enabled|requires TLS|HTTP request to an HTTPS server/i;

export interface FailedReply {
  readonly ok: false;
  readonly outcome: FailedOutcome;
  /** One sentence on what came and what to check. */
  readonly problem: string;
  readonly said: OmsWords;
  readonly anomalies: readonly Anomaly[];
  /** OMS answered in its own words; false for a proxy's page and for no answer. */
  readonly spoke: boolean;
  /** Whether this OMS lacks the call, so that another version's may be there. `MAYBE`: it refused without an error code. */
  readonly callIsMissing: 'YES' | 'MAYBE' | 'NO';
  /** Of a 429 or 503: the pause that it asks for, 0 where it does not say. */
  readonly retryAfterMs?: number;
}

/** Understood as far as the envelope; its `data` is for the call's own decoder. */
export interface GoodReply {
  readonly ok: true;
  readonly enveloped: Enveloped;
  readonly decoding: Decoding;
}

export function readReply(
  reply: Reply,
  { endpoint, request, decoding }: { endpoint: string; request: OmsRequest; decoding: Decoding },
): GoodReply | FailedReply {
  const answered = `OMS answered HTTP ${named(reply.status)} to ${request.method} ${request.path}`;
  noteSkew(reply, decoding);
  const body = parseBody(reply.body, reply.headers.get('content-type') ?? '', decoding);
  const enveloped = body.ok ? decodeEnvelope(body.value, decoding) : null;
  const fail = (outcome: FailedOutcome, problem: string, callIsMissing: FailedReply['callIsMissing'] = 'NO') =>
    ({
      ok: false,
      outcome,
      problem,
      said: enveloped?.said ?? {},
      anomalies: decoding.anomalies,
      spoke: enveloped !== null,
      callIsMissing,
    }) as const;

  if (decidedByStatus(reply.status)) {
    const words = inItsWords(enveloped);
    const gateway = enveloped === null ? gatewayIn(reply, endpoint, decoding.clean) : null;
    if (gateway !== null) {
      const what = `HTTP ${named(reply.status)} to ${request.method} ${request.path}`;
      return fail(
        'OmsUnreachable',
        `${what} came from a proxy or gateway in front of OMS (${gateway.evidence}): ${gateway.advice}`,
      );
    }
    if (isRedirect(reply.status)) return fail('OmsRejectedCredentials', redirected(answered, reply, decoding));
    if (reply.status === 401 || reply.status === 403) {
      return fail(
        'OmsRejectedCredentials',
        `${withoutStop(answered + words)}: it does not accept the user name and password`,
      );
    }
    const retryAfter = reply.headers.get('retry-after');
    const later =
      retryAfter === undefined ? '' : `, and asks to come back later (Retry-After: ${decoding.clean(retryAfter, 40)})`;
    const refused = answered + words;
    const failed = fail(
      'OmsUnreachable',
      later === '' ? refused : withoutStop(refused) + later,
      reply.status === 501 ? 'YES' : 'NO',
    );
    return SLOW_DOWN.includes(reply.status)
      ? { ...failed, retryAfterMs: askedPauseMs(reply.headers, reply.headersAt) }
      : failed;
  }
  const other =
    body.ok && enveloped !== null && request.projectId !== null
      ? otherProjectIn(body.value, enveloped.data, request.projectId)
      : null;
  if (other !== null) {
    const which = decoding.clean(other, 128);
    const problem = `${answered} with a reply about project "${which}" where "${request.projectId}" was asked for`;
    return fail('OmsBadReply', problem);
  }
  if (enveloped && !enveloped.envelope.success) {
    if (enveloped.codes.some((code) => code.includes(PROJECT_UNKNOWN))) {
      return fail('OmsProjectNotFound', `OMS has no such project${inItsWords(enveloped)}`);
    }
    const problem = `OMS refused ${request.method} ${request.path}${inItsWords(enveloped)}`;
    return fail('OmsRefused', problem, enveloped.codes.some((code) => OMS_CODE.test(code)) ? 'NO' : 'MAYBE');
  }
  if (reply.status < 200 || reply.status > 299) {
    const missing = NO_SUCH_CALL.includes(reply.status);
    const hint = wantsTls(reply, endpoint)
      ? '; this port expects HTTPS: the endpoint should begin with https://'
      : missing
        ? '; check the endpoint, and whether this version of OMS has the call'
        : '';
    return fail('OmsBadReply', `${answered}${inItsWords(enveloped)}${hint}`, missing ? 'YES' : 'NO');
  }
  // A console that serves its start page for every path that it does not have.
  if (!body.ok) return fail('OmsBadReply', `${answered} with ${body.problem}`, body.isPage ? 'YES' : 'NO');
  if (enveloped === null) {
    const success = own(body.value, 'success');
    const why =
      success instanceof RepeatedKey
        ? '"success" stands in it more than once'
        : 'it has no "success" that is true or false';
    return fail('OmsBadReply', `${answered} with JSON that is not an OMS reply: ${why}`);
  }
  return { ok: true, enveloped, decoding };
}

/** OMS's clock minus ours in milliseconds, ±1 s; null without a usable Date header. */
export function skewOf(reply: Reply): number | null {
  const date = Date.parse(reply.headers.get('date') ?? '');
  return Number.isNaN(date) ? null : Math.round(date - (reply.requestedAt + reply.headersAt) / 2);
}

function noteSkew(reply: Reply, decoding: Decoding): void {
  const date = reply.headers.get('date');
  if (date === undefined) return;
  const skew = skewOf(reply);
  if (skew === null) decoding.anomaly('Date', date, 'expected an HTTP date; the clocks cannot be compared');
  else if (Math.abs(skew) > MAX_SKEW_MS) {
    // Date headers are whole seconds, so nothing finer is known.
    const ms = Math.abs(skew);
    const apart = ms < 120_000 ? `${Math.round(ms / 1000)} s` : `${Math.round(ms / 60_000)} min`;
    decoding.anomaly('Date', date, `OMS's clock is ${apart} ${skew > 0 ? 'ahead of' : 'behind'} ours`);
  }
}

/** The names under which a reply may say whose it is. */
const PROJECT_ID = ['projectId', 'projectID', 'project_id'];

/** The id of another project that a reply names, in its envelope, its data, or an entry of a list in it; null where it names none. */
function otherProjectIn(envelope: unknown, data: unknown, projectId: string): string | null {
  const lists = typeof data === 'object' && data !== null ? [data, ...Object.values(data)].filter(Array.isArray) : [];
  const named: unknown[] = [envelope, data, ...lists.flat()].flatMap((part) =>
    PROJECT_ID.map((name) => own(part, name)),
  );
  // Beside a `projectId` an `id` is a number of OMS's own; alone it is what the request called `id`.
  const id = own(data, 'id');
  if (!named.some((value) => value !== undefined) && typeof id !== 'number') named.push(id);
  const other = named.find((value) => value !== undefined && value !== null && value !== '' && value !== projectId);
  return other === undefined ? null : asText(other);
}

function redirected(answered: string, reply: Reply, decoding: Decoding): string {
  // Without query and fragment: they may hold a session's ticket.
  const location = reply.headers.get('location')?.replace(/[?#][\s\S]*$/, '');
  const to = location === undefined ? 'without saying where' : `to ${decoding.clean(location, 120)}`;
  return `${answered} and redirects ${to}: if that is a login page, OMS does not accept the user name and password; if it is OMS under another address, use that as the endpoint`;
}

function wantsTls(reply: Reply, endpoint: string): boolean {
  return (
    endpoint.startsWith('http:') &&
    (reply.status === 497 || (reply.status === 400 && TLS_WANTED.test(Buffer.from(reply.body).toString('latin1'))))
  );
}

function named(status: number): string {
  const name = STATUS_CODES[status];
  return name === undefined ? String(status) : `${status} (${name})`;
}

function inItsWords(enveloped: Enveloped | null): string {
  if (enveloped === null) return '';
  const { code, message, reason, proposal, advice } = enveloped.said;
  // The message often begins with the code.
  const head = code !== undefined && message?.includes(code) ? message : [code, message].filter(Boolean).join(' ');
  const rest = [reason, proposal ?? advice].filter((text) => text !== undefined && !head.includes(text));
  const all = [head, ...rest].filter((text) => text !== '').join(' — ');
  return all === '' ? '' : `: ${all}`;
}
