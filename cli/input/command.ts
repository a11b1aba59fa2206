/** A command of the command line, its surroundings, and its help. */
import { wrapped } from '../../lambda/contract/values/text';
import type { Clock } from '../../lambda/core/ports';
import { JsonLines } from '../output/json-lines';
import type { Printer } from '../output/printer';
import { Terminal, type TerminalOptions } from '../output/terminal';
import type { Flags, FlagTable } from './flags';

export interface Io {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly stdout: (text: string) => void;
  readonly stderr: (text: string) => void;
  /** Resolves when everything printed has been written. @throws where some of it was lost since the last call. */
  readonly settled: () => Promise<void>;
  readonly colour: boolean;
  /** Of the terminal; absent where the output is not one. */
  readonly columns?: number;
  readonly clock: Clock;
  /** Aborts on SIGINT, SIGTERM and SIGHUP. */
  readonly signal: AbortSignal;
  /** Started with nohup: SIGHUP and lost output end nothing. */
  readonly outlivesTerminal: boolean;
}

export interface Command {
  readonly name: string;
  readonly summary: string;
  readonly flags: FlagTable;
  /** @returns the exit status. @throws InvalidInput, CheckFailed, Interrupted. */
  run(flags: Flags, io: Io): Promise<number>;
}

export const JSON_FLAG: FlagTable = { json: { about: 'print JSON, one object a line' } };
export const PROJECT_FLAG: FlagTable = { project: { value: 'ID', about: 'the project id shown in the OMS console' } };
export const DATA_DIR_FLAG: FlagTable = {
  'data-dir': { value: 'DIR', about: 'folder for observations and changes (default .oms-cutover)' },
};
const DEFAULT_DATA_DIR = '.oms-cutover';

/** Adds its problems to `flags.problems`. */
export function readDataDir(flags: Flags): string {
  return flags.has('data-dir')
    ? flags.required('data-dir', 'a folder, or a path where one can be created')
    : DEFAULT_DATA_DIR;
}

/** @param options for a terminal only: JSON always has every check and every field. */
export function printerFor(flags: Flags, io: Io, options: TerminalOptions = {}): Printer {
  return flags.has('json') ? new JsonLines(io.stdout) : terminalOf(io, options);
}

export function terminalOf({ stdout, colour, columns }: Io, options: TerminalOptions = {}): Terminal {
  return new Terminal(stdout, colour, columns === undefined ? options : { columns, ...options });
}

export function usage(commands: readonly Command[]): string {
  const rows = commands.map(({ name, summary }) => `  ${name.padEnd(10)} ${summary}`);
  return [
    'oms-cutover <command> [flags]      oms-cutover <command> --help',
    '',
    ...rows,
    `  ${'version'.padEnd(10)} print the version; also --version`,
    '',
    'Exit status: 0 goal met · 1 the migration failed · 2 usage · 3 deadline · 4 OMS',
    '           · 5 our own failure · 130 interrupted',
    '',
  ].join('\n');
}

/** The help fits a terminal of 80 columns. */
const FLAG_WIDTH = 26;
const ABOUT_WIDTH = 50;

export function usageOf(command: Command): string {
  const rows = Object.entries(command.flags).flatMap(([name, { value, about }]) => {
    const flag = `  --${name}${value === undefined ? '' : ` ${value}`}`;
    const [first = '', ...others] = wrapped(about, '', ABOUT_WIDTH);
    const below = others.map((line) => `${' '.repeat(FLAG_WIDTH)}  ${line}`);
    return flag.length <= FLAG_WIDTH
      ? [`${flag.padEnd(FLAG_WIDTH)}  ${first}`, ...below]
      : [flag, `${' '.repeat(FLAG_WIDTH)}  ${first}`, ...below];
  });
  return [
    `oms-cutover ${command.name}: ${command.summary}`,
    '',
    ...rows,
    '',
    'D is a duration: 0s, 30s, 5m, 1h30m, 3d',
    '',
  ].join('\n');
}
