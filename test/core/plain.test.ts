import fc from 'fast-check';
import { cut, plain, plainLine, show, wellFormed } from '../../lambda/contract/values/text';

const LONE_HALF = /\p{Cs}/u;
const texts = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.string({ unit: 'grapheme' }),
  fc
    .array(
      fc.constantFrom('🚀', '\ud83d', '\ude80', 'e\u0301', '👩\u200d🚀', '切', '\u202e', '\n', ' ', 'x', '"', '\\'),
    )
    .map((parts) => parts.join('')),
);
const bounds = fc.integer({ min: 1, max: 12 });

const tidy = (text: string) => text.replace(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\s]+/gu, ' ').trim();
const tidyLine = (text: string) => text.replace(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]+/gu, ' ');

test.each([
  ['as it is', cut, wellFormed],
  ['on one line', plain, tidy],
  ['on one line with its blanks', plainLine, tidyLine],
  ['of a value', show, (text: string) => tidyLine(JSON.stringify(text))],
] as const)('a text %s is cut to its bound between two characters, and says that there was more', (_, cutTo, whole) => {
  fc.assert(
    fc.property(texts, bounds, (text, max) => {
      const short = cutTo(text, max);
      expect(short).not.toMatch(LONE_HALF);
      expect(short.length).toBeLessThanOrEqual(max);
      const all = whole(text);
      if (all.length <= max) expect(short).toBe(all);
      else {
        expect(short.endsWith('…')).toBe(true);
        expect(all.startsWith(short.slice(0, -1))).toBe(true);
        // A pair that does not fit is the only reason for less.
        expect(short.length).toBeGreaterThanOrEqual(max - 1);
      }
    }),
    { numRuns: 1_000 },
  );
});
