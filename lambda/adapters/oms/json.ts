/** Strict JSON (RFC 8259), with what JSON.parse does not report: keys that repeat, and where a text stops being JSON. */

/** More would only serve to exhaust the stack. */
const MAX_DEPTH = 64;
const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
const BLANKS = /[ \t\n\r]*/y;
const LITERALS: ReadonlyMap<string, unknown> = new Map<string, unknown>([
  ['true', true],
  ['false', false],
  ['null', null],
]);

/** The values of one key that stands several times in its object. JSON parsers disagree on which one counts, so the value is unknown. */
export class RepeatedKey {
  readonly values: readonly unknown[];

  constructor(values: readonly unknown[]) {
    this.values = values;
  }
}

export type ParsedJson =
  | { readonly ok: true; readonly value: unknown }
  /** `at`: characters before the first that is not JSON. `complete`: a JSON value stands before it. */
  | { readonly ok: false; readonly at: number; readonly complete: boolean };

export function parseJson(text: string): ParsedJson {
  const reader = new Reader(text);
  try {
    const value = reader.value(0);
    return reader.isAtEnd() ? { ok: true, value } : { ok: false, at: reader.at, complete: true };
  } catch (error) {
    if (error instanceof NotJson) return { ok: false, at: reader.at, complete: false };
    throw error;
  }
}

class NotJson extends Error {}

class Reader {
  at = 0;
  private readonly text: string;

  constructor(text: string) {
    this.text = text;
  }

  value(depth: number): unknown {
    if (depth > MAX_DEPTH) throw new NotJson();
    this.match(BLANKS);
    const first = this.text[this.at];
    if (first === '{') return this.object(depth);
    if (first === '[') return this.list(depth);
    if (first === '"') return this.string();
    for (const [word, value] of LITERALS) {
      if (!this.text.startsWith(word, this.at)) continue;
      this.at += word.length;
      return value;
    }
    const number = this.match(NUMBER);
    if (number === '') throw new NotJson();
    return Number(number);
  }

  isAtEnd(): boolean {
    this.match(BLANKS);
    return this.at === this.text.length;
  }

  private object(depth: number): unknown {
    const entries = new Map<string, unknown>();
    for (let more = this.begins('}'); more; more = this.continues('}')) {
      this.match(BLANKS);
      const key = this.string();
      this.expect(':');
      const value = this.value(depth + 1);
      const before = entries.get(key);
      if (!entries.has(key)) entries.set(key, value);
      else entries.set(key, new RepeatedKey([...(before instanceof RepeatedKey ? before.values : [before]), value]));
    }
    // Own properties, `__proto__` too.
    return Object.fromEntries(entries);
  }

  private list(depth: number): unknown {
    const values: unknown[] = [];
    for (let more = this.begins(']'); more; more = this.continues(']')) values.push(this.value(depth + 1));
    return values;
  }

  private string(): string {
    if (this.text[this.at] !== '"') throw new NotJson();
    let end = this.at + 1;
    while (this.text[end] !== '"') {
      const code = this.text.charCodeAt(end);
      if (Number.isNaN(code)) this.at = this.text.length;
      if (Number.isNaN(code) || code < 0x20) throw new NotJson();
      end += code === 0x5c ? 2 : 1;
    }
    const token = this.text.slice(this.at, end + 1);
    try {
      const value = token.includes('\\') ? String(JSON.parse(token)) : token.slice(1, -1);
      this.at = end + 1;
      return value;
    } catch {
      throw new NotJson();
    }
  }

  /** Past the opening bracket; false where the closing one follows. */
  private begins(closing: string): boolean {
    this.at++;
    this.match(BLANKS);
    if (this.text[this.at] !== closing) return true;
    this.at++;
    return false;
  }

  /** Past a comma; false past the closing bracket. */
  private continues(closing: string): boolean {
    this.match(BLANKS);
    const next = this.text[this.at];
    if (next !== ',' && next !== closing) throw new NotJson();
    this.at++;
    return next === ',';
  }

  private expect(character: string): void {
    this.match(BLANKS);
    if (this.text[this.at] !== character) throw new NotJson();
    this.at++;
  }

  private match(pattern: RegExp): string {
    pattern.lastIndex = this.at;
    const found = pattern.exec(this.text)?.[0] ?? '';
    this.at += found.length;
    return found;
  }
}
