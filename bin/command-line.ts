/** The command line: runs one command and turns its end into an exit status and at most one message. */

import { setImmediate } from 'node:timers/promises';
import { type Command, type Io, usage, usageOf } from '../cli/input/command';
import { dashesMissing, Flags, short, takenByNpm } from '../cli/input/flags';
import type * as Signals from '../cli/input/signals';
import { EXIT, exitOfError } from '../cli/output/exit-status';
import { StandardStreams } from '../cli/output/standard-streams';
import { usesColour } from '../cli/output/terminal';
import { systemClock } from '../lambda/adapters/system';
import { nearest } from '../lambda/contract/values/nearest';
import { Interrupted, InvalidInput } from '../lambda/core/model/errors';

/** Loaded when it runs: a command brings the AWS SDK, a database or the interpreter, and none needs all of them. */
const COMMANDS: ReadonlyMap<string, () => Promise<Command>> = new Map([
  ['demo', async () => (await import('../cli/commands/demo.js')).demoCommand],
  ['wait', async () => (await import('../cli/commands/wait.js')).waitCommand],
  ['check', async () => (await import('../cli/commands/check.js')).checkCommand],
  ['history', async () => (await import('../cli/commands/history.js')).historyCommand],
  ['mute', async () => (await import('../cli/commands/mute.js')).muteCommand],
  ['doctor', async () => (await import('../cli/commands/doctor.js')).doctorCommand],
  ['status', async () => (await import('../cli/commands/receipt.js')).statusCommand],
  ['receipt', async () => (await import('../cli/commands/receipt.js')).receiptCommand],
  ['approve', async () => (await import('../cli/commands/answer.js')).approveCommand],
  ['reject', async () => (await import('../cli/commands/answer.js')).rejectCommand],
  ['resume', async () => (await import('../cli/commands/resume.js')).resumeCommand],
  ['forecast', async () => (await import('../cli/commands/forecast.js')).forecastCommand],
  ['replay', async () => (await import('../cli/commands/replay.js')).replayCommand],
  ['simulate', async () => (await import('../cli/commands/simulate.js')).simulateCommand],
]);

const allCommands = () => Promise.all([...COMMANDS.values()].map((load) => load()));

async function main(args: readonly string[], io: Io): Promise<number> {
  const [first, ...others] = args;
  if (first === '--help' || first === '-h' || first === 'help') {
    io.stdout(usage(await allCommands()));
    return EXIT.ok;
  }
  const named = first !== undefined && !first.startsWith('-');
  const [name, rest] = named ? [first, others] : ['demo', args];
  const command = await COMMANDS.get(name)?.();
  if (command === undefined) {
    throw new InvalidInput([`unknown command "${short(name)}"; ${await whatInstead(name, io.env)}`]);
  }
  if (rest.includes('--help') || rest.includes('-h')) {
    io.stdout(usageOf(command));
    return EXIT.ok;
  }
  isWait = command.name === 'wait';
  return await command.run(new Flags(command.name, command.flags, rest, io.env), io);
}

async function whatInstead(name: string, env: Io['env']): Promise<string> {
  const names = [...COMMANDS.keys()];
  const meant = nearest(name, names);
  if (meant !== undefined) return `did you mean ${meant}? See --help`;
  const flags = (await allCommands()).flatMap((command) => Object.keys(command.flags));
  return flags.some((flag) => takenByNpm(flag, env)) ? dashesMissing('demo') : `valid commands are ${names.join(', ')}`;
}

function messageOf(error: unknown): string {
  // One line: a file name may contain a line break.
  if (error instanceof InvalidInput) return error.problems.join('; ').replace(/\p{Cc}/gu, '?');
  return error instanceof Error ? error.message : String(error);
}

/** @param signals of the file that the command starts: they are in effect before this one is loaded. @returns the exit status. */
export async function runCommandLine({ interrupt, interruption, outlivesTerminal }: typeof Signals): Promise<number> {
  /** Why standard output was lost; null while it is there, and for a run that goes on without it. */
  let outputLost: NodeJS.ErrnoException | null = null;
  const streams = new StandardStreams((error) => {
    if (outlivesTerminal) return;
    outputLost ??= error;
    interrupt();
  });

  // The embedded database throws some errors where they cannot be caught. Node would exit with 1, which means that the migration failed.
  process.on('uncaughtException', (error: unknown) => {
    streams.stderr(`oms-cutover: ${messageOf(error)}\n`);
    process.exit(EXIT.ours);
  });

  // On Node 20 the AWS SDK would print a notice about its support on every start.
  process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED = 'true';

  const io: Io = {
    env: process.env,
    stdout: streams.stdout,
    stderr: streams.stderr,
    settled: () => streams.settled(),
    colour: usesColour(process.env, process.stdout.isTTY === true),
    ...(process.stdout.columns > 0 ? { columns: process.stdout.columns } : {}),
    clock: systemClock,
    signal: interruption,
    outlivesTerminal,
  };
  const own = await ended(process.argv.slice(2), io);
  await streams.settled().catch(() => undefined);
  return outputLost === null ? own : statusWithout(outputLost, own, io);
}

async function ended(args: readonly string[], io: Io): Promise<number> {
  try {
    // What was signalled while the program was loaded is known one turn later.
    await setImmediate();
    if (io.signal.aborted) throw new Interrupted();
    return await main(args, io);
  } catch (error) {
    if (!(error instanceof Interrupted)) io.stderr(`oms-cutover: ${messageOf(error)}\n`);
    return exitOfError(error);
  }
}

let isWait = false;

/** A reader that closes the pipe (`| head`) is not an error. */
function statusWithout(lost: NodeJS.ErrnoException, own: number, io: Io): number {
  if (lost.code !== 'EPIPE') {
    io.stderr(`oms-cutover: the output cannot be written: ${lost.message}\n`);
    return EXIT.ours;
  }
  // Without a reader a wait cannot report that the goal was met, so it must not exit with 0.
  if (isWait) return EXIT.interrupted;
  return own === EXIT.interrupted ? EXIT.ok : own;
}
