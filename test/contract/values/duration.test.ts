import { formatDuration, parseDuration } from '../../../lambda/contract/values/duration';

test.each([
  ['0s', 0],
  ['30s', 30],
  ['5m', 300],
  ['12h', 43_200],
  ['3d', 259_200],
  ['1h30m', 5_400],
  ['2m30s', 150],
  ['1d12h', 129_600],
  ['24d20h', 2_145_600],
  ['1d2h3m4s', 93_784],
  ['5 m', 300],
  ['3 h 12 min', 11_520],
])('reads %s as %d seconds', (text, seconds) => {
  expect(parseDuration(text)).toBe(seconds);
});

test.each([
  '5x',
  '',
  '5',
  's',
  '-5s',
  '1.5h',
  '5M',
  '30m1h',
  '1h1h',
  '1h30',
  'h30m',
  '1h  30m',
  ' 5m',
  '0x10s',
  '9999999999s',
])('refuses %p as a duration', (text) => {
  expect(parseDuration(text)).toBeNull();
});

test.each([
  [0, '0 s'],
  [48.9, '48 s'],
  [90, '90 s'],
  [150, '2 min 30 s'],
  [720, '12 min'],
  [11_520, '3 h 12 min'],
  [7200, '2 h'],
  [187_200, '2 d 4 h'],
  [-5, '0 s'],
])('writes %d seconds as %s', (seconds, text) => {
  expect(formatDuration(seconds)).toBe(text);
});

test('what is written is read as it was written, rounded down', () => {
  for (let seconds = 0; seconds < 400_000; seconds += 61) {
    const text = formatDuration(seconds);
    expect(formatDuration(parseDuration(text) ?? -1)).toBe(text);
  }
});
