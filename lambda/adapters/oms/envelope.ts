/** The envelope that every OMS reply comes in: JSON, success or not, and OMS's messages for users. */

import type { OmsWords } from '../../contract/oms';
import type { Envelope } from '../../core/model/progress';
import { decodeText } from './charset';
import { parseJson } from './json';
import { type Decoding, own } from './values';

const MAX_WORDS = 500;

export type ParsedBody =
  | { readonly ok: true; readonly value: unknown }
  /** `isPage`: a page for browsers, as a console serves it for paths that it does not have. */
  | { readonly ok: false; readonly problem: string; readonly isPage: boolean };

/** The JSON value of a body, or in a noun what the body is instead. */
export function parseBody(data: Uint8Array, contentType: string, decoding: Decoding): ParsedBody {
  const not = (problem: string, isPage = false): ParsedBody => ({ ok: false, problem, isPage });
  if (data.length === 0) return not('an empty body');
  const decoded = decodeText(data, contentType);
  if (!decoded.ok) return not(decoding.clean(decoded.problem, 120));
  const { text } = decoded;
  if (decoded.hadMark) {
    decoding.anomaly('body', 'byte-order mark', 'JSON begins with no byte-order mark; skipped');
  }
  if (text.trim() === '') return not('a body of white space');
  const parsed = parseJson(text);
  if (parsed.ok) return parsed;
  const begins = `it begins: ${decoding.clean(text, 120)}`;
  if (/^\s*<(!doctype|html|\?xml|head|body)/i.test(text)) {
    return not(`an HTML page where JSON was expected; ${begins}`, true);
  }
  const from = `from character ${parsed.at + 1} on: ${decoding.clean(text.slice(parsed.at), 60)}`;
  if (parsed.complete) return not(`a body that is not JSON alone: something follows it, ${from}`);
  if (parsed.at === 0) return not(`a body that is not JSON; ${begins}`);
  if (parsed.at >= text.trimEnd().length) {
    return not(`a body that is not JSON: it is cut off after ${text.length} characters; ${begins}`);
  }
  return not(`a body that is not JSON; ${begins}; it stops being JSON ${from}`);
}

export interface Enveloped {
  readonly envelope: Envelope;
  readonly said: OmsWords;
  /** Both: the envelope's and errorDetail's. */
  readonly codes: readonly string[];
  readonly data: unknown;
}

/** Null for anything that is not an object with a `success` that is true or false. Success is `success === true`, nothing else. */
export function decodeEnvelope(value: unknown, decoding: Decoding): Enveloped | null {
  const success = own(value, 'success');
  if (typeof success !== 'boolean') return null;
  const text = (name: string) => printable(own(value, name), decoding);
  const whole = (name: string) => {
    const number = own(value, name);
    if (number === null || number === undefined) return null;
    if (Number.isSafeInteger(number)) return number as number;
    decoding.anomaly(name, number, 'expected a whole number; taken as unknown');
    return null;
  };
  const envelope: Envelope = {
    success,
    code: text('code'),
    message: text('message'),
    advice: text('advice'),
    requestId: text('requestId'),
    pageNumber: whole('pageNumber'),
    pageSize: whole('pageSize'),
    totalCount: whole('totalCount'),
    cost: text('cost'),
  };
  const errorDetail = own(value, 'errorDetail');
  return {
    envelope,
    said: wordsOf(envelope, errorDetail, decoding),
    codes: [envelope.code, printable(own(errorDetail, 'code'), decoding)].filter((code) => code !== null),
    data: own(value, 'data'),
  };
}

/** What OMS said, and only that: a field it left out is left out here. `errorDetail` is an object, or a string in some versions. */
function wordsOf(envelope: Envelope, errorDetail: unknown, decoding: Decoding): OmsWords {
  const detail = (name: string) => printable(own(errorDetail, name), decoding);
  return words({
    code: envelope.code ?? detail('code'),
    message: envelope.message ?? detail('message') ?? printable(errorDetail, decoding),
    advice: envelope.advice,
    requestId: envelope.requestId,
    cost: envelope.cost,
    level: detail('level'),
    reason: detail('reason'),
    proposal: detail('proposal'),
  });
}

/** Without the nulls. */
export function words(entries: { readonly [K in keyof OmsWords]: OmsWords[K] | null }): OmsWords {
  return Object.fromEntries(Object.entries(entries).filter(([, text]) => text !== null && text !== undefined));
}

/** Text for users; null if it is missing, empty or not text. */
export function printable(value: unknown, decoding: Decoding): string | null {
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  return typeof value === 'string' ? decoding.clean(value, MAX_WORDS) || null : null;
}
