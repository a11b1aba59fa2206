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

/** Characters of an e-mail's line on a telephone. */
const WIDTH = 70;

/** Breaks at blanks and indents the following lines, so that none can pass for one of ours. A longer word stays whole: it may be an address. */
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
