/** Text from outside, made fit for what people and programs read. Whatever cuts a text does it here: half a character makes whole messages and items be refused. */

/** Control, format and separator characters and lone halves of pairs: they would break a line, forge one, or turn it round. */
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

/** Its lines as they are; at most `max` characters (1 or more) with the ellipsis that says that there was more, and no half of one. */
export function cut(text: string, max: number): string {
  const whole = wellFormed(text);
  return whole.length <= max ? whole : `${whole.slice(0, max - 1).replace(/[\uD800-\uDBFF]$/, '')}…`;
}

/** With U+FFFD for lone halves of pairs, which UTF-8 cannot carry. */
export function wellFormed(text: string): string {
  return text.replace(/\p{Cs}/gu, '\uFFFD');
}

/** A telephone shows so many characters of a mail's line. */
const WIDTH = 70;

/** Breaks at blanks; further lines stand under `indent`, so that none of them can pass for one of ours. A longer word stays whole: it may be an address. */
export function wrapped(text: string, indent = '  ', width = WIDTH): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    if (line !== '' && line.length + 1 + word.length > width) {
      lines.push(line);
      line = indent + word;
    } else line = line === '' ? word : `${line} ${word}`;
  }
  return [...lines, line];
}

/** A value from outside as JSON, short enough for a message and safe to print. */
export function show(value: unknown, max = 80): string {
  return plainLine(JSON.stringify(value) ?? 'nothing', max);
}
