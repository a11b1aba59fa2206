import fc from 'fast-check';
import { parseMoment } from '../../../lambda/contract/values/moment';

test.each([
  ['2026-11-23T02:00:00Z', Date.UTC(2026, 10, 23, 2)],
  ['2026-11-23T02:00:00.250Z', Date.UTC(2026, 10, 23, 2, 0, 0, 250)],
  ['2026-11-23T04:00:00+02:00', Date.UTC(2026, 10, 23, 2)],
  ['1795399200', 1_795_399_200_000],
  ['1795399200.000000', 1_795_399_200_000],
  ['1795399200.25', 1_795_399_200_250],
  ['1795399200.1234567', 1_795_399_200_124],
  ['2028-02-29T00:00:00Z', Date.UTC(2028, 1, 29)],
  ['2026-11-23T02:00Z', Date.UTC(2026, 10, 23, 2)],
  // Offsets of an hour, as PostgreSQL and Oracle write them, and its blanks.
  ['2026-11-23T10:00:00+08', Date.UTC(2026, 10, 23, 2)],
  ['2026-11-22 21:30:00-04:30', Date.UTC(2026, 10, 23, 2)],
  ['2026-11-23 02:00:00+00', Date.UTC(2026, 10, 23, 2)],
  ['2026-11-23 02:00:00.123456+00', Date.UTC(2026, 10, 23, 2, 0, 0, 124)],
  ['2026-11-23 10:00:00.250000 +08:00', Date.UTC(2026, 10, 23, 2, 0, 0, 250)],
  [' 2026-11-23 02:00:00+00\n', Date.UTC(2026, 10, 23, 2)],
  // As our own e-mails write it.
  ['2026-11-23 02:00:00 UTC', Date.UTC(2026, 10, 23, 2)],
  ['2026-11-23t02:00:00z', Date.UTC(2026, 10, 23, 2)],
  ['2026-11-23T02:00:00,25Z', Date.UTC(2026, 10, 23, 2, 0, 0, 250)],
  ['20261123T020000Z', Date.UTC(2026, 10, 23, 2)],
  ['20261123T100000.5+0800', Date.UTC(2026, 10, 23, 2, 0, 0, 500)],
  ['20261123T0200Z', Date.UTC(2026, 10, 23, 2)],
  ['1795399200000', 1_795_399_200_000],
  ['1795399200123', 1_795_399_200_123],
  ['1795399200123.5', 1_795_399_200_124],
  ['1795399200,25', 1_795_399_200_250],
])('reads the moment %s', (text, at) => {
  expect(parseMoment(text)).toBe(at);
});

test.each([
  '2026-11-23T02:00:00',
  '2026-11-23',
  'yesterday',
  '',
  '17953992000',
  '1795399200000000',
  'now',
  '2026-11-23 02:00:00',
  '20261123T020000',
  '2026-11-23T02:00:00 CST',
  '2026-11-23T02:00:00 Asia/Shanghai',
  '2026-11-23T02:00:00+8',
  '2026-11-23T02:00:00+25',
  '2026-11-23T02:00:00+08:60',
  '2026-11-23T25:00:00Z',
  '2026-11-23T02:60:00Z',
  '2026-11-23T02:00:60Z',
  '2026-11-23T02Z',
  '2026-1123T02:00:00Z',
  '20260230T000000Z',
  '2026-13-01T00:00:00Z',
  '2026-02-30T00:00:00Z',
  '2026-02-29T00:00:00Z',
  '2026-04-31T00:00:00Z',
])('refuses %p as a moment: it leaves a doubt, or does not exist', (text) => {
  expect(parseMoment(text)).toBeNull();
});

test('never reads a moment as earlier than it is, or a millisecond later: a fence may only get stricter', () => {
  const formats: readonly ((date: string, time: string, fraction: string) => string)[] = [
    (date, time, fraction) => `${date}T${time}.${fraction}Z`,
    (date, time, fraction) => `${date} ${time},${fraction}+00`,
    (date, time, fraction) => `${date} ${time}.${fraction} UTC`,
    (date, time, fraction) => `${date}T${time}.${fraction}Z`.replace(/[-:]/g, ''),
    (date, time, fraction) => `${Date.parse(`${date}T${time}Z`) / 1000}.${fraction}`,
    (date, time, fraction) => `${Date.parse(`${date}T${time}Z`) + Number(fraction.slice(0, 3))}.${fraction.slice(3)}`,
  ];
  fc.assert(
    fc.property(
      fc.integer({ min: 1_000_000_000, max: 4_000_000_000 }),
      fc.integer({ min: 0, max: 999_999_999 }),
      fc.constantFrom(...formats),
      (seconds, nanoseconds, format) => {
        const [date = '', time = ''] = new Date(seconds * 1000).toISOString().slice(0, 19).split('T');
        const read = parseMoment(format(date, time, String(nanoseconds).padStart(9, '0')));
        expect(read).toBe(seconds * 1000 + Math.ceil(nanoseconds / 1e6));
      },
    ),
    { numRuns: 2000 },
  );
});
