/** Moments as they come from outside. */

/** A moment as ISO 8601 or Unix seconds, in Unix milliseconds; null for anything else. ISO without an offset is refused: whose midnight would it be? */
export function parseMoment(text: string): number | null {
  const [, seconds, fraction = ''] = /^(\d{9,10})(?:\.(\d{1,9}))?$/.exec(text) ?? [];
  // Rounded up: a fence may only get stricter.
  if (seconds !== undefined) return Number(seconds) * 1000 + Math.ceil(Number(fraction.padEnd(9, '0')) / 1e6);
  const [, year, month, day] =
    /^(\d{4})-(\d{2})-(\d{2})T\d{2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?(?:Z|[+-]\d{2}:?\d{2})$/.exec(text) ?? [];
  if (year === undefined || Number(day) > daysOf(Number(year), Number(month))) return null;
  const at = Date.parse(text);
  return Number.isNaN(at) ? null : at;
}

/** Of a month, 1 to 12: Date.parse takes the 30th of February for the 2nd of March. */
function daysOf(year: number, month: number): number {
  return new Date(Date.UTC(year, month, 0)).getUTCDate();
}
