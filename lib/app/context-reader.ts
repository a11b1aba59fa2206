/** Reads typed settings from the CDK context. A malformed value is added to the problems, and a typed placeholder is returned. */
import type { Duration } from 'aws-cdk-lib';
import { type Problems, type Rule, show } from '../validation/problems';

export class ContextReader {
  private readonly context: Readonly<Record<string, unknown>>;
  private readonly problems: Problems;

  constructor(context: Readonly<Record<string, unknown>>, problems: Problems) {
    this.context = context;
    this.problems = problems;
  }

  has(name: string): boolean {
    return this.context[name] !== undefined;
  }

  /**
   * A misspelled setting would otherwise be ignored. The CDK's own context keys look different (`@aws-cdk/…`, `aws:cdk:…`,
   * `cli-telemetry`), so a plain word, or one of our names with other capitals or with hyphens, is meant for us.
   */
  refuseUnknown(known: readonly string[]): void {
    const letters = (name: string) => name.toLowerCase().replace(/[^a-z0-9]/g, '');
    const ours = known.map(letters);
    const words = Object.keys(this.context).filter(
      (key) => /^[a-z][A-Za-z0-9]*$/.test(key) || ours.includes(letters(key)),
    );
    const unknown = words.filter((word) => !known.includes(word));
    if (unknown.length > 0)
      this.problems.add(`unknown setting: ${unknown.join(', ')}; valid settings are ${known.join(', ')}`);
  }

  required(name: string, rule: Rule<string>): string {
    if (!this.has(name)) this.problems.missing(`-c ${name}`, rule);
    return this.text(name, rule) ?? '';
  }

  text(name: string, rule: Rule<string>): string | undefined {
    const value = this.context[name];
    if (value === undefined) return undefined;
    const text = typeof value === 'number' ? String(value) : value;
    if (typeof text !== 'string' || text.trim() === '') {
      this.problems.add(`${name} must be ${rule.expected}, such as ${rule.example}; got ${show(text)}`);
      return undefined;
    }
    this.problems.check(name, text.trim(), rule);
    return text.trim();
  }

  /** `true` or `false`: text on the command line, text or boolean in cdk.json. */
  flag(name: string): boolean | undefined {
    const value = this.context[name];
    if (value === undefined) return undefined;
    const word = String(value).trim();
    if (word !== 'true' && word !== 'false') this.problems.add(`${name} must be true or false; got ${show(value)}`);
    return word === 'true';
  }

  /** A list without duplicates. */
  set(name: string, rule: Rule<string>): readonly string[] {
    const texts = this.list(name, rule);
    this.problems.once(name, texts);
    return texts;
  }

  requiredSet(name: string, rule: Rule<string>): readonly string[] {
    if (!this.has(name)) this.problems.missing(`-c ${name}`, rule);
    return this.set(name, rule);
  }

  requiredList(name: string, rule: Rule<string>): readonly string[] {
    if (!this.has(name)) this.problems.missing(`-c ${name}`, rule);
    return this.list(name, rule);
  }

  /** `a,b` on the command line, `a,b` or an array in cdk.json. */
  list(name: string, rule: Rule<string>): readonly string[] {
    const value = this.context[name];
    if (value === undefined) return [];
    const items: unknown[] = Array.isArray(value) ? value : String(value).split(',');
    const texts = items.map((item) => String(item).trim());
    for (const text of texts) this.problems.check(name, text, rule);
    return texts;
  }

  duration(name: string, unit: (amount: number) => Duration, rule: Rule<Duration>): Duration | undefined {
    const value = this.context[name];
    if (value === undefined) return undefined;
    if (!/^\d{1,9}$/.test(String(value).trim())) {
      this.problems.add(`${name} must be ${rule.expected}, as a number such as ${rule.example}; got ${show(value)}`);
      return undefined;
    }
    const duration = unit(Number(value));
    if (!rule.accepts(duration))
      this.problems.add(`${name} must be ${rule.expected}, as a number such as ${rule.example}; got ${show(value)}`);
    return duration;
  }
}
