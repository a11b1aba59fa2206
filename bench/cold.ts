/**
 * `npm run --silent bench:cold [-- --before REVISION] [--rounds N]`: what a start of the function takes, load and first invocation, and what a
 * warm check takes, beside a minimal function for the same job; and what a start of the command line takes. One JSON document.
 *
 * Each start is a process of its own, and the functions take turns, so that a busy machine slows all of them alike. Ratios are medians of the
 * ratios within a round: ours to the other's. `cpuMs` counts the process's own time, which a busy machine changes least.
 */
import { execFileSync, spawn } from 'node:child_process';
import { mkdirSync, statSync } from 'node:fs';
import { cpus } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { type BuildOptions, build } from 'esbuild';
import { measureCommandLine } from './cold/command-line';
import { inTurn, median, medianRatio, rounded } from './cold/medians';
import { type Peers, startPeers } from './cold/peers';
import { commitOf, ROOT, withBaseTree } from './compare/base-tree';

const WARM_INVOCATIONS = 300;
const BUNDLE = 'dist/lambda/check/index.js';
/** Inside the repository, so that what is not in a bundle is found in its node_modules. */
const PEERS = join(ROOT, 'node_modules/.cache/bench-cold');

const WAIT = { wait: { projectId: 'p_bench', minIntervalSeconds: 300, maxIntervalSeconds: 300 } };
const SCHEDULE = { projects: ['p_bench'], intervalSeconds: 300 };
const THEIR_EVENT = { project: 'p_bench' };

interface Subject {
  readonly name: string;
  readonly file: string;
  readonly event: object;
}

interface Start {
  readonly loadMs: number;
  readonly firstMs: number;
  readonly cpuMs: number;
  readonly warmCpuMs: number;
  readonly logBytes: number;
}

async function main(): Promise<void> {
  const { values } = parseArgs({ options: { before: { type: 'string' }, rounds: { type: 'string' } } });
  const { before, rounds = '15' } = values;
  if (!/^[1-9]\d?$/.test(rounds)) throw new Error(`--rounds must be a whole number from 1 to 99, got "${rounds}"`);
  if (before === undefined) {
    execFileSync('npm', ['run', '--silent', 'build'], { cwd: ROOT, stdio: ['ignore', 'ignore', 'inherit'] });
    await run(await subjects(), ROOT, Number(rounds));
    return;
  }
  const commit = commitOf(before);
  if (commit === null) throw new Error(`${before} is not a revision of this repository`);
  await withBaseTree(commit, async (base) => {
    const old: Subject = { name: `before (${commit})`, file: join(base, BUNDLE), event: WAIT };
    await run([...(await subjects()), old], base, Number(rounds));
  });
}

async function subjects(): Promise<readonly Subject[]> {
  mkdirSync(PEERS, { recursive: true });
  const common: BuildOptions = {
    entryPoints: [join(__dirname, 'cold/hand-written.mjs')],
    bundle: true,
    platform: 'node',
    target: 'node20',
    minify: true,
    logLevel: 'warning',
  };
  const cdkDefault = join(PEERS, 'cdk-default.cjs');
  const bundled = join(PEERS, 'bundled.mjs');
  // What NodejsFunction does for a runtime that has the SDK.
  await build({ ...common, outfile: cdkDefault, format: 'cjs', external: ['@aws-sdk/*', '@smithy/*'] });
  // What guides on cold starts advise.
  const banner = "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);";
  const esm: BuildOptions = { format: 'esm', mainFields: ['module', 'main'], banner: { js: banner } };
  await build({ ...common, ...esm, outfile: bundled });
  return [
    { name: 'ours', file: join(ROOT, BUNDLE), event: WAIT },
    { name: 'ours, from the schedule', file: join(ROOT, BUNDLE), event: SCHEDULE },
    { name: 'hand-written, SDK bundled, ESM', file: bundled, event: THEIR_EVENT },
    { name: "hand-written, SDK outside (CDK's default)", file: cdkDefault, event: THEIR_EVENT },
  ];
}

async function run(all: readonly Subject[], before: string, rounds: number): Promise<void> {
  const starts = await measure(all, rounds);
  const commandLine = await measureCommandLine(before, rounds);
  console.log(
    JSON.stringify({ ...report(all, starts), commandLine, rounds, node: process.version, cores: cpus().length }),
  );
}

async function measure(all: readonly Subject[], rounds: number): Promise<readonly (readonly Start[])[]> {
  const peers = await Promise.all(all.map(() => startPeers()));
  const starts: Start[][] = all.map(() => []);
  const startOf = (index: number, warm: number) => start(all[index] as Subject, peers[index] as Peers, warm);
  try {
    // The project's first check does more, and the disk has the file afterwards.
    for (const index of all.keys()) await startOf(index, 0);
    for (let round = 0; round < rounds; round += 1) {
      for (const index of inTurn(all.length, round)) starts[index]?.push(await startOf(index, WARM_INVOCATIONS));
      console.error(`round ${round + 1} of ${rounds}`);
    }
  } finally {
    for (const one of peers) one.close();
  }
  return starts;
}

function report(all: readonly Subject[], starts: readonly (readonly Start[])[]) {
  const of = (index: number, figure: (start: Start) => number) => (starts[index] ?? []).map(figure);
  const figures = all.map(({ name, file }, index) => ({
    name,
    bytes: statSync(file).size,
    loadMs: rounded(median(of(index, (one) => one.loadMs)), 1),
    firstMs: rounded(median(of(index, (one) => one.firstMs)), 1),
    cpuMs: rounded(median(of(index, (one) => one.cpuMs)), 1),
    warmCpuMs: rounded(median(of(index, (one) => one.warmCpuMs)), 3),
    logBytes: rounded(median(of(index, (one) => one.logBytes)), 0),
    oursToIts: {
      cold: medianRatio(of(0, totalMs), of(index, totalMs)),
      coldCpu: medianRatio(
        of(0, (one) => one.cpuMs),
        of(index, (one) => one.cpuMs),
      ),
      warmCpu: medianRatio(
        of(0, (one) => one.warmCpuMs),
        of(index, (one) => one.warmCpuMs),
      ),
    },
  }));
  const [ours, ...peers] = figures;
  const [, handWritten, cdkDefault, before] = peers;
  return {
    ours,
    peers,
    ratioToHandWritten: handWritten?.oursToIts.cold,
    ratioToCdkDefault: cdkDefault?.oursToIts.cold,
    ...(before === undefined ? {} : { ratioToBefore: before.oursToIts.cold }),
  };
}

function totalMs({ loadMs, firstMs }: Start): number {
  return loadMs + firstMs;
}

function start({ file, event }: Subject, peers: Peers, warm: number): Promise<Start> {
  const child = spawn(
    process.execPath,
    [join(__dirname, 'cold/child.cjs'), file, JSON.stringify(event), String(warm)],
    // The pipe is for the figures: standard output is the function's log.
    { env: { ...peers.env }, stdio: ['ignore', 'ignore', 'inherit', 'pipe'] },
  );
  let text = '';
  child.stdio[3]?.on('data', (chunk: Buffer) => {
    text += chunk.toString();
  });
  const before = peers.stored();
  return new Promise((resolve, reject) => {
    child.on('close', (status) => {
      // A quick run that did not do its work would be no result.
      const missing = 1 + 1.5 * warm - (peers.stored() - before);
      if (status === 0 && missing === 0) resolve(JSON.parse(text) as Start);
      else reject(new Error(`${file} ended with ${status}, and ${missing} states were not stored`));
    });
  });
}

main().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
