/** The command line: runs one command and turns its end into an exit status and at most one message. */

// First, so that a signal during the start is not missed.
import '../cli/input/signals';

import { setImmediate } from 'node:timers/promises';
import { approveCommand, rejectCommand } from '../cli/commands/answer';
import { checkCommand } from '../cli/commands/check';
import { demoCommand } from '../cli/commands/demo';
import { doctorCommand } from '../cli/commands/doctor';
import { forecastCommand } from '../cli/commands/forecast';
import { historyCommand } from '../cli/commands/history';
import { muteCommand } from '../cli/commands/mute';
import { receiptCommand, statusCommand } from '../cli/commands/receipt';
import { replayCommand } from '../cli/commands/replay';
import { simulateCommand } from '../cli/commands/simulate';
import { waitCommand } from '../cli/commands/wait';
import { type Command, type Io, usage, usageOf } from '../cli/input/command';
import { dashesMissing, Flags, short, takenByNpm } from '../cli/input/flags';
import { interrupt, interruption, outlivesTerminal } from '../cli/input/signals';
import { EXIT, exitOfError } from '../cli/output/exit-status';
import { StandardStreams } from '../cli/output/standard-streams';
import { usesColour } from '../cli/output/terminal';
import { systemClock } from '../lambda/adapters/system';
import { nearest } from '../lambda/contract/values/nearest';
import { Interrupted, InvalidInput } from '../lambda/core/model/errors';
import { version } from '../package.json';

const COMMANDS: readonly Command[] = [
  demoCommand,
  waitCommand,
  checkCommand,
  historyCommand,
  muteCommand,
  doctorCommand,
  statusCommand,
  receiptCommand,
  approveCommand,
  rejectCommand,
  forecastCommand,
  replayCommand,
  simulateCommand,
];

async function main(args: readonly string[], io: Io): Promise<number> {
  const [first, ...others] = args;
  if (first === '--help' || first === '-h' || first === 'help') {
    io.stdout(usage(COMMANDS));
    return EXIT.ok;
  }
  if (first === '--version' || first === 'version') {
    io.stdout(`oms-cutover ${version}\n`);
    return EXIT.ok;
  }
  const named = first !== undefined && !first.startsWith('-');
  const [name, rest] = named ? [first, others] : ['demo', args];
  const command = COMMANDS.find((one) => one.name === name);
  if (command === undefined) throw new InvalidInput([`unknown command "${short(name)}"; ${whatInstead(name, io.env)}`]);
  if (rest.includes('--help') || rest.includes('-h')) {
    io.stdout(usageOf(command));
    return EXIT.ok;
  }
  isWait = command === waitCommand;
  return await command.run(new Flags(command.name, command.flags, rest, io.env), io);
}

function whatInstead(name: string, env: Io['env']): string {
  const names = COMMANDS.map((one) => one.name);
  const meant = nearest(name, names);
  if (meant !== undefined) return `did you mean ${meant}? See --help`;
  const npmTookFlags = COMMANDS.some(({ flags }) => Object.keys(flags).some((flag) => takenByNpm(flag, env)));
  return npmTookFlags ? dashesMissing('demo') : `valid commands are ${names.join(', ')}`;
}

function messageOf(error: unknown): string {
  // One line: a file name may contain a line break.
  if (error instanceof InvalidInput) return error.problems.join('; ').replace(/\p{Cc}/gu, '?');
  return error instanceof Error ? error.message : String(error);
}

/** Why standard output was lost; null while it is there, and for a run that goes on without it. */
let outputLost: NodeJS.ErrnoException | null = null;
const streams = new StandardStreams((error) => {
  if (outlivesTerminal) return;
  outputLost ??= error;
  interrupt();
});

/** A reader that closes the pipe (`| head`) is not an error. */
function statusWithout(lost: NodeJS.ErrnoException, own: number): number {
  if (lost.code !== 'EPIPE') {
    io.stderr(`oms-cutover: the output cannot be written: ${lost.message}\n`);
    return EXIT.ours;
  }
  // Without a reader a wait cannot report that the goal was met, so it must not exit with 0.
  if (isWait) return EXIT.interrupted;
  return own === EXIT.interrupted ? EXIT.ok : own;
}

let isWait = false;

// The embedded database throws some errors where they cannot be caught. Node would exit with 1, which means that the migration failed.
process.on('uncaughtException', (error: unknown) => {
  io.stderr(`oms-cutover: ${messageOf(error)}\n`);
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

async function ended(): Promise<number> {
  try {
    // What was signalled while the program was loaded is known one turn later.
    await setImmediate();
    interruption.throwIfAborted();
    return await main(process.argv.slice(2), io);
  } catch (error) {
    if (!(error instanceof Interrupted)) io.stderr(`oms-cutover: ${messageOf(error)}\n`);
    return exitOfError(error);
  }
}

void ended().then(async (own) => {
  await streams.settled().catch(() => undefined);
  process.exitCode = outputLost === null ? own : statusWithout(outputLost, own);
});
