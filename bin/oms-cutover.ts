/** What the command starts: answers what needs no more than this file, and otherwise loads the command line. */

// First, so that a signal during the start is not missed.
import * as signals from '../cli/input/signals';

import { version } from '../package.json';

const [first] = process.argv.slice(2);
if (first === '--version' || first === 'version') process.stdout.write(`oms-cutover ${version}\n`);
else {
  void import('./command-line.js').then(async ({ runCommandLine }) => {
    process.exitCode = await runCommandLine(signals);
  });
}
