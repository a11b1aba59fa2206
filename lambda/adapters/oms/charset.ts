/** The text of a body in the encoding that it, or its header, names. JSON is UTF-8; older gateways and Java servers send others. */

export type DecodedText =
  | { readonly ok: true; readonly text: string; readonly hadMark: boolean }
  | { readonly ok: false; readonly problem: string };

/** Servers name these by default, without regard to the body. */
const UNRELIABLE = new Set(['windows-1252', 'utf-8']);

/** A byte-order mark goes before the header, and UTF-16 is recognized without either. A name that is not known does no harm to UTF-8. */
export function decodeText(data: Uint8Array, contentType: string): DecodedText {
  const marked = byMark(data);
  if (marked !== null) return decoded(data, marked, true);
  const label = /;\s*charset\s*=\s*"?\s*([^\s";]+)/i.exec(contentType)?.[1] ?? null;
  const named = label === null ? null : canonical(label);
  if (named !== null && !UNRELIABLE.has(named)) return decoded(data, named);
  const utf = decoded(data, byNulls(data) ?? 'utf-8');
  if (utf.ok || label === null) return utf;
  if (named !== null) return decoded(data, named);
  return { ok: false, problem: `a body in the encoding ${label}, which this program does not know` };
}

function decoded(data: Uint8Array, encoding: string, hadMark = false): DecodedText {
  try {
    return { ok: true, text: new TextDecoder(encoding, { fatal: true }).decode(data), hadMark };
  } catch {
    return { ok: false, problem: `a body that is not ${encoding.toUpperCase()} text` };
  }
}

/** The WHATWG name of an encoding; null for one that is not known. */
function canonical(label: string): string | null {
  try {
    return new TextDecoder(label).encoding;
  } catch {
    return null;
  }
}

function byMark([first, second, third]: Uint8Array): string | null {
  if (first === 0xef && second === 0xbb && third === 0xbf) return 'utf-8';
  if (first === 0xff && second === 0xfe) return 'utf-16le';
  return first === 0xfe && second === 0xff ? 'utf-16be' : null;
}

/** JSON begins with an ASCII character, so a null beside it is half of a UTF-16 one. */
function byNulls([first, second]: Uint8Array): string | null {
  if (first === 0 && second !== 0) return 'utf-16be';
  return first !== 0 && second === 0 ? 'utf-16le' : null;
}
