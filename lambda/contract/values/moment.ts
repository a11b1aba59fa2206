/** Moments as they come from outside. */

/** What `parseMoment` reads, for messages. */
export const MOMENT = 'an ISO 8601 time with an offset such as 2026-11-23T02:00:00Z, or Unix seconds or milliseconds';

/** Eleven digits are neither seconds nor milliseconds of this century. */
const UNIX = /^(?:(?<seconds>\d{9,10})|(?<ms>\d{12,13}))(?:[.,](?<fraction>\d{1,9}))?$/;
/** Also in the basic format, with a blank, and with an offset in hours: PostgreSQL writes `2026-11-23 02:00:00+00`. */
const ISO =
  /^(?<year>\d{4})(?<dash>-?)(?<month>\d\d)\k<dash>(?<day>\d\d)[Tt ](?<hour>\d\d)(?<colon>:?)(?<minute>\d\d)(?:\k<colon>(?<second>\d\d)(?:[.,](?<fraction>\d{1,9}))?)? ?(?:[Zz]|UTC|GMT|(?<sign>[+-])(?<offsetHour>\d\d):?(?<offsetMinute>\d\d)?)$/;

/** The greatest offset there is, +14:00, in hours. */
const FURTHEST_OFFSET = 14;

/**
 * A moment in Unix milliseconds; null for anything else. Parts of a millisecond are rounded up: a fence may only get stricter. A time
 * without an offset is refused: whose midnight would it be?
 */
export function parseMoment(text: string): number | null {
  const trimmed = text.trim();
  const { seconds, ms, fraction = '' } = UNIX.exec(trimmed)?.groups ?? {};
  if (seconds !== undefined) return Number(seconds) * 1000 + msIn(fraction);
  if (ms !== undefined) return Number(ms) + (Number(fraction) > 0 ? 1 : 0);
  const fields = ISO.exec(trimmed)?.groups;
  return fields === undefined ? null : momentOf(fields);
}

function momentOf(fields: Readonly<Record<string, string | undefined>>): number | null {
  const part = (name: string) => Number(fields[name] ?? 0);
  const [year, month, day] = [part('year'), part('month'), part('day')];
  const [hour, minute, second] = [part('hour'), part('minute'), part('second')];
  if (month < 1 || month > 12 || day < 1 || day > daysOf(year, month)) return null;
  if (hour > 23 || minute > 59 || second > 59) return null;
  const [offsetHour, offsetMinute] = [part('offsetHour'), part('offsetMinute')];
  if (offsetHour > FURTHEST_OFFSET || offsetMinute > 59) return null;
  const offsetMs = (offsetHour * 60 + offsetMinute) * 60_000 * (fields.sign === '-' ? -1 : 1);
  return Date.UTC(year, month - 1, day, hour, minute, second) - offsetMs + msIn(fields.fraction ?? '');
}

/** Of a fraction of a second, rounded up. */
function msIn(fraction: string): number {
  return Math.ceil(Number(fraction.padEnd(9, '0')) / 1e6);
}

/** Of a month, 1 to 12: Date takes the 30th of February for the 2nd of March. */
function daysOf(year: number, month: number): number {
  return new Date(Date.UTC(year, month, 0)).getUTCDate();
}
