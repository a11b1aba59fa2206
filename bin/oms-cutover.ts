/** What the command starts: answers what needs no more than this file, and otherwise loads the command line. */
import { version } from '../package.json';

const [first] = process.argv.slice(2);
if (first === '--version' || first === 'version') process.stdout.write(`oms-cutover ${version}\n`);
else void run();

async function run(): Promise<void> {
  // First, so that a signal while the rest is loaded is not missed.
  const signals = await import('../cli/input/signals.js');
  const { runCommandLine } = await import('./command-line.js');
  process.exitCode = await runCommandLine(signals);
}
