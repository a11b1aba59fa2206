import fc from 'fast-check';
import { cutToWidth, joined, widthOf, withoutStop, wrapped } from '../../../lambda/contract/values/text';

describe('the width of a text', () => {
  test.each([
    ['', 0],
    ['RUNNING', 7],
    ['目标租户', 8],
    ['磁盘已满。', 10],
    ['テーブル', 8],
    ['ﾃｰﾌﾞﾙ', 5],
    ['표가 없다', 9],
    ['ＯＭＳ', 6],
    ['🚧', 2],
    ['𠮷', 2],
    ['größer', 6],
  ])('of %j is %d columns', (text, width) => {
    expect(widthOf(text)).toBe(width);
  });
});

describe('a wrapped text', () => {
  const CHINESE = '全量迁移失败：目标租户的数据盘空间不足，请扩容后在控制台恢复该项目（参见《用户指南》）。'.repeat(12);

  test('breaks between wide characters, none of its lines is wider than allowed, and nothing is lost', () => {
    const lines = wrapped(CHINESE);
    expect(Math.max(...lines.map(widthOf))).toBeLessThanOrEqual(70);
    expect(lines.map((line) => line.trim()).join('')).toBe(CHINESE);
    expect(lines.slice(1).every((line) => line.startsWith('  '))).toBe(true);
  });

  test('begins no line with a mark that closes, and ends none with one that opens', () => {
    for (const line of wrapped(CHINESE)) {
      expect(line.trim()).not.toMatch(/^[，。：）》]/);
      expect(line).not.toMatch(/[（《]$/);
    }
  });

  test('keeps a word of letters whole among wide characters, and an address however long it is', () => {
    const address = `https://oms.example.com/${'a'.repeat(90)}`;
    const lines = wrapped(`错误码GHANA-TRANS000017表orders.line_items写入失败 见${address}`, '  ', 30);
    for (const word of ['GHANA-TRANS000017', 'orders.line_items', address])
      expect(lines.some((line) => line.includes(word))).toBe(true);
  });

  test('breaks letters at blanks only, as ever', () => {
    expect(wrapped('one two three', '  ', 8)).toEqual(['one two', '  three']);
    expect(wrapped('', '  ', 8)).toEqual(['']);
    expect(wrapped('  a  b', '', 8)).toEqual(['  a  b']);
  });

  test('is never wider than allowed where its words are not, whatever is in it', () => {
    const text = fc.string({ unit: fc.constantFrom('a', 'B', ' ', '磁', '盘', '。', '（', '）', '🚧', 'ﾃ', '.') });
    fc.assert(
      fc.property(text, fc.integer({ min: 20, max: 70 }), (words, width) => {
        const longest = Math.max(0, ...(words.match(/[aBﾃ.（）。]+[磁盘🚧]?[（）。.aBﾃ]*/gu) ?? []).map(widthOf));
        const lines = wrapped(words, '  ', width);
        expect(Math.max(...lines.map(widthOf))).toBeLessThanOrEqual(Math.max(width, longest + 4));
        expect(lines.join('').replace(/ /g, '')).toBe(words.replace(/ /g, ''));
      }),
      { numRuns: 1000 },
    );
  });
});

test('a text that is cut to a width has no half of a character, and room for what says that it was cut', () => {
  expect(cutToWidth('磁盘已满', 8)).toBe('磁盘已满');
  expect(cutToWidth('磁盘已满', 7)).toBe('磁盘已…');
  expect(cutToWidth('磁盘已满', 6)).toBe('磁盘…');
  expect(cutToWidth('𠮷𠮷𠮷', 5)).toBe('𠮷𠮷…');
});

test.each([
  ['登录失败。', '登录失败'],
  ['Sign in. ', 'Sign in'],
  ['Sign in', 'Sign in'],
  ['失败！', '失败！'],
])('%j without its full stop is %j', (sentence, words) => {
  expect(withoutStop(sentence)).toBe(words);
});

test.each([
  [['目标已满。', '请扩容。'], '目标已满。 请扩容。'],
  [['目标已满！', 'observed for 10 s'], '目标已满！ observed for 10 s'],
  [['空间不足：', '请扩容'], '空间不足： 请扩容'],
  [['（目标已满。）', '请扩容'], '（目标已满。） 请扩容'],
  [['“已满。”', '请扩容'], '“已满。” 请扩容'],
  [['目标已满', '请扩容'], '目标已满; 请扩容'],
  [['The target is full.', 'free some'], 'The target is full. free some'],
  [['target is full', 'free some'], 'target is full; free some'],
  [['only one'], 'only one'],
  [[], ''],
])('joins %j with one stop between two', (clauses, text) => {
  expect(joined(clauses)).toBe(text);
});
