/** What a reply means: the one place where HTTP status, envelope and body become an outcome. The table of it is docs/oms.md. */
import { STATUS_CODES } from 'node:http';
import type { Anomaly, FailedOutcome, OmsWords } from '../../contract/oms';
import { PLAUSIBLE_FUTURE_MS } from '../../core/observe/lag';
import { decodeEnvelope, type Enveloped, parseJson } from './envelope';
import { decidedByStatus, isRedirect, MAX_BODY_BYTES, type OmsRequest, type Reply } from './http/transport';
import type { Decoding } from './values';

/** In `code` or `errorDetail.code` of a project that OMS does not know (OceanBase's own client looks for it). */
const PROJECT_UNKNOWN = 'GHANA-PROJECT000001';
/** OMS's clock may be this far from ours before it is worth telling: further ahead a fresh checkpoint of it is not believed. */
const MAX_SKEW_MS = PLAUSIBLE_FUTURE_MS;

export interface Failure {
  readonly outcome: FailedOutcome;
  readonly problem: string;
  readonly said: OmsWords;
  readonly anomalies: readonly Anomaly[];
  /** It was an OMS that answered, in its own words; false for a proxy's page or for nothing. */
  readonly spoke: boolean;
  /** The call itself seems not to be there: another version may be. */
  readonly missingCall: boolean;
}

export type Judgement =
  | { readonly ok: true; readonly enveloped: Enveloped; readonly decoding: Decoding }
  | { readonly ok: false; readonly failure: Failure };

/** Understands a reply as far as its envelope; `data` is for the call's own decoder. */
export function judge(reply: Reply, request: OmsRequest, decoding: Decoding): Judgement {
  const answered = `OMS answered HTTP ${named(reply.status)} to ${request.method} ${request.path}`;
  noteSkew(reply, decoding);
  const parsed = reply.body.end === 'complete' ? parseJson(reply.body.data, decoding) : null;
  const enveloped = parsed?.ok ? decodeEnvelope(parsed.value, decoding) : null;
  const fail = (outcome: FailedOutcome, problem: string, missingCall = false): Judgement => ({
    ok: false,
    failure: {
      outcome,
      problem,
      said: enveloped?.said ?? {},
      anomalies: decoding.anomalies,
      spoke: enveloped !== null,
      missingCall,
    },
  });

  if (decidedByStatus(reply.status)) {
    const withWords = `${answered}${inItsWords(enveloped)}`;
    if (isRedirect(reply.status)) return fail('OmsRejectedCredentials', redirected(answered, reply, decoding));
    if (reply.status === 401 || reply.status === 403) {
      return fail('OmsRejectedCredentials', `${withWords}: it does not accept the user name and password`);
    }
    const later =
      reply.retryAfter === null
        ? ''
        : `, and asks to come back later (Retry-After: ${decoding.clean(reply.retryAfter, 40)})`;
    return fail('OmsUnreachable', withWords + later, reply.status === 501);
  }
  if (reply.body.end === 'size') {
    const limit = `${MAX_BODY_BYTES / 1024 / 1024} MiB`;
    return fail(
      'OmsBadReply',
      `${answered} with a body of more than ${limit}, where a progress reply has less than 1 KiB`,
    );
  }
  if (enveloped && !enveloped.envelope.success) {
    if (enveloped.codes.some((code) => code.includes(PROJECT_UNKNOWN))) {
      return fail('OmsProjectNotFound', `OMS knows no such project${inItsWords(enveloped)}`);
    }
    return fail(
      'OmsRefused',
      `OMS refused ${request.method} ${request.path}${inItsWords(enveloped)}`,
      saysUnknownCall(enveloped),
    );
  }
  if (reply.status < 200 || reply.status > 299) {
    const hint = reply.status === 404 ? '; is the endpoint right, and has this OMS that call' : '';
    return fail('OmsBadReply', `${answered}${inItsWords(enveloped)}${hint}`, [404, 405, 410].includes(reply.status));
  }
  if (parsed && !parsed.ok) {
    // A console that serves its start page for every path it does not know.
    return fail('OmsBadReply', `${answered} with ${parsed.problem}`, parsed.problem.startsWith('an HTML page'));
  }
  if (!enveloped)
    return fail('OmsBadReply', `${answered} with JSON that is no OMS reply: no "success" that is true or false`);
  return { ok: true, enveloped, decoding };
}

/** OMS's clock minus ours in milliseconds, ±1 s; null without a usable Date header. */
export function skewOf(reply: Reply): number | null {
  const date = reply.date === null ? Number.NaN : Date.parse(reply.date);
  return Number.isNaN(date) ? null : Math.round(date - (reply.requestedAt + reply.headersAt) / 2);
}

function noteSkew(reply: Reply, decoding: Decoding): void {
  if (reply.date === null) return;
  const skew = skewOf(reply);
  if (skew === null) decoding.odd('Date', reply.date, 'expected an HTTP date; the clocks cannot be compared');
  else if (Math.abs(skew) > MAX_SKEW_MS) {
    // Date headers are whole seconds, so nothing finer is known.
    const ms = Math.abs(skew);
    const apart = ms < 120_000 ? `${Math.round(ms / 1000)} s` : `${Math.round(ms / 60_000)} min`;
    decoding.odd('Date', reply.date, `OMS's clock is ${apart} ${skew > 0 ? 'ahead of' : 'behind'} ours`);
  }
}

function redirected(answered: string, reply: Reply, decoding: Decoding): string {
  // Without query and fragment: they may hold a session's ticket.
  const to = reply.location === null ? 'nowhere' : decoding.clean(reply.location.replace(/[?#][\s\S]*$/, ''), 120);
  return `${answered} and sends us to ${to}: if that is a login page, OMS does not accept the user name and password; if it is OMS under another address, make that the endpoint`;
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

/**
 * Inferred: how an OMS with another family of calls would turn down a call it does not know, in an envelope.
 * A mistake here costs one more request a check, nothing else.
 */
function saysUnknownCall(enveloped: Enveloped): boolean {
  const { code = '', message = '' } = enveloped.said;
  return (
    /(unknown|unsupported|invalid|no such|not found|not support|not exist)/i.test(`${code} ${message}`) &&
    /\b(action|api|path|uri|url|interface|resource|handler|method)\b/i.test(`${code} ${message}`)
  );
}
