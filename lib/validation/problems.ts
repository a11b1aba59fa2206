/** Collects everything that is wrong with some settings, so that one message names it all. */
import { Token } from 'aws-cdk-lib';

/** Settings are missing or malformed. The message lists every problem, each with its name, its value, what is expected and an example. */
export class InvalidSettings extends Error {
  readonly problems: readonly string[];

  constructor(subject: string, problems: readonly string[]) {
    const count = problems.length === 1 ? '1 problem' : `${problems.length} problems`;
    super(`${subject}: ${count}\n${problems.map((problem) => `  - ${problem}`).join('\n')}`);
    this.name = 'InvalidSettings';
    this.problems = problems;
  }
}

/** What one setting has to be, in words that fit into "must be …, such as …". */
export interface Rule<T> {
  readonly expected: string;
  readonly example: string;
  accepts(value: T): boolean;
  /** How a refused value stands in the message, where it may not be shown as it is or more can be said of it. */
  shown?(value: T): string;
}

export class Problems {
  private readonly found: string[] = [];

  add(problem: string): void {
    this.found.push(problem);
  }

  missing(name: string, rule: Rule<never>): void {
    this.add(`${name} is required: ${rule.expected}, such as ${rule.example}`);
  }

  /** An absent value is fine here; a value that is only known at deployment cannot be judged. */
  check<T>(name: string, value: T | undefined, rule: Rule<T>): void {
    if (value === undefined || Token.isUnresolved(value) || rule.accepts(value)) return;
    this.add(`${name} must be ${rule.expected}, such as ${rule.example}; got ${rule.shown?.(value) ?? show(value)}`);
  }

  /** Out of plain JavaScript, or a spread, a misspelt name would otherwise be as good as not given. */
  names(where: string, given: unknown, known: Readonly<Record<string, true>>): void {
    if (given === undefined) return;
    const names = Object.keys(known);
    if (typeof given !== 'object' || given === null)
      this.add(`${where} must be an object with any of ${names.join(', ')}; got ${show(given)}`);
    else
      for (const name of Object.keys(given).filter((each) => !Object.hasOwn(known, each)))
        this.add(`${where} has no ${show(name)}; it has ${names.join(', ')}`);
  }

  /** What is only known at deployment arrives there as a text, which is neither. */
  flag(name: string, value: unknown): void {
    if (value !== undefined && typeof value !== 'boolean')
      this.add(`${name} must be true or false, without quotes; got ${show(value)}`);
  }

  once(name: string, values: readonly string[]): void {
    const seen = new Set<string>();
    const twice = new Set<string>();
    for (const value of values) (seen.has(value) ? twice : seen).add(value);
    for (const value of twice) this.add(`${name} must name each only once; got ${show(value)} twice`);
  }

  throwIfAny(subject: string): void {
    if (this.found.length > 0) throw new InvalidSettings(subject, this.found);
  }
}

const SHOWN = 80;

/** Control and format characters: they would break the line, or turn it round. */
const UNPRINTABLE = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu;

/** A wrong value as one short line that is safe to print. */
export function show(value: unknown): string {
  if (value === '') return 'an empty value';
  const json = JSON.stringify(value) ?? String(value);
  const text = json.replace(UNPRINTABLE, (char) => `\\u${(char.codePointAt(0) ?? 0).toString(16).padStart(4, '0')}`);
  const chars = Array.from(text);
  return chars.length <= SHOWN ? text : `${chars.slice(0, SHOWN).join('')}… (${chars.length} characters)`;
}
