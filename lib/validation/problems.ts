/** Collects the problems of construct props and settings, so that one message names them all. */
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

/** The rule for a setting, worded for "must be …, such as …". */
export interface Rule<T> {
  readonly expected: string;
  readonly example: string;
  accepts(value: T): boolean;
  /** Replaces a refused value in the message: to hide it, or to say more about it. */
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

  /** Accepts an absent value, and one that is only known at deployment. */
  check<T>(name: string, value: T | undefined, rule: Rule<T>): void {
    if (value === undefined || Token.isUnresolved(value) || rule.accepts(value)) return;
    this.add(`${name} must be ${rule.expected}, such as ${rule.example}; got ${rule.shown?.(value) ?? show(value)}`);
  }

  /** A misspelt name, from plain JavaScript or a spread, would otherwise be ignored. */
  names(where: string, given: unknown, known: Readonly<Record<string, true>>): void {
    if (given === undefined) return;
    const names = Object.keys(known);
    if (typeof given !== 'object' || given === null)
      this.add(`${where} must be an object with any of ${names.join(', ')}; got ${show(given)}`);
    else
      for (const name of Object.keys(given).filter((each) => !Object.hasOwn(known, each)))
        this.add(`${where} has no property ${show(name)}; valid properties are ${names.join(', ')}`);
  }

  /** A token is a text, and refused too. */
  flag(name: string, value: unknown): void {
    if (value !== undefined && typeof value !== 'boolean')
      this.add(`${name} must be true or false, without quotes; got ${show(value)}`);
  }

  once(name: string, values: readonly string[]): void {
    const seen = new Set<string>();
    const twice = new Set<string>();
    for (const value of values) (seen.has(value) ? twice : seen).add(value);
    for (const value of twice) this.add(`${name} must not repeat a value; got ${show(value)} twice`);
  }

  throwIfAny(subject: string): void {
    if (this.found.length > 0) throw new InvalidSettings(subject, this.found);
  }
}

const SHOWN = 80;

/** Control and format characters: they would break or reverse the line. */
const UNPRINTABLE = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu;

/** A refused value as one short line that is safe to print. */
export function show(value: unknown): string {
  if (value === '') return 'an empty value';
  const json = JSON.stringify(value) ?? String(value);
  const text = json.replace(UNPRINTABLE, (char) => `\\u${(char.codePointAt(0) ?? 0).toString(16).padStart(4, '0')}`);
  const chars = Array.from(text);
  return chars.length <= SHOWN ? text : `${chars.slice(0, SHOWN).join('')}… (${chars.length} characters)`;
}
