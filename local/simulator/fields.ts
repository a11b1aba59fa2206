/** The fields of one JSON object of a scenario, read by name and type. A wrong one is noted and reading goes on. */

import { show } from '../../lambda/contract/text';
import { parseDuration } from '../../lambda/core/model/duration';

export class Fields {
  private readonly value: Readonly<Record<string, unknown>>;
  private readonly where: string;
  private readonly problems: string[];

  private constructor(value: Readonly<Record<string, unknown>>, where: string, problems: string[]) {
    this.value = value;
    this.where = where;
    this.problems = problems;
  }

  /** Notes a problem when `value` is no object, and reads it as an empty one. */
  static of(value: unknown, where: string, problems: string[], expected = 'an object'): Fields {
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
      return new Fields(value as Record<string, unknown>, where, problems);
    }
    problems.push(`${where}: must be ${expected}, got ${show(value, 60)}`);
    // What it lacks would only be said again.
    return new Fields({}, where, []);
  }

  has(name: string): boolean {
    return Object.hasOwn(this.value, name);
  }

  raw(name: string): unknown {
    return this.has(name) ? this.value[name] : undefined;
  }

  /** `{ name: get() }` where the field is there, else nothing. */
  when<T>(name: string, get: () => T): { [key: string]: T } {
    return this.has(name) ? { [name]: get() } : {};
  }

  text(name: string): string | undefined {
    const value = this.raw(name);
    if (typeof value === 'string' && value.trim() !== '') return value;
    return this.wrong(name, 'some text', value);
  }

  textOrNull(name: string): string | null | undefined {
    return this.raw(name) === null ? null : this.text(name);
  }

  flag(name: string): boolean | undefined {
    const value = this.raw(name);
    return typeof value === 'boolean' ? value : this.wrong(name, 'true or false', value);
  }

  percent(name: string): number | null | undefined {
    const value = this.raw(name);
    if (value === null) return null;
    if (typeof value === 'number' && value >= 0 && value <= 100) return value;
    return this.wrong(name, 'a percentage from 0 to 100, or null', value);
  }

  whole(name: string, min: number, max: number): number | undefined {
    const value = this.raw(name);
    if (Number.isInteger(value) && (value as number) >= min && (value as number) <= max) return value as number;
    return this.wrong(name, `a whole number from ${min} to ${max}`, value);
  }

  /** Milliseconds, of a duration such as `10m`; a leading `-` only where `signed`. */
  durationMs(name: string, fallback?: number, { signed = false } = {}): number | undefined {
    const value = this.raw(name);
    if (value === undefined && fallback !== undefined) return fallback;
    const text = typeof value === 'string' ? value : '';
    const negative = signed && text.startsWith('-');
    const seconds = parseDuration(negative ? text.slice(1) : text);
    if (seconds === null) return this.wrong(name, 'a duration such as "0s", "10m", "6h" or "3d"', value);
    return seconds * 1000 * (negative ? -1 : 1);
  }

  oneOf<T extends string>(name: string, known: readonly T[], fallback: T): T {
    const value = this.raw(name);
    if (value === undefined) return fallback;
    const word = known.find((candidate) => candidate === value);
    return word ?? this.wrong(name, `one of ${known.join(', ')}`, value) ?? fallback;
  }

  object(name: string, expected?: string): Fields {
    return Fields.of(
      this.raw(name),
      `${this.where}${this.where.includes(': ') ? '.' : ': '}${name}`,
      this.problems,
      expected,
    );
  }

  /** A list of objects, with one entry at least. */
  list(name: string): Fields[] {
    const value = this.raw(name);
    if (!Array.isArray(value) || value.length === 0) {
      this.wrong(name, 'a list with one entry at least', value);
      return [];
    }
    const prefix = this.where.includes(': ') ? `${this.where}.` : `${this.where}: `;
    return value.map((entry, index) => Fields.of(entry, `${prefix}${name}[${index}]`, this.problems));
  }

  /** Notes every field that is none of `known`: a slip in a name would otherwise pass in silence. */
  noOthers(known: readonly string[]): void {
    for (const name of Object.keys(this.value)) {
      if (!known.includes(name)) this.problem(name, `is not known here (known: ${known.join(', ')})`);
    }
  }

  /** Notes a problem with a field. */
  problem(name: string, what: string): void {
    this.problems.push(`${this.where}${this.where.includes(': ') ? '.' : ': '}${name} ${what}`);
  }

  private wrong(name: string, expected: string, value: unknown): undefined {
    this.problem(
      name,
      value === undefined ? `is required: ${expected}` : `must be ${expected}, got ${show(value, 60)}`,
    );
    return undefined;
  }
}
