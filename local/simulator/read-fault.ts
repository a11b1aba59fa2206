/** Reads one fault of a scenario. */
import type { Fields } from './fields';
import { readWords } from './read-words';
import type { Fault, Trouble } from './scenario';

const KINDS = [
  'http',
  'unreachable',
  'silent',
  'stall',
  'html',
  'redirect',
  'bad-json',
  'seed-sample',
  'huge',
  'refused',
  'unknown-project',
  'clock',
  'slow',
  'odd',
] as const satisfies readonly Trouble['kind'][];

/** What belongs to a kind beside `from`, `for` and `kind`. */
const FIELDS: Partial<Record<Trouble['kind'], readonly string[]>> = {
  http: ['status', 'retryAfter', 'body'],
  redirect: ['location'],
  refused: ['error'],
  clock: ['skew'],
  slow: ['delay'],
  odd: ['data'],
};

/** `from` and `for` bound it; `kind` says what goes wrong, and the rest belongs to the kind. */
export function readFault(fields: Fields): Fault {
  const from = fields.durationMs('from') ?? 0;
  const length = fields.durationMs('for') ?? 0;
  if (!fields.has('kind')) fields.problem('kind', `is required: one of ${KINDS.join(', ')}`);
  const trouble = readTrouble(fields, fields.oneOf('kind', KINDS, 'unreachable'));
  fields.noOthers(['from', 'for', 'kind', ...(FIELDS[trouble.kind] ?? [])]);
  return { from, to: from + length, trouble };
}

function readTrouble(fields: Fields, kind: Trouble['kind']): Trouble {
  switch (kind) {
    case 'http': {
      const status = fields.whole('status', 200, 599) ?? 500;
      const retryAfter = fields.has('retryAfter') ? fields.text('retryAfter') : undefined;
      const body = fields.has('body') ? fields.text('body') : undefined;
      return { kind, status, ...(retryAfter ? { retryAfter } : {}), ...(body ? { body } : {}) };
    }
    case 'redirect':
      return { kind, location: fields.has('location') ? (fields.text('location') ?? '/login') : '/login' };
    case 'refused':
      return { kind, error: readWords(fields, 'error') };
    case 'clock':
      return { kind, skewMs: fields.durationMs('skew', undefined, { signed: true }) ?? 0 };
    case 'slow':
      return { kind, delayMs: fields.durationMs('delay') ?? 0 };
    case 'odd': {
      const data = fields.raw('data');
      if (typeof data === 'object' && data !== null && !Array.isArray(data)) {
        return { kind, data: data as Record<string, unknown> };
      }
      fields.problem('data', 'must be an object: the fields of "data" to replace');
      return { kind, data: {} };
    }
    default:
      return { kind };
  }
}
