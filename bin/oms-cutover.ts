/** The command line. Parses, runs one command, and turns its end into an exit status and at most one message. */

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
import { EXIT, exitOfError } from '../cli/output/exit-status';
import { systemClock } from '../lambda/adapters/system';
import { nearest } from '../lambda/contract/nearest';
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
  // Without its reader a wait cannot say that the goal was met, so it must not look as if it had been.
  if (command === waitCommand) exitWithoutReader = EXIT.interrupted;
  return await command.run(new Flags(command.name, command.flags, rest, io.env), io);
}

function whatInstead(name: string, env: Io['env']): string {
  const names = COMMANDS.map((one) => one.name);
  const meant = nearest(name, names);
  if (meant !== undefined) return `did you mean ${meant}? --help lists them all`;
  const npmTookFlags = COMMANDS.some(({ flags }) => Object.keys(flags).some((flag) => takenByNpm(flag, env)));
  return npmTookFlags ? dashesMissing('demo') : `known are ${names.join(', ')}`;
}

function messageOf(error: unknown): string {
  // One line, whatever was typed: a file's name may hold a line break.
  if (error instanceof InvalidInput) return error.problems.join('; ').replace(/\p{Cc}/gu, '?');
  return error instanceof Error ? error.message : String(error);
}

/** Ctrl-C stops at the next safe point, with all that was seen kept and told; a second one stops at once. */
function interruptible(): AbortSignal {
  const controller = new AbortController();
  for (const name of ['SIGINT', 'SIGTERM'] as const) {
    process.on(name, () => {
      if (controller.signal.aborted) process.exit(EXIT.interrupted);
      controller.abort(new Interrupted());
    });
  }
  return controller.signal;
}

// A reader that has seen enough (`| head`) is no error.
let exitWithoutReader: number = EXIT.ok;
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(exitWithoutReader);
  fail(error);
});

// The embedded database throws some of its trouble where nobody can catch it. Node's own end would be status 1: "the migration failed".
process.on('uncaughtException', fail);

function fail(error: unknown): never {
  process.stderr.write(`oms-cutover: ${messageOf(error)}\n`);
  process.exit(EXIT.ours);
}

// On Node 20 the AWS SDK announces the end of its support on every start; that is for whoever installs, not for whoever reads a wait.
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED = 'true';

const io: Io = {
  env: process.env,
  stdout: (text) => process.stdout.write(text),
  stderr: (text) => process.stderr.write(text),
  colour: process.stdout.isTTY === true && process.env.NO_COLOR === undefined,
  clock: systemClock,
  signal: interruptible(),
};

main(process.argv.slice(2), io).then(
  (status) => {
    process.exitCode = status;
  },
  (error: unknown) => {
    if (!(error instanceof Interrupted)) io.stderr(`oms-cutover: ${messageOf(error)}\n`);
    process.exitCode = exitOfError(error);
  },
);
