/** What a command is, and what it may touch. */
import type { Clock } from '../lambda/core/ports';
import type { Flags, FlagTable } from './input/flags';
import { JsonLines } from './output/json-lines';
import type { Printer } from './output/printer';
import { type Manner, Terminal } from './output/terminal';

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
