/**
 * How long one event takes for a whole fleet, and how much memory: `npm run bench:fleet -- [--projects N]`, JSON on standard output. OMS
 * answers in 100 ms and DynamoDB in 10 ms; the ideal is what those times alone would take at the concurrency used. The function is warm, as
 * a schedule of five minutes keeps it, and each project has a history of 20 polls. The time limit of an invocation is ignored: the stack gives
 * a part of the projects to each invocation.
 */
import { execFileSync, fork } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { marshall } from '@aws-sdk/util-dynamodb';
import { DEFAULT_WAIT_SETTINGS } from '../lambda/contract/defaults';
import { ENV } from '../lambda/contract/environment';
import { type FleetEvent, LISTED, partsFor } from '../lambda/contract/fleet';
import { derive } from '../lambda/core/check/derive';
import { FLEET_CONCURRENCY, isDue, isInPart } from '../lambda/core/fleet/shares';
import type { ProjectState } from '../lambda/core/model/project-state';
import { ok } from '../test/support/values/observations';
import { DYNAMODB_MS, OMS_MS, type Peers, startPeers } from './fleet-peers';

const ROOT = join(__dirname, '..');
const SIZES = [1_000, 10_000];
const LARGEST = 100_000;
const INTERVAL_SECONDS = 300;
const TURNS = 5;
/** Looked at before the clock starts: the first event of a new function also loads and connects. */
const WARM_UP = 50;
/** OMS beside the read of latest, then the snapshot, then latest. */
const CRITICAL_PATH_MS = Math.max(OMS_MS, DYNAMODB_MS) + 2 * DYNAMODB_MS;

interface Report {
  readonly seconds: number;
  readonly checked: number;
  readonly cpuSeconds: number;
  readonly peakMiB: number;
}

async function main(): Promise<void> {
  const { values } = parseArgs({ options: { projects: { type: 'string' } } });
  const { projects = '' } = values;
  if (!/^([1-9]\d{0,5})?$/.test(projects))
    throw new Error(`--projects must be a whole number above 0, got "${projects}"`);
  const sizes = projects === '' ? SIZES : [Number(projects)];
  // What is measured is what deploys, and of these sources.
  execFileSync('npm', ['run', '--silent', 'build'], { cwd: ROOT, stdio: ['ignore', 'ignore', 'inherit'] });
  const peers = await startPeers({ username: 'bench', password: 'bench' });
  try {
    console.log(
      JSON.stringify({
        sizes: await measureSizes(sizes, peers),
        ...(projects === '' ? { part: await measurePart(peers) } : {}),
        omsMs: OMS_MS,
        dynamoDbMs: DYNAMODB_MS,
        node: process.version,
        cores: cpus().length,
      }),
    );
  } finally {
    await peers.close();
  }
}

async function measureSizes(sizes: readonly number[], peers: Peers) {
  const measured = [];
  for (const projects of sizes) {
    const idealSeconds = (projects * CRITICAL_PATH_MS) / 1000 / FLEET_CONCURRENCY;
    console.error(`${projects} projects, ${idealSeconds} s at best ...`);
    const { seconds, peakMiB, cpuSeconds } = await measure(projects, peers);
    const ratio = seconds / idealSeconds;
    console.error(`  ${seconds.toFixed(2)} s, ${ratio.toFixed(2)} times the ideal, ${peakMiB.toFixed(0)} MiB at most`);
    measured.push({
      projects,
      concurrency: FLEET_CONCURRENCY,
      seconds: rounded(seconds, 3),
      idealSeconds: rounded(idealSeconds, 3),
      ratio: rounded(ratio, 3),
      peakMiB: rounded(peakMiB, 1),
      cpuMsPerProject: rounded((cpuSeconds * 1000) / projects, 2),
      projectsPerSecond: rounded(projects / seconds, 1),
    });
  }
  return measured;
}

/** One size in a process of its own, so that its peak is its own too. */
async function measure(projects: number, peers: Peers): Promise<Report> {
  const ids = numbered(projects);
  return await measureEvent(ids, { projects: ids, intervalSeconds: INTERVAL_SECONDS }, peers);
}

const numbered = (count: number) => Array.from({ length: count }, (_, i) => `p_${String(i).padStart(12, '0')}`);

/** One part of one turn of the largest fleet, as the schedule divides it: the list is read from its file, and filtered. */
async function measurePart(peers: Peers) {
  const folder = mkdtempSync(join(tmpdir(), 'oms-cutover-'));
  try {
    const all = numbered(LARGEST);
    const file = join(folder, 'projects.json');
    writeFileSync(file, JSON.stringify(all));
    const part = { index: 0, of: partsFor(LARGEST, TURNS) };
    const turn = { at: Date.parse('2026-11-23T00:00:00Z'), of: TURNS };
    const mine = all.filter((id) => isInPart(id, part) && isDue(id, { turn, intervalSeconds: INTERVAL_SECONDS }));
    const event: FleetEvent = {
      projects: LISTED,
      intervalSeconds: INTERVAL_SECONDS,
      turn: { ...turn, at: new Date(turn.at).toISOString() },
      part,
    };
    console.error(`part 1 of ${part.of} of a turn of ${LARGEST} projects ...`);
    const { seconds, peakMiB, checked } = await measureEvent(mine, event, peers, { [ENV.projectsFile]: file });
    console.error(`  ${checked} checks in ${seconds.toFixed(2)} s, ${peakMiB.toFixed(0)} MiB at most`);
    return { projects: LARGEST, parts: part.of, checked, seconds: rounded(seconds, 3), peakMiB: rounded(peakMiB, 1) };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

async function measureEvent(
  ids: readonly string[],
  event: FleetEvent,
  peers: Peers,
  settings: Readonly<Record<string, string>> = {},
): Promise<Report> {
  const projects = ids.length;
  const warmUp = Array.from({ length: WARM_UP }, (_, i) => `p_warm${String(i).padStart(8, '0')}`);
  const past = latestAfterTwentyPolls();
  peers.table.projectState.clear();
  for (const project of [...ids, ...warmUp])
    peers.table.projectState.set(
      project,
      marshall({ pk: project, sk: 'STATE', ...past, project }, { removeUndefinedValues: true }),
    );
  const snapshotsBefore = peers.table.snapshots;
  const child = fork(join(__dirname, 'fleet-child.js'), [join(ROOT, 'dist/lambda/check/index.js')], {
    execArgv: [],
    env: { ...environment(peers), ...settings },
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  const next = () =>
    new Promise<Report>((resolve, reject) => {
      child.once('message', (message) => resolve(message as Report));
      child.once('exit', (status) => reject(new Error(`the checking process ended with ${status}`)));
    });
  await next();
  const ask = async (asked: FleetEvent) => {
    const answer = next();
    child.send(asked);
    return await answer;
  };
  await ask({ projects: warmUp, intervalSeconds: INTERVAL_SECONDS });
  const report = await ask(event);
  child.removeAllListeners('exit');
  child.disconnect();
  // A quick run that did not do its work would be no result.
  const kept = peers.table.snapshots - snapshotsBefore - WARM_UP;
  const moved = ids.filter((id) => peers.table.projectState.get(id)?.version?.N === String(past.version + 1)).length;
  if (report.checked !== projects || kept !== projects || moved !== projects || peers.table.conflicts !== 0) {
    throw new Error(
      `of ${projects} projects ${report.checked} were checked, ${kept} snapshots kept, ${moved} moved on`,
    );
  }
  return report;
}

function latestAfterTwentyPolls(): ProjectState {
  let projectState: ProjectState | undefined;
  for (let i = 20; i > 0; i -= 1) {
    const observation = ok(Date.now() - i * 300_000, { importance: 'HIGH', fullMigrationProgress: 62 - i });
    projectState = derive(projectState, observation, {
      project: 'p_past',
      checkId: `check${i}`,
      looker: 'schedule',
      waitId: null,
      question: { goal: { type: 'FINISHED' }, settings: DEFAULT_WAIT_SETTINGS, firstPoll: false, deadlineAt: null },
      scheduleIntervalSeconds: 300,
    }).projectState;
  }
  return projectState as ProjectState;
}

/** Nothing is inherited: the run can reach no real account. */
function environment(peers: Peers): Record<string, string> {
  return {
    AWS_REGION: 'us-east-1',
    AWS_ACCESS_KEY_ID: 'bench',
    AWS_SECRET_ACCESS_KEY: 'bench',
    AWS_CONFIG_FILE: '/nonexistent',
    AWS_SHARED_CREDENTIALS_FILE: '/nonexistent',
    AWS_ENDPOINT_URL: 'http://127.0.0.1:9',
    AWS_ENDPOINT_URL_DYNAMODB: peers.dynamoDbUrl,
    AWS_ENDPOINT_URL_SECRETS_MANAGER: peers.secretsUrl,
    AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true',
    [ENV.tableName]: 'bench',
    [ENV.topicArn]: 'arn:aws:sns:us-east-1:000000000000:bench',
    [ENV.omsEndpoint]: peers.omsUrl,
    [ENV.omsSecretId]: 'arn:aws:secretsmanager:us-east-1:000000000000:secret:bench-abcdef',
  };
}

function rounded(value: number, digits: number): number {
  return Number(value.toFixed(digits));
}

main().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
