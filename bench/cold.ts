/**
 * `npm run --silent bench:cold [-- --before REVISION] [--rounds N]`: what a start of the function takes, load and first invocation, and what a
 * warm check takes, beside a function written by hand for the same job. One JSON document.
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
import { type Peers, startPeers } from './cold/peers';
import { commitOf, ROOT, withBaseTree } from './compare/base-tree';

const WARM_INVOCATIONS = 300;
const BUNDLE = 'dist/lambda/check/index.js';
/** Inside the repository, so that what is not in a bundle is found in its node_modules. */
const PEERS = join(ROOT, 'node_modules/.cache/bench-cold');

const INTERVALS = { minIntervalSeconds: 300, maxIntervalSeconds: 300 };
/** A round of a wait, and of the schedule. */
const OUR_EVENTS = [{ wait: { projectId: 'p_bench', ...INTERVALS } }, { projects: ['p_bench'], intervalSeconds: 300 }];
const THEIR_EVENTS = [{ project: 'p_bench' }];

interface Subject {
  readonly name: string;
  readonly file: string;
  readonly events: readonly object[];
}

interface Start {
  readonly loadMs: number;
  readonly firstMs: number;
  readonly cpuMs: number;
  /** By event. */
  readonly warm: readonly { readonly cpuMs: number; readonly logBytes: number }[];
}

async function main(): Promise<void> {
  const { values } = parseArgs({ options: { before: { type: 'string' }, rounds: { type: 'string' } } });
  const { before, rounds = '15' } = values;
  if (!/^[1-9]\d?$/.test(rounds)) throw new Error(`--rounds must be a whole number from 1 to 99, got "${rounds}"`);
  if (before === undefined) {
    execFileSync('npm', ['run', '--silent', 'build'], { cwd: ROOT, stdio: ['ignore', 'ignore', 'inherit'] });
    await measure(await subjects(), Number(rounds));
    return;
  }
  const commit = commitOf(before);
  if (commit === null) throw new Error(`${before} is not a revision of this repository`);
  await withBaseTree(commit, async (base) => {
    const old: Subject = { name: `before (${commit})`, file: join(base, BUNDLE), events: OUR_EVENTS };
    await measure([...(await subjects()), old], Number(rounds));
  });
}

async function subjects(): Promise<readonly [Subject, Subject, Subject]> {
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
    { name: 'ours', file: join(ROOT, BUNDLE), events: OUR_EVENTS },
    { name: 'hand-written, SDK bundled, ESM', file: bundled, events: THEIR_EVENTS },
    { name: "hand-written, SDK outside (CDK's default)", file: cdkDefault, events: THEIR_EVENTS },
  ];
}

async function measure(all: readonly Subject[], rounds: number): Promise<void> {
  const peers = new Map<Subject, Peers>();
  const starts = new Map<Subject, Start[]>();
  try {
    for (const subject of all) {
      peers.set(subject, await startPeers());
      // The project's first check does more, and the disk has the file afterwards.
      await start(subject, peers.get(subject) as Peers, 0);
      starts.set(subject, []);
    }
    for (let round = 0; round < rounds; round += 1) {
      // Whoever comes first, changes.
      for (const subject of [...all.slice(round % all.length), ...all.slice(0, round % all.length)]) {
        starts.get(subject)?.push(await start(subject, peers.get(subject) as Peers, WARM_INVOCATIONS));
      }
      console.error(`round ${round + 1} of ${rounds}`);
    }
  } finally {
    for (const one of peers.values()) one.close();
  }
  report(all, starts, rounds);
}

function report(all: readonly Subject[], starts: ReadonlyMap<Subject, readonly Start[]>, rounds: number): void {
  const [ours, ...others] = all as [Subject, ...Subject[]];
  const of = (subject: Subject) => starts.get(subject) ?? [];
  const against = (subject: Subject, figure: (start: Start) => number) =>
    rounded(median(of(ours).map((one, round) => figure(one) / figure(of(subject)[round] as Start))), 2);
  const figures = (subject: Subject) => ({
    bytes: statSync(subject.file).size,
    loadMs: rounded(median(of(subject).map(({ loadMs }) => loadMs)), 1),
    firstMs: rounded(median(of(subject).map(({ firstMs }) => firstMs)), 1),
    cpuMs: rounded(median(of(subject).map(({ cpuMs }) => cpuMs)), 1),
    warm: subject.events.map((_, event) => ({
      cpuMs: rounded(median(of(subject).map(({ warm }) => warm[event]?.cpuMs ?? 0)), 3),
      logBytes: rounded(median(of(subject).map(({ warm }) => warm[event]?.logBytes ?? 0)), 0),
    })),
  });
  const ratios = (subject: Subject) => ({
    cold: against(subject, ({ loadMs, firstMs }) => loadMs + firstMs),
    coldCpu: against(subject, ({ cpuMs }) => cpuMs),
    warmCpu: against(subject, ({ warm }) => warm[0]?.cpuMs ?? 0),
  });
  const peers = others.map((subject) => ({ name: subject.name, ...figures(subject), oursToIts: ratios(subject) }));
  const [handWritten, cdkDefault, before] = peers;
  console.log(
    JSON.stringify(
      {
        ours: figures(ours),
        peers,
        ratioToHandWritten: handWritten?.oursToIts.cold,
        ratioToCdkDefault: cdkDefault?.oursToIts.cold,
        ...(before === undefined ? {} : { ratioToBefore: before.oursToIts.cold }),
        rounds,
        warmInvocations: WARM_INVOCATIONS,
        node: process.version,
        cores: cpus().length,
      },
      null,
      2,
    ),
  );
}

function start({ file, events }: Subject, peers: Peers, warm: number): Promise<Start> {
  const child = spawn(
    process.execPath,
    [join(__dirname, 'cold/child.cjs'), file, JSON.stringify(events), String(warm)],
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
      const missing = 1 + events.length * 1.5 * warm - (peers.stored() - before);
      if (status === 0 && missing === 0) resolve(JSON.parse(text) as Start);
      else reject(new Error(`${file} ended with ${status}, and ${missing} states were not stored`));
    });
  });
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const [low = 0, high = 0] = [sorted[middle - 1 + (sorted.length % 2)], sorted[middle]];
  return (low + high) / 2;
}

function rounded(value: number, digits: number): number {
  return Number(value.toFixed(digits));
}

main().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
