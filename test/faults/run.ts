/** `npm run test:faults`: prints one JSON document, and progress to stderr; exits with 1 if an invariant is violated. */
import { parseArgs } from 'node:util';
import { runTrials, trialsWith } from './fault-run';

// No advice of the AWS SDK on the Node version.
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
    // Killed checks never resolve: exit without waiting for them.
    process.exit(status);
  },
  (error: unknown) => {
    process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`);
    process.exit(1);
  },
);
