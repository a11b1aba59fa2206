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
    this.add(`${name} must be ${rule.expected}, such as ${rule.example}; got ${show(value)}`);
  }

  throwIfAny(subject: string): void {
    if (this.found.length > 0) throw new InvalidSettings(subject, this.found);
  }
}

const SHOWN = 80;

/** A wrong value as one printable line: JSON escapes what would break out of it. */
export function show(value: unknown): string {
  const text = JSON.stringify(value) ?? String(value);
  return text.length <= SHOWN ? text : `${text.slice(0, SHOWN)}… (${text.length} characters)`;
}
