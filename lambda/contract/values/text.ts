/** Text from outside, made safe to print and store. Every text is cut here: half a character makes SNS and DynamoDB refuse the whole message or item. */

/** Control, format and separator characters and lone surrogates: they would break, forge or reverse a line. */
export const UNPRINTABLE = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u;
const ALL_UNPRINTABLE = new RegExp(`${UNPRINTABLE.source}+`, 'gu');
const BLANKS = new RegExp(`(?:${UNPRINTABLE.source}|\\s)+`, 'gu');

/** On one line, with single blanks, cut to `max` characters. */
export function plain(text: string, max: number): string {
  return cut(text.replace(BLANKS, ' ').trim(), max);
}

/** The same, with its blanks as they are. */
export function plainLine(text: string, max: number): string {
  return cut(text.replace(ALL_UNPRINTABLE, ' '), max);
}

/** Keeps line breaks; at most `max` characters (1 or more) including the ellipsis, and no half of a pair. */
export function cut(text: string, max: number): string {
  const whole = wellFormed(text);
  return whole.length <= max ? whole : `${whole.slice(0, max - 1).replace(/[\uD800-\uDBFF]$/, '')}…`;
}

/** With U+FFFD for lone surrogates, which UTF-8 cannot carry. */
export function wellFormed(text: string): string {
  return text.replace(/\p{Cs}/gu, '\uFFFD');
}

/**
 * Characters two columns wide, as East Asian text has them. Node's own Unicode data has no East Asian width, but the scripts and emoji that are
 * wide; packages with a table of widths are ES modules, which Node 20.18 cannot require. The half-width forms are not wide.
 */
const WIDE =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\p{Script=Bopomofo}\p{Script=Yi}\p{Emoji_Presentation}\u3000-\u33ff\ufe30-\ufe6f\uff01-\uff60\uffe0-\uffe6]/u;
const HALF_WIDTH = /[\uff61-\uffdc]/;
/** No line begins with a mark that closes, or ends with one that opens. */
const CLOSES = /[\p{Pe}\p{Pf}\p{Sentence_Terminal}、，；：…ー]/u;
const OPENS = /[\p{Ps}\p{Pi}]/u;

const isWide = (character: string) => WIDE.test(character) && !HALF_WIDTH.test(character);

/** Columns in a font of fixed width. */
export function widthOf(text: string): number {
  let columns = 0;
  for (const character of text) columns += isWide(character) ? 2 : 1;
  return columns;
}

/** At most so many columns, including the ellipsis. */
export function cutToWidth(text: string, columns: number): string {
  if (widthOf(text) <= columns) return text;
  let kept = '';
  for (const character of text) {
    if (widthOf(kept + character) >= columns) break;
    kept += character;
  }
  return `${kept}…`;
}

/** Columns of an e-mail's line on a telephone. */
const WIDTH = 70;

/**
 * Breaks at blanks and between wide characters, and indents the following lines, so that none can pass for one of ours. A longer word stays
 * whole: it may be an address.
 */
export function wrapped(text: string, indent = '  ', width = WIDTH): string[] {
  const lines: string[] = [];
  let line: string | null = null;
  for (const word of text.split(' ')) {
    for (const [i, piece] of piecesOf(word).entries()) {
      const glue: string = line === null || i > 0 ? '' : ' ';
      if (line !== null && line.trim() !== '' && widthOf(line + glue + piece) > width) {
        lines.push(line);
        line = indent + piece;
      } else line = `${line ?? ''}${glue}${piece}`;
    }
  }
  return [...lines, line ?? ''];
}

/** What a line may be broken between: East Asian text has no blanks. */
function piecesOf(word: string): readonly string[] {
  const pieces: string[] = [];
  let [piece, before] = ['', ''];
  for (const character of word) {
    const mayBreak = (isWide(before) || isWide(character)) && !CLOSES.test(character) && !OPENS.test(before);
    if (piece !== '' && mayBreak) {
      pieces.push(piece);
      piece = '';
    }
    piece += character;
    before = character;
  }
  return [...pieces, piece];
}

/** Ends a clause, in any script; a bracket or a quotation mark may follow. */
const ENDED = /[\p{Sentence_Terminal}:;,、，；：…][\p{Pe}\p{Pf}"']*$/u;

/** Clauses one after the other, with a semicolon between two unless the first has an end of its own. */
export function joined(clauses: readonly string[]): string {
  return clauses.map((clause, i) => (i === clauses.length - 1 || ENDED.test(clause) ? clause : `${clause};`)).join(' ');
}

/** Without its full stop, of any script. */
export function withoutStop(sentence: string): string {
  return sentence.trimEnd().replace(/[.。．｡]$/, '');
}

/** A value from outside as JSON, short enough for a message and safe to print. */
export function show(value: unknown, max = 80): string {
  return plainLine(JSON.stringify(value) ?? 'nothing', max);
}
