/** The rule for OMS project ids, which appear in URL paths, keys and e-mails. */

import { cut, UNPRINTABLE } from './text';

const MAX_LENGTH = 128;
/** Characters that end, split or escape a path segment. */
const SEPARATOR = /[/\\?#%]/;

/**
 * The problem with a project id, as one sentence with the value and what is expected; null for a valid one.
 * No prefix is required: it is `p_` in 3.3 and `np_` from 4.1.1 on.
 */
export function projectIdProblem(id: string): string | null {
  const flaw = flawOf(id);
  return flaw === null
    ? null
    : `project id ${shown(id)} ${flaw}; expected the id as the OMS console shows it, such as p_4w3oc0k1x2y4`;
}

function flawOf(id: string): string | null {
  if (id === '') return 'is empty';
  if (id.length > MAX_LENGTH) return `is ${id.length} characters long, ${MAX_LENGTH} at most are allowed`;
  // A URL drops both as segments, even when they are escaped: the request would go to another path. No id contains `..`.
  if (id === '.' || id.includes('..')) return 'holds a step in a path';
  if (UNPRINTABLE.test(id)) return 'holds a control character';
  if (/\s/u.test(id)) return 'holds white space';
  const separator = SEPARATOR.exec(id);
  return separator ? `holds "${separator[0]}"` : null;
}

/** The value in quotes, shortened, without control characters. */
function shown(id: string): string {
  const escaped = id.replace(
    new RegExp(UNPRINTABLE, 'gu'),
    (char) => `\\u${(char.codePointAt(0) ?? 0).toString(16).padStart(4, '0')}`,
  );
  return `"${cut(escaped, 40)}"`;
}
