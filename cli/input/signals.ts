/**
 * What ends a run early: Ctrl-C, a signal to terminate, a closed terminal. In effect as soon as this file is imported, and it imports next to
 * nothing: until then Node ends at a signal, with another exit status.
 */
import { type BigIntStats, fstatSync, readFileSync, readSync, statSync } from 'node:fs';
import { homedir } from 'node:os';
import { basename, join } from 'node:path';
import { Interrupted } from '../../lambda/core/model/errors';
import { EXIT } from '../output/exit-status';

const controller = new AbortController();

/** Aborts on SIGINT, SIGTERM and SIGHUP. */
export const interruption: AbortSignal = controller.signal;

/** Stops at the next safe point, after everything observed is stored and notified. */
export function interrupt(): void {
  controller.abort(new Interrupted());
}

for (const name of ['SIGINT', 'SIGTERM'] as const) {
  process.on(name, () => {
    // A second one stops at once.
    if (interruption.aborted) process.exit(EXIT.interrupted);
    interrupt();
  });
}

/**
 * After the plain `fstat` of a pipe, Node resolves no symbolic link to a module in a known folder: `realpathSync` takes what was
 * looked at last for the path's own type. A package that pnpm or `npm link` has installed then finds nothing that it needs.
 */
const BIGINT = { bigint: true } as const;

/** Whether this run continues when its terminal closes. */
export const outlivesTerminal = startedByNohup();

// A closed terminal sends more than one, so the second means no more than the first.
process.on('SIGHUP', () => {
  if (!outlivesTerminal) interrupt();
});

/**
 * nohup ignores SIGHUP for the program that it starts. Node restores the default before it runs any script, so only other traces of nohup
 * are left: the name of the command in the shell's variable, where nohup points standard input and output to, and a parent, such as a
 * script, that ignores SIGHUP itself.
 */
function startedByNohup(): boolean {
  return (
    basename(process.env._ ?? '') === 'nohup' || inputIsUnreadable() || outputIsNohupOut() || parentIgnoresHangup()
  );
}

/** In place of a terminal, GNU nohup gives an input that cannot be read: /dev/null, opened for writing. */
function inputIsUnreadable(): boolean {
  try {
    // Reading from anything else might wait.
    if (fstatSync(0, BIGINT).rdev !== statSync('/dev/null', BIGINT).rdev) return false;
    readSync(0, Buffer.alloc(1));
    return false;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EBADF';
  }
}

/** In place of a terminal, every nohup gives this output. */
function outputIsNohupOut(): boolean {
  const outputs = [1, 2].map((fd) => attempt(() => fstatSync(fd, BIGINT)));
  return ['nohup.out', join(homedir(), 'nohup.out')].some((file) => {
    const nohupOut = attempt(() => statSync(file, BIGINT));
    return nohupOut !== undefined && outputs.some((output) => output !== undefined && isSame(output, nohupOut));
  });
}

function isSame(one: BigIntStats, other: BigIntStats): boolean {
  return one.isFile() && one.dev === other.dev && one.ino === other.ino;
}

/** Linux only. */
function parentIgnoresHangup(): boolean {
  const status = attempt(() => readFileSync(`/proc/${process.ppid}/status`, 'utf8')) ?? '';
  const lastDigit = /^SigIgn:\s*[0-9a-f]*([0-9a-f])$/m.exec(status)?.[1] ?? '0';
  // SIGHUP is signal 1, the lowest bit.
  return Number.parseInt(lastDigit, 16) % 2 === 1;
}

function attempt<T>(look: () => T): T | undefined {
  try {
    return look();
  } catch {
    return undefined;
  }
}
