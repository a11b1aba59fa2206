/**
 * `npm run --silent bench:compare [-- REVISION]`: every bench here and at the last release (the newest tag, or the revision given), checked
 * out into a temporary worktree. Prints one JSON document, and ends in 1 where a figure is worse by more than a tenth.
 *
 * Benches in virtual time give the same figures on every run: they run once, and every change is listed. The bench on the wall clock runs
 * several times, in turn with the base, and its medians are compared: read its `ratios` before believing a `ratio`.
 */
import { parseArgs } from 'node:util';
import { commitOf, git, npm, ROOT, withBaseTree } from './compare/base-tree';
import { compared, type Figures, figuresOf, isRegression, repeated } from './compare/figures';

const USAGE = `usage: npm run --silent bench:compare -- [REVISION] [--only BENCH] [--repeats N]
  REVISION      what to compare with (default: the newest tag)
  --only BENCH  wait, cutover or fleet
  --repeats N   runs of each side on the wall clock (default 5)`;

interface Bench {
  readonly name: string;
  readonly clock: 'virtual' | 'wall';
  readonly args: readonly string[];
  /** Selects the figures that are ours. */
  readonly counts: (figure: string) => boolean;
}

const BENCHES: readonly Bench[] = [
  {
    name: 'wait',
    clock: 'virtual',
    args: [],
    counts: (figure) => /(^longestWaits|\/ours)\//.test(figure) && !/\/(ends\/|intervalSeconds$)/.test(figure),
  },
  { name: 'cutover', clock: 'virtual', args: [], counts: (figure) => figure.startsWith('ours/') },
  {
    name: 'fleet',
    clock: 'wall',
    args: ['--projects', '1000'],
    counts: (figure) => /\/(seconds|peakMiB|cpuMsPerProject)$/.test(figure),
  },
];

class Misuse extends Error {}

interface Asked {
  readonly revision: string;
  readonly benches: readonly Bench[];
  readonly repeats: number;
}

function readArguments(): Asked {
  const { values, positionals } = parsed();
  const { only, repeats = '5' } = values;
  const benches = BENCHES.filter(({ name }) => only === undefined || name === only);
  if (benches.length === 0 || positionals.length > 1 || !/^[1-9]\d?$/.test(repeats)) throw new Misuse(USAGE);
  return { revision: positionals[0] ?? newestTag(), benches, repeats: Number(repeats) };
}

function parsed() {
  try {
    return parseArgs({
      allowPositionals: true,
      options: { only: { type: 'string' }, repeats: { type: 'string' } },
    });
  } catch {
    throw new Misuse(USAGE);
  }
}

function newestTag(): string {
  const [tag] = git('tag', '--sort=-creatordate').split('\n');
  if (tag === undefined || tag === '')
    throw new Misuse(`There is no tag yet: name the revision to compare with.\n${USAGE}`);
  return tag;
}

async function main(): Promise<void> {
  const { revision, benches, repeats } = readArguments();
  const commit = commitOf(revision);
  if (commit === null) throw new Misuse(`${revision} is not a revision of this repository`);
  await withBaseTree(commit, async (base) => {
    const results = [];
    for (const bench of benches) results.push(await compare(bench, base, repeats));
    const regressions = results.flatMap(({ name, worse }) => worse.map(({ figure }) => `${name}/${figure}`));
    console.log(JSON.stringify({ base: revision, commit, benches: results, regressions }, null, 2));
    for (const regression of regressions) console.error(`worse by more than a tenth: ${regression}`);
    if (regressions.length > 0) process.exitCode = 1;
  });
}

async function compare(bench: Bench, base: string, repeats: number) {
  const { name, clock } = bench;
  console.error(`bench:${name} ...`);
  if (clock === 'virtual') {
    // Load does not affect virtual time.
    const [theirs, ours] = await Promise.all([run(bench, base), run(bench, ROOT)]);
    const figures = compared(theirs, ours);
    const changed = figures.filter((one) => one.base !== one.ours);
    return { name, clock, figures: figures.length, changed, worse: figures.filter(isRegression) };
  }
  const pairs: (readonly [base: Figures, ours: Figures])[] = [];
  for (let i = 0; i < repeats; i += 1) {
    // The second run finds a warmer machine: each side is second equally often.
    if (i % 2 === 0) pairs.push([await run(bench, base), await run(bench, ROOT)]);
    else pairs.push(swapped([await run(bench, ROOT), await run(bench, base)]));
    console.error(`  ${i + 1} of ${repeats}`);
  }
  const medians = repeated(pairs);
  const worse = medians.filter(({ figure, ratio }) => isRegression({ figure, base: 1, ours: ratio }));
  return { name, clock, figures: medians.length, repeats, medians, worse };
}

function swapped<T>([first, second]: readonly [T, T]): [T, T] {
  return [second, first];
}

async function run({ name, args, counts }: Bench, tree: string): Promise<Figures> {
  const figures = figuresOf(JSON.parse(await npm(tree, 'run', '--silent', `bench:${name}`, '--', ...args)), counts);
  if (figures.size === 0) throw new Error(`bench:${name} has printed none of the figures to compare`);
  return figures;
}

main().catch((error: Error) => {
  console.error(error instanceof Misuse ? error.message : (error.stack ?? error.message));
  process.exitCode = error instanceof Misuse ? 2 : 3;
});
