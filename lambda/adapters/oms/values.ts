/** Single values as OMS may send them. An unexpected value with one meaning is converted, one without becomes null; both leave an anomaly. */
import type { Anomaly } from '../../contract/oms';
import { RepeatedKey } from './json';
import type { Clean } from './redact';

/** How many anomalies one reply may leave: more would only make the snapshot large. */
const MAX_ANOMALIES = 24;
const MAX_VALUE = 80;
/** Of OMS's own words for a status or a step. */
export const MAX_WORD = 64;
/** 2001-09-09: no migration was ever at an earlier checkpoint. The vendor's sample has 3628. */
const OLDEST_CHECKPOINT = 1_000_000_000;
/** Above this a number of seconds lies after the year 5138: it must be milliseconds. */
const SMALLEST_MILLISECONDS = 100_000_000_000;
const LARGEST_MILLISECONDS = 100_000_000_000_000;
/** Clocks differ by seconds; a checkpoint further ahead is an anomaly. */
const AHEAD_SECONDS = 60;
/** Further ahead than any mistake of a time zone: not a checkpoint. */
const FAR_AHEAD_SECONDS = 86_400;

/** A body being decoded, with the anomalies found so far. */
export class Decoding {
  readonly anomalies: Anomaly[] = [];
  readonly clean: Clean;
  /** Unix seconds, to detect a checkpoint in the future. */
  readonly nowSeconds: number;

  constructor(clean: Clean, nowMs: number) {
    this.clean = clean;
    this.nowSeconds = nowMs / 1000;
  }

  anomaly(field: string, value: unknown, problem: string): void {
    if (this.anomalies.length < MAX_ANOMALIES) {
      this.anomalies.push({ field, value: this.clean(asText(value), MAX_VALUE), problem });
    }
  }

  /** 0 to 100; null for anything else. Null itself is normal: the phase has not begun. */
  percent(field: string, value: unknown): number | null {
    if (value === null || value === undefined) return null;
    const number = this.number(field, value, '%');
    if (number === null) return null;
    if (number < 0 || number > 100) {
      this.anomaly(field, value, 'not between 0 and 100; taken as unknown');
      return null;
    }
    if (Number.isInteger(number)) return number;
    this.anomaly(field, value, 'not a whole percentage');
    // Rounded down, so that nothing short of 100 becomes 100.
    return Math.floor(number * 100) / 100;
  }

  /** Unix seconds; null for no data (null, 0, absent) and for anything that is not a time. `textual`: this format sends digits as a string. */
  checkpoint(field: string, value: unknown, { textual = false } = {}): number | null {
    if (value === null || value === undefined || value === 0 || value === '0') return null;
    const number =
      textual && typeof value === 'string' && /^\d{1,20}$/.test(value) ? Number(value) : this.number(field, value, '');
    if (number === null || number === 0) return null;
    const unusable = (problem: string) => {
      this.anomaly(field, value, `${problem}; taken as unknown`);
      return null;
    };
    if (number < 0) return unusable('a negative time');
    if (number > Number.MAX_SAFE_INTEGER) return unusable('beyond 2^53, so its last digits are lost');
    if (number >= LARGEST_MILLISECONDS) return unusable('neither seconds nor milliseconds since 1970');
    let seconds = number;
    if (number >= SMALLEST_MILLISECONDS) {
      seconds = Math.floor(number / 1000);
      this.anomaly(field, value, 'milliseconds where seconds are documented; converted');
    } else if (!Number.isInteger(number)) {
      seconds = Math.floor(number);
      this.anomaly(field, value, 'not a whole number of seconds; rounded down');
    }
    if (seconds < OLDEST_CHECKPOINT) return unusable('a time before September 2001');
    if (seconds > this.nowSeconds + FAR_AHEAD_SECONDS) return unusable('more than a day in the future');
    if (seconds > this.nowSeconds + AHEAD_SECONDS) this.anomaly(field, value, 'more than a minute in the future');
    return seconds;
  }

  /** A switch that a gate depends on, so null leaves an anomaly too, unless this kind of project has no such switch. */
  flag(field: string, value: unknown, { optional = false } = {}): boolean | null {
    if (typeof value === 'boolean') return value;
    if (optional && (value === null || value === undefined)) return null;
    const word = typeof value === 'string' ? value.trim().toLowerCase() : value;
    if (word === 'true' || word === 1) return this.converted(field, value, true);
    if (word === 'false' || word === 0) return this.converted(field, value, false);
    this.anomaly(field, value, 'expected true or false; taken as unknown');
    return null;
  }

  /** One of `known`; null for null, and with an anomaly for any other word. */
  oneOf<T extends string>(field: string, value: unknown, known: readonly T[]): T | null {
    if (value === null || value === undefined) return null;
    const exact = known.find((word) => word === value);
    if (exact !== undefined) return exact;
    const close = typeof value === 'string' ? known.find((word) => word === value.trim().toUpperCase()) : undefined;
    if (close !== undefined) return this.converted(field, value, close);
    this.anomaly(field, value, `expected one of ${known.join(', ')}; taken as unknown`);
    return null;
  }

  /** A word of OMS's own, kept as it came. `isKnown` decides only whether it leaves an anomaly. Null for null and for anything that is not a word. */
  word(field: string, value: unknown, isKnown: (word: string) => boolean): string | null {
    if (value === null || value === undefined) return null;
    if (typeof value !== 'string' || value.trim() === '') {
      this.anomaly(field, value, 'expected a word; taken as unknown');
      return null;
    }
    if (isKnown(value)) return value;
    this.anomaly(field, value, 'not a value that this version knows');
    const cleaned = this.clean(value, MAX_WORD);
    // Empty when cleaned: it was control characters only. A known word when cleaned: OMS is still not known to say it as it came.
    return isKnown(cleaned) ? `${cleaned} (unusual spelling)` : cleaned || null;
  }

  private converted<T>(field: string, value: unknown, to: T): T {
    this.anomaly(
      field,
      value,
      `${typeof value === 'string' ? 'unusual spelling' : 'a number'}; taken as ${String(to)}`,
    );
    return to;
  }

  private number(field: string, value: unknown, suffix: string): number | null {
    if (typeof value === 'number') {
      // JSON may spell 1e400.
      if (Number.isFinite(value)) return value;
      this.anomaly(field, value, 'too large for a number; taken as unknown');
      return null;
    }
    const digits = typeof value === 'string' ? value.trim() : '';
    const bare = suffix !== '' && digits.endsWith(suffix) ? digits.slice(0, -suffix.length).trim() : digits;
    if (/^-?\d{1,20}(\.\d{1,20})?$/.test(bare)) {
      this.anomaly(field, value, 'text where a number is documented; read as a number');
      return Number(bare);
    }
    this.anomaly(field, value, 'expected a number; taken as unknown');
    return null;
  }
}

/** A value's own property, never an inherited one: replies may name a field `constructor`. Undefined for anything that is not an object. */
export function own(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, name)
    ? (value as Record<string, unknown>)[name]
    : undefined;
}

/** A JSON value for a message. Not by `String`, which calls a `toString` that the reply may contain. */
export function asText(value: unknown): string {
  if (value === undefined) return '(missing)';
  if (typeof value === 'string') return value === '' ? '(empty)' : value;
  if (value instanceof RepeatedKey) return value.values.map(asText).join(' and ');
  if (typeof value === 'object' && value !== null) return Array.isArray(value) ? '(a list)' : '(an object)';
  return String(value);
}
