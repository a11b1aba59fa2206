/** The envelope that every OMS reply comes in, whatever the call: strict JSON, success or not, and OMS's words for people. */

import type { OmsWords } from '../../contract/oms';
import type { Envelope } from '../../core/model/progress';
import { type Decoding, own } from './values';

const MAX_WORDS = 500;

export type Parsed = { readonly ok: true; readonly value: unknown } | { readonly ok: false; readonly problem: string };

/** JSON text as UTF-8. A byte-order mark is tolerated with an anomaly; bytes that are no UTF-8 are not. */
export function parseJson(data: Uint8Array, decoding: Decoding): Parsed {
  if (data.length === 0) return { ok: false, problem: 'an empty body' };
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(data);
  } catch {
    return { ok: false, problem: 'a body that is no UTF-8 text' };
  }
  if (text.startsWith('\uFEFF')) {
    decoding.odd('body', 'byte-order mark', 'JSON begins with no byte-order mark; skipped');
    text = text.slice(1);
  }
  if (text.trim() === '') return { ok: false, problem: 'a body of white space' };
  try {
    return { ok: true, value: JSON.parse(text) };
  } catch {
    const begins = decoding.clean(text, 120);
    const what = /^\s*<(!doctype|html|\?xml|head|body)/i.test(text)
      ? 'an HTML page where JSON was expected'
      : 'a body that is not JSON';
    return { ok: false, problem: `${what}; it begins: ${begins}` };
  }
}

export interface Enveloped {
  readonly envelope: Envelope;
  readonly said: OmsWords;
  /** Both: the envelope's and errorDetail's. */
  readonly codes: readonly string[];
  readonly data: unknown;
}

/** Null when it is no envelope: no object, or no `success` that is true or false. Success is `success === true`, nothing else. */
export function decodeEnvelope(value: unknown, decoding: Decoding): Enveloped | null {
  const success = own(value, 'success');
  if (typeof success !== 'boolean') return null;
  const text = (name: string) => textOf(own(value, name), decoding);
  const whole = (name: string) => {
    const number = own(value, name);
    if (number === null || number === undefined) return null;
    if (Number.isSafeInteger(number)) return number as number;
    decoding.odd(name, number, 'expected a whole number; taken as unknown');
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
    codes: [envelope.code, textOf(own(errorDetail, 'code'), decoding)].filter((code) => code !== null),
    data: own(value, 'data'),
  };
}

/** What OMS said, and only that: a word it left out is left out here. `errorDetail` is an object, or a string in some versions. */
function wordsOf(envelope: Envelope, errorDetail: unknown, decoding: Decoding): OmsWords {
  const detail = (name: string) => textOf(own(errorDetail, name), decoding);
  return words({
    code: envelope.code ?? detail('code'),
    message: envelope.message ?? detail('message') ?? textOf(errorDetail, decoding),
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

/** Text fit for people; null for nothing, and for what is no text. */
export function textOf(value: unknown, decoding: Decoding): string | null {
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  return typeof value === 'string' ? decoding.clean(value, MAX_WORDS) || null : null;
}
