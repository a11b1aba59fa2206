/** `npm run test:faults`: one JSON document on standard output, progress on standard error, exit 1 when an invariant is broken. */
import { parseArgs } from 'node:util';
import { runTrials, trialsWith } from './fault-run';

// On Node 20 the AWS SDK announces the end of its support; said once in the README is enough.
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED = 'true';

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      seed: { type: 'string', default: '1' },
      checks: { type: 'string', default: '10000' },
      only: { type: 'string', default: '' },
    },
  });
  const [seed, checks] = [Number(values.seed), Number(values.checks)];
  if (!Number.isSafeInteger(seed) || !Number.isSafeInteger(checks) || checks < 1) {
    process.stderr.write(`--seed and --checks must be whole numbers, got "${values.seed}" and "${values.checks}"\n`);
    return 2;
  }
  const trials = trialsWith(checks).filter(({ name }) => name.includes(values.only));
  const run = await runTrials(trials, seed, (text) => process.stderr.write(`${text}\n`));
  process.stdout.write(`${JSON.stringify(run, null, 2)}\n`);
  return run.broken.length === 0 ? 0 : 1;
}

main().then(
  (status) => {
    // Killed checks wait for ever; nobody waits for them.
    process.exit(status);
  },
  (error: unknown) => {
    process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`);
    process.exit(1);
  },
);
