/** `npm run bench:wait`: the same traces through the plain job poller and through our wait. Prints one JSON document; the rest goes to stderr. */
import { parseArgs } from 'node:util';
import { playAll } from './wait/crew';
import { longestWait } from './wait/longest-wait';
import { type OurMachines, synthesizeOurs } from './wait/pollers/our-wait';
import { type BenchReport, reportOn } from './wait/report';
import { markdownTable, plainTable, ratioTable } from './wait/table';
import { CATALOGUE } from './wait/traces/catalogue';

const USAGE = `usage: npm run --silent bench:wait -- [--seed N] [--only NAME] [--markdown]
  --seed N      draw other traces (default 1)
  --only NAME   one trace: ${CATALOGUE.map(({ name }) => name).join(', ')}
  --markdown    the tables of docs/performance.md instead of JSON`;

async function main(): Promise<void> {
  const asked = readFlags();
  if (asked === null) {
    console.error(USAGE);
    process.exitCode = 2;
    return;
  }
  const { seed, only, markdown } = asked;
  const ours = await synthesizeOurs();
  const traces = await playTraces(ours, seed, only);
  const report: BenchReport =
    only === undefined ? { seed, traces, longestWaits: await playLongest(ours) } : { seed, traces };
  console.error(`\n${plainTable(report)}`);
  console.log(markdown ? `${ratioTable(report)}\n\n${markdownTable(report)}` : JSON.stringify(report));
}

/** Null if they are invalid. */
function readFlags(): { seed: number; only: string | undefined; markdown: boolean } | null {
  try {
    const { values } = parseArgs({
      options: { seed: { type: 'string' }, only: { type: 'string' }, markdown: { type: 'boolean' } },
    });
    const { seed = '1', only, markdown = false } = values;
    if (!/^\d{1,9}$/.test(seed)) return null;
    if (only !== undefined && !CATALOGUE.some(({ name }) => name === only)) return null;
    return { seed: Number(seed), only, markdown };
  } catch {
    return null;
  }
}

async function playTraces(ours: OurMachines, seed: number, only: string | undefined): Promise<BenchReport['traces']> {
  const groups = CATALOGUE.filter(({ name }) => only === undefined || name === only);
  const jobs = groups.flatMap(({ name, seeds }) =>
    Array.from({ length: seeds }, (_, index) => ({ group: name, seed, index })),
  );
  const began = performance.now();
  const played = await playAll(jobs, ours);
  console.error(`${jobs.length} traces in ${((performance.now() - began) / 1000).toFixed(0)} s`);
  return groups.map((group) =>
    reportOn(
      group,
      played.filter((_, i) => jobs[i]?.group === group.name),
    ),
  );
}

async function playLongest(ours: OurMachines): Promise<NonNullable<BenchReport['longestWaits']>> {
  const waits = [];
  for (const intervalSeconds of [null, 10]) waits.push(await longestWait(ours, intervalSeconds));
  for (const { intervalSeconds, ...rest } of waits) console.error(intervalSeconds ?? 'default interval', rest);
  return waits;
}

void main();
