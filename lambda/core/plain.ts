/** Text from outside, once more made fit for what people and programs read: the last line of defence before a mail leaves. */

/** Control, format and separator characters and lone halves of pairs: they would break a line, forge one, or turn it round. */
const UNPRINTABLE = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]+/gu;

/** On one line, with single blanks, cut to `max` characters. */
export function plain(text: string, max: number): string {
  // Longer than anything shown; keeps a megabyte from being searched.
  return cut(
    text
      .slice(0, max * 4)
      .replace(UNPRINTABLE, ' ')
      .replace(/\s+/g, ' ')
      .trim(),
    max,
  );
}

/** The same, with its blanks as they are. */
export function plainLine(text: string, max: number): string {
  return cut(text.slice(0, max * 4).replace(UNPRINTABLE, ' '), max);
}

function cut(line: string, max: number): string {
  return line.length <= max ? line : `${line.slice(0, max - 1).replace(/[\uD800-\uDBFF]$/, '')}…`;
}

/** A telephone shows so many characters of a mail's line. */
const WIDTH = 70;

/** Breaks at blanks; further lines stand under `indent`, so that none of them can pass for one of ours. A longer word stays whole: it may be an address. */
export function wrapped(text: string, indent = '  '): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    if (line !== '' && line.length + 1 + word.length > WIDTH) {
      lines.push(line);
      line = indent + word;
    } else line = line === '' ? word : `${line} ${word}`;
  }
  return [...lines, line];
}
