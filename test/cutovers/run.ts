/** `npm run test:cutovers -- [--seed N] [--count N]`: random cutovers through the definition that deploys. Prints one JSON object. */
import { parseArgs } from 'node:util';
import { deploy } from './machines';
import { play } from './play';

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: { seed: { type: 'string' }, count: { type: 'string' }, verbose: { type: 'boolean' } },
    strict: true,
  });
  const number = (name: 'seed' | 'count', otherwise: number) => {
    const value = values[name];
    if (value === undefined) return otherwise;
    if (/^\d{1,9}$/.test(value)) return Number(value);
    throw new Error(`--${name} must be a whole number, got "${value}"`);
  };
  const seed = number('seed', 1);
  const count = number('count', 1000);
  const report = await play(
    deploy(),
    seed,
    count,
    values.verbose === true ? (line) => process.stderr.write(`${line}\n`) : undefined,
  );
  process.stdout.write(`${JSON.stringify(report.counts)}\n`);
  for (const bad of report.bad.slice(0, 20)) process.stderr.write(`${JSON.stringify(bad)}\n`);
  const { switched, rolledBack, cutovers } = report.counts;
  const varied = cutovers < 1000 || (switched > cutovers / 10 && rolledBack > cutovers / 10);
  if (report.bad.length > 0 || !varied) process.exitCode = 1;
}

main().catch((error: Error) => {
  process.stderr.write(`${error.stack ?? error.message}\n`);
  process.exitCode = 1;
});
