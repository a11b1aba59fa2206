/**
 * Evaluates a state's Parameters. The interpreter does not pass on an input of `null`, and drops backslashes from strings, so that an error
 * inside a cause would no longer be JSON.
 */
import { StateError } from './retry';

/** What paths refer to: the state's input, and the context object (`$$`). */
interface Data {
  readonly input: unknown;
  readonly context: unknown;
}
type Expression = (data: Data) => unknown;

const STEP = /\.([A-Za-z_][\w-]*)|\['([^'\\]*)'\]|\[(\d+)\]/y;

/** Null for a template with a path or function that is not supported here: the interpreter evaluates that one. */
export function templateOf(template: unknown): Expression | null {
  if (typeof template !== 'object' || template === null) return () => template;
  const parts = Object.entries(template).map(([name, value]) => {
    const filled = name.endsWith('.$') && !Array.isArray(template);
    return { name: filled ? name.slice(0, -2) : name, of: filled ? parse(String(value)) : templateOf(value) };
  });
  const known = parts.flatMap(({ name, of }) => (of === null ? [] : [{ name, of }]));
  if (known.length < parts.length) return null;
  return Array.isArray(template)
    ? (data) => known.map(({ of }) => of(data))
    : (data) => Object.fromEntries(known.map(({ name, of }) => [name, of(data)]));
}

function parse(text: string): Expression | null {
  const reader = new Reader(text);
  const expression = reader.expression();
  return reader.isAtEnd ? expression : null;
}

class Reader {
  private readonly text: string;
  private at = 0;

  constructor(text: string) {
    this.text = text;
  }

  get isAtEnd(): boolean {
    return this.at === this.text.length;
  }

  expression(): Expression | null {
    if (this.takes(/\$/y)) return this.path();
    const literal = this.takes(/'((?:[^'\\]|\\.)*)'/y);
    if (literal) return () => literal[1]?.replace(/\\(.)/g, '$1');
    if (this.takes(/States\.JsonToString\(\s*/y)) {
      const value = this.expression();
      return value && this.takes(/\s*\)/y) && ((data) => JSON.stringify(value(data)));
    }
    const format = this.takes(/States\.Format\(\s*'((?:[^'\\]|\\.)*)'/y);
    return format && this.format(format[1] ?? '');
  }

  private format(pattern: string): Expression | null {
    const values: Expression[] = [];
    while (this.takes(/\s*,\s*/y)) {
      const value = this.expression();
      if (value === null) return null;
      values.push(value);
    }
    // An escaped brace is not a placeholder.
    const places = pattern.match(/\\.|\{\}/g)?.filter((part) => part === '{}').length ?? 0;
    if (places !== values.length || !this.takes(/\s*\)/y)) return null;
    return (data) => {
      const rest = values.values();
      return pattern.replace(
        /\\(.)|\{\}/g,
        (part, escaped?: string) => escaped ?? shown(rest.next().value?.(data), part),
      );
    };
  }

  private path(): Expression {
    const start = this.at - 1;
    const inContext = this.takes(/\$/y) !== null;
    const steps: (string | number)[] = [];
    for (let step = this.takes(STEP); step; step = this.takes(STEP)) steps.push(step[1] ?? step[2] ?? Number(step[3]));
    const path = this.text.slice(start, this.at);
    return ({ input, context }) => {
      let value = inContext ? context : input;
      for (const step of steps) {
        const isThere = typeof value === 'object' && value !== null && Object.hasOwn(value, step);
        if (!isThere || Array.isArray(value) !== (typeof step === 'number'))
          throw new StateError('States.Runtime', `Path expression '${path}' does not point to a value`, {
            final: true,
          });
        value = (value as Record<string | number, unknown>)[step];
      }
      return value;
    };
  }

  private takes(pattern: RegExp): RegExpExecArray | null {
    pattern.lastIndex = this.at;
    const found = pattern.exec(this.text);
    if (found) this.at = pattern.lastIndex;
    return found;
  }
}

function shown(value: unknown, place: string): string {
  if (typeof value !== 'object' || value === null) return String(value);
  throw new StateError('States.Runtime', `States.Format cannot insert ${JSON.stringify(value)} at ${place}`, {
    final: true,
  });
}
