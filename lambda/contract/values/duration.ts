/** Durations: how they are parsed and printed, and their limits. */

/** Node keeps a timer's delay in 31 bits: a longer timer fires at once, with only a warning. */
export const LONGEST_TIMER_MS = 2 ** 31 - 1;
/** Of what ends in a timer: a poll, and the pause before the next. */
export const LONGEST_TIMER_SECONDS = Math.floor(LONGEST_TIMER_MS / 1000);
/** Of what is compared with a clock: a day less than the year a Standard execution may last. */
export const LONGEST_SECONDS = 364 * 86_400;

const UNIT_SECONDS = { d: 86_400, h: 3600, m: 60, s: 1 } as const;
/** Each unit once, in this order, with blanks as `formatDuration` writes them. */
const DURATION =
  /^(?=\d)(?:(?<d>\d{1,9}) ?d)?(?: ?(?<h>\d{1,9}) ?h)?(?: ?(?<m>\d{1,9}) ?m(?:in)?)?(?: ?(?<s>\d{1,9}) ?s)?$/;

/** `0s`, `30s`, `5m`, `1h30m`, `3d` in seconds; null for anything else. */
export function parseDuration(text: string): number | null {
  const counts = DURATION.exec(text)?.groups;
  if (counts === undefined) return null;
  return Object.entries(UNIT_SECONDS).reduce((sum, [unit, seconds]) => sum + Number(counts[unit] ?? 0) * seconds, 0);
}

/** `48 s`, `90 s`, `12 min`, `3 h 12 min`, `2 d 4 h`: two units at most, rounded down. */
export function formatDuration(seconds: number): string {
  const whole = Math.max(0, Math.floor(seconds));
  if (whole < 120) return `${whole} s`;
  const minutes = Math.floor(whole / 60);
  if (minutes < 60) return minutes < 5 && whole % 60 !== 0 ? `${minutes} min ${whole % 60} s` : `${minutes} min`;
  const hours = Math.floor(minutes / 60);
  if (hours < 24) return minutes % 60 === 0 ? `${hours} h` : `${hours} h ${minutes % 60} min`;
  const days = Math.floor(hours / 24);
  return hours % 24 === 0 ? `${days} d` : `${days} d ${hours % 24} h`;
}

/** Two lengths that are compared, with their seconds where they would read the same: `5 min (301 s)` and `5 min (300 s)`. */
export function formatCompared(one: number, other: number): readonly [string, string] {
  const [first, second] = [formatDuration(one), formatDuration(other)];
  return first === second && one !== other ? [`${first} (${one} s)`, `${second} (${other} s)`] : [first, second];
}

/** For a person: `2026-11-23 03:12:00 UTC`. @param moment Unix milliseconds or ISO 8601. */
export function utc(moment: number | string): string {
  return `${new Date(moment).toISOString().slice(0, 19).replace('T', ' ')} UTC`;
}

/** ISO 8601 in UTC. */
export function iso(ms: number): string {
  return new Date(ms).toISOString();
}
