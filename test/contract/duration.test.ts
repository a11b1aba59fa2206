import { formatDuration, parseDuration } from '../../lambda/contract/duration';
import { parseMoment } from '../../lambda/contract/moment';

test.each([
  ['0s', 0],
  ['30s', 30],
  ['5m', 300],
  ['12h', 43_200],
  ['3d', 259_200],
])('reads %s as %d seconds', (text, seconds) => {
  expect(parseDuration(text)).toBe(seconds);
});

test.each(['5x', '', '5', 's', '-5s', '1.5h', '5 m', '5M', '1h30m', '0x10s', '9999999999s'])(
  'refuses %p as a duration',
  (text) => {
    expect(parseDuration(text)).toBeNull();
  },
);

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

test.each([
  ['2026-11-23T02:00:00Z', Date.UTC(2026, 10, 23, 2)],
  ['2026-11-23T02:00:00.250Z', Date.UTC(2026, 10, 23, 2, 0, 0, 250)],
  ['2026-11-23T04:00:00+02:00', Date.UTC(2026, 10, 23, 2)],
  ['1795399200', 1_795_399_200_000],
  ['1795399200.000000', 1_795_399_200_000],
  ['1795399200.25', 1_795_399_200_250],
  ['1795399200.1234567', 1_795_399_200_124],
  ['2028-02-29T00:00:00Z', Date.UTC(2028, 1, 29)],
])('reads the moment %s', (text, at) => {
  expect(parseMoment(text)).toBe(at);
});

test.each([
  '2026-11-23T02:00:00',
  '2026-11-23',
  'yesterday',
  '',
  '1795399200000',
  '2026-13-01T00:00:00Z',
  '2026-02-30T00:00:00Z',
  '2026-02-29T00:00:00Z',
  '2026-04-31T00:00:00Z',
])('refuses %p as a moment: no offset, no time or milliseconds leave a doubt', (text) => {
  expect(parseMoment(text)).toBeNull();
});
