/** Reads the flags of a command strictly, and reports every problem at once. */
import { type ParseArgsConfig, parseArgs } from 'node:util';
import {
  formatDuration,
  LONGEST_SECONDS,
  LONGEST_TIMER_SECONDS,
  parseDuration,
} from '../../lambda/contract/values/duration';
import { nearest } from '../../lambda/contract/values/nearest';
import { plainLine } from '../../lambda/contract/values/text';
import { InvalidInput } from '../../lambda/core/model/errors';

/** By name: the placeholder of the value (a flag without one is a switch) and the help text. */
export type FlagTable = Readonly<Record<string, { readonly value?: string; readonly about: string }>>;

type Env = Readonly<Record<string, string | undefined>>;

/** Of a duration that ends in a timer. */
export const TIMED = { least: 1, most: LONGEST_TIMER_SECONDS };

export class Flags {
  readonly problems: string[] = [];
  private readonly values: Readonly<Record<string, unknown>>;
  private readonly command: string;
  private readonly env: Env;
  /** Required flags that npm took. */
  private readonly takenFlags: string[] = [];

  /**
   * @param env tells whether npm started the program.
   * @throws InvalidInput for an unknown flag, a missing value, or an unexpected argument.
   */
  constructor(command: string, table: FlagTable, args: readonly string[], env: Env = {}) {
    this.command = command;
    this.env = env;
    const options: NonNullable<ParseArgsConfig['options']> = {};
    for (const [name, flag] of Object.entries(table))
      options[name] = { type: flag.value === undefined ? 'boolean' : 'string', multiple: true };
    try {
      this.values = parseArgs({ args: [...args], options, strict: true, allowPositionals: false }).values;
    } catch (error) {
      throw new InvalidInput([explain(command, table, error, env)]);
    }
    for (const [name, given] of Object.entries(this.values)) {
      if (Array.isArray(given) && given.length > 1)
        this.problems.push(`--${name} is given ${given.length} times; give it once`);
    }
  }

  has(name: string): boolean {
    return this.values[name] !== undefined;
  }

  text(name: string): string | undefined {
    const value = this.values[name];
    return Array.isArray(value) && typeof value[0] === 'string' ? value[0] : undefined;
  }

  required(name: string, expected: string): string {
    const value = this.text(name);
    if (value === undefined && takenByNpm(name, this.env)) this.takenFlags.push(name);
    else if (value === undefined) this.problems.push(`--${name} is required: ${expected}`);
    else if (value === '') this.problems.push(`--${name} is empty: ${expected}`);
    return value ?? '';
  }

  choice<T extends string>(name: string, choices: readonly T[], otherwise: T): T {
    const value = this.text(name);
    if (value === undefined) return otherwise;
    const choice = choices.find((one) => one === value);
    if (choice === undefined)
      this.problems.push(`--${name} must be one of ${choices.join(', ')}, got "${short(value)}"`);
    return choice ?? otherwise;
  }

  /** Whole seconds. @param bounds LONGEST_TIMER_SECONDS at most for what ends in a timer. */
  seconds(name: string, { least = 0, most = LONGEST_SECONDS } = {}): number | undefined {
    const value = this.text(name);
    if (value === undefined) return undefined;
    const seconds = parseDuration(value);
    if (seconds === null) {
      this.problems.push(`--${name} must be a duration such as 30s, 5m, 1h30m or 3d, got "${short(value)}"`);
    } else if (seconds < least) {
      this.problems.push(`--${name} must be ${least}s or more, got "${value}"`);
    } else if (seconds > most) {
      this.problems.push(`--${name} must be ${formatDuration(most).replaceAll(' ', '')} or less, got "${value}"`);
    }
    return seconds ?? undefined;
  }

  count(name: string, from: number, to: number): number | undefined {
    const value = this.text(name);
    if (value === undefined) return undefined;
    const number = /^\d{1,9}$/.test(value) ? Number(value) : Number.NaN;
    if (number >= from && number <= to) return number;
    this.problems.push(`--${name} must be a whole number from ${from} to ${to}, got "${short(value)}"`);
    return undefined;
  }

  /** @throws InvalidInput when anything was wrong. */
  settle(): void {
    if (this.takenFlags.length > 0) {
      const names = this.takenFlags.map((name) => `--${name}`).join(', ');
      throw new InvalidInput([`npm took ${names} as its own; ${dashesMissing(this.command)}`]);
    }
    if (this.problems.length > 0) throw new InvalidInput(this.problems);
  }
}

function explain(command: string, table: FlagTable, error: unknown, env: Env): string {
  const { code, message } = error as { code?: string; message: string };
  const known = `${command} takes ${
    Object.keys(table)
      .map((name) => `--${name}`)
      .join(', ') || 'no flags'
  }`;
  const quoted = short(/'([^']*)'/.exec(message)?.[1] ?? '');
  const name = /--([a-z-]+)/.exec(quoted)?.[1] ?? '';
  const flag = Object.hasOwn(table, name) ? table[name] : undefined;
  if (code === 'ERR_PARSE_ARGS_INVALID_OPTION_VALUE' && flag !== undefined) {
    return flag.value === undefined
      ? `--${name} takes no value`
      : `--${name} needs a value: --${name} ${flag.value}, ${flag.about}`;
  }
  if (code === 'ERR_PARSE_ARGS_UNKNOWN_OPTION') {
    const meant = nearest(quoted.replace(/^-+/, ''), Object.keys(table));
    return `unknown flag ${quoted}; ${meant === undefined ? known : `did you mean --${meant}? See ${command} --help`}`;
  }
  if (code === 'ERR_PARSE_ARGS_UNEXPECTED_POSITIONAL')
    return `unexpected argument "${quoted}"; ${startedByNpm(env) ? dashesMissing(command) : known}`;
  return `${short(message.split('\n')[0] ?? message)}; ${known}`;
}

/** A value as typed, shortened, without control characters. */
export function short(value: string): string {
  return plainLine(value, 80);
}

/** `npm start wait --project p_x` without `--`: npm takes the flags as its own settings and passes on only the words. */
export function dashesMissing(command: string): string {
  return `flags after "npm start" need "--" before them: npm start -- ${command} …`;
}

function startedByNpm(env: Env): boolean {
  return env.npm_lifecycle_event === 'start';
}

/** npm passes its settings on as environment variables. */
export function takenByNpm(flag: string, env: Env): boolean {
  return startedByNpm(env) && env[`npm_config_${flag.replaceAll('-', '_')}`] !== undefined;
}
