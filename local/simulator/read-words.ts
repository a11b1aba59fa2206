/** Reads the words OMS has for an error. */
import type { Fields } from './fields';
import type { ErrorWords } from './scenario';

const NAMES = ['code', 'level', 'message', 'reason', 'proposal'] as const;

/** Each may be left out. */
export function readWords(fields: Fields, name: string): ErrorWords {
  const inner = fields.object(name);
  const words = NAMES.filter((word) => inner.has(word)).map((word) => [word, inner.text(word)]);
  inner.noOthers(NAMES);
  return Object.fromEntries(words) as ErrorWords;
}
