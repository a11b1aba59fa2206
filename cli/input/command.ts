/** What a command is, and what it may touch. */
import type { Clock } from '../../lambda/core/ports';
import { JsonLines } from '../output/json-lines';
import type { Printer } from '../output/printer';
import { type Manner, Terminal } from '../output/terminal';
import type { Flags, FlagTable } from './flags';

export interface Io {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly stdout: (text: string) => void;
  readonly stderr: (text: string) => void;
  readonly colour: boolean;
  readonly clock: Clock;
  /** Aborts on Ctrl-C and on SIGTERM. */
  readonly signal: AbortSignal;
}

export interface Command {
  readonly name: string;
  readonly summary: string;
  readonly flags: FlagTable;
  /** @returns the exit status. @throws InvalidInput, CheckFailed, Interrupted. */
  run(flags: Flags, io: Io): Promise<number>;
}

export const JSON_FLAG: FlagTable = { json: { about: 'print JSON, one object a line' } };
export const PROJECT_FLAG: FlagTable = { project: { value: 'ID', about: 'the project, as the OMS console shows it' } };
export const DATA_DIR_FLAG: FlagTable = {
  'data-dir': { value: 'DIR', about: 'where looks and changes are kept (default .oms-cutover)' },
};
const DEFAULT_DATA_DIR = '.oms-cutover';

/** Adds what is wrong to `flags.problems`. */
export function readDataDir(flags: Flags): string {
  return flags.has('data-dir')
    ? flags.required('data-dir', 'a folder, or a path where one can be made')
    : DEFAULT_DATA_DIR;
}

/** @param manner for people only: JSON always has every look and every field. */
export function printerFor(flags: Flags, io: Io, manner: Manner = {}): Printer {
  return flags.has('json') ? new JsonLines(io.stdout) : new Terminal(io.stdout, io.colour, manner);
}

export function usage(commands: readonly Command[]): string {
  const rows = commands.map(({ name, summary }) => `  ${name.padEnd(10)} ${summary}`);
  return [
    'oms-cutover <command> [flags]      oms-cutover <command> --help',
    '',
    ...rows,
    `  ${'version'.padEnd(10)} say which version this is; --version too`,
    '',
    'Exit status: 0 goal met · 1 the migration failed · 2 usage · 3 deadline · 4 OMS · 5 our own failure · 130 interrupted',
    '',
  ].join('\n');
}

export function usageOf(command: Command): string {
  const rows = Object.entries(command.flags).map(
    ([name, { value, about }]) => `  ${`--${name}${value === undefined ? '' : ` ${value}`}`.padEnd(40)} ${about}`,
  );
  return [
    `oms-cutover ${command.name}: ${command.summary}`,
    '',
    ...rows,
    '',
    'D is a duration: 0s, 30s, 5m, 12h, 3d',
    '',
  ].join('\n');
}
