import { writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { OmsClient } from '../../lambda/adapters/oms/client';
import type { OmsApi, ProjectKind } from '../../lambda/contract/oms';
import { InvalidInput } from '../../lambda/core/model/errors';
import type { Observation } from '../../lambda/core/model/progress';
import { readScenario } from '../../local/simulator/read-scenario';
import { BUILT_IN_SCENARIOS, listScenarios, loadScenario } from '../../local/simulator/scenarios';
import {
  SIMULATOR_PASSWORD,
  SIMULATOR_USERNAME,
  type Simulator,
  type SimulatorOptions,
  startSimulator,
} from '../../local/simulator/simulator';

const START = 1_790_000_000_000;
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

const open: { close(): Promise<void> }[] = [];
afterEach(async () => {
  for (const one of open.splice(0).reverse()) await one.close();
});

const time = { now: START };
const now = () => time.now;

async function simulate(options: Partial<SimulatorOptions>): Promise<Simulator> {
  time.now = START;
  const simulator = await startSimulator({ projects: {}, now, ...options });
  open.push(simulator);
  return simulator;
}

function clientOf(simulator: Simulator, { api = 'auto' as 'auto' | OmsApi, kind = 'migration' as ProjectKind } = {}) {
  const account = { username: SIMULATOR_USERNAME, password: SIMULATOR_PASSWORD };
  const client = new OmsClient({
    endpoint: simulator.url,
    api,
    kind,
    credentials: { read: async () => account, reread: async () => account },
    requestTimeoutMs: 1_000,
    clock: { now },
    random: () => 0,
  });
  open.push(client);
  return client;
}

/** Status, step and percentages over a whole scenario, each change once. */
async function story(name: string, everyMs: number, api: OmsApi = '3.3'): Promise<string[]> {
  const simulator = await simulate({ projects: { p_x: loadScenario(name) } });
  const client = clientOf(simulator, { api });
  const seen: string[] = [];
  for (time.now = START; time.now <= START + simulator.durationMs('p_x') + everyMs; time.now += everyMs) {
    const words = summary(await client.poll('p_x'));
    if (words !== seen.at(-1)) seen.push(words);
  }
  return seen;
}

const summary = (observation: Observation) =>
  observation.outcome === 'OK'
    ? `${observation.progress.status} ${observation.progress.currentStep ?? '-'}`
    : observation.outcome;

describe('the built-in scenarios', () => {
  test.each<[string, string[]]>([
    [
      'full-copy',
      ['INIT -', 'RUNNING PRE_CHECK', 'RUNNING STRUCT_MIGRATION', 'RUNNING FULL_MIGRATION', 'FINISHED FULL_MIGRATION'],
    ],
    [
      'failure',
      ['INIT -', 'RUNNING PRE_CHECK', 'RUNNING STRUCT_MIGRATION', 'RUNNING FULL_MIGRATION', 'FAILED FULL_MIGRATION'],
    ],
    [
      'suspension',
      [
        'INIT -',
        'RUNNING PRE_CHECK',
        'RUNNING STRUCT_MIGRATION',
        'RUNNING FULL_MIGRATION',
        'SUSPEND FULL_MIGRATION',
        'RUNNING FULL_MIGRATION',
        'FINISHED FULL_MIGRATION',
      ],
    ],
    [
      'recovery',
      [
        'INIT -',
        'RUNNING PRE_CHECK',
        'RUNNING STRUCT_MIGRATION',
        'RUNNING FULL_MIGRATION',
        'FAILED FULL_MIGRATION',
        'RUNNING FULL_MIGRATION',
        'FINISHED FULL_MIGRATION',
      ],
    ],
    [
      'synchronisation',
      [
        'INIT -',
        'RUNNING PRE_CHECK',
        'RUNNING STRUCT_MIGRATION',
        'RUNNING INCR_LOG_PULL',
        'RUNNING FULL_MIGRATION',
        'RUNNING INCR_SYNC',
      ],
    ],
    [
      'switchover',
      [
        'INIT -',
        'RUNNING PRE_CHECK',
        'RUNNING STRUCT_MIGRATION',
        'RUNNING INCR_LOG_PULL',
        'RUNNING FULL_MIGRATION',
        'RUNNING INCR_SYNC',
        'RUNNING APP_SWITCH',
        'RUNNING REVERSE_INCR_SYNC',
      ],
    ],
  ])('%s goes through its steps', async (name, steps) => {
    expect(await story(name, MINUTE)).toEqual(steps);
  });

  test('outage makes OMS unreachable for ten minutes', async () => {
    const simulator = await simulate({ projects: { p_x: loadScenario('outage') } });
    const client = clientOf(simulator);
    const at = async (offset: number) => {
      time.now = START + offset;
      return (await client.poll('p_x')).outcome;
    };
    expect(await at(3 * HOUR - 1)).toBe('OK');
    expect(await at(3 * HOUR)).toBe('OmsUnreachable');
    expect(await at(3 * HOUR + 10 * MINUTE)).toBe('OK');
  });

  test('each has a title and a description', () => {
    expect(listScenarios().map(({ name }) => name)).toEqual([...BUILT_IN_SCENARIOS]);
    for (const { title, description } of listScenarios()) expect(`${title}. ${description}`).toMatch(/^\w.+\. \w.+\.$/);
  });

  test('failure ends with the error of OMS, and the 4.1.1 calls name the step', async () => {
    const simulator = await simulate({ projects: { p_x: loadScenario('failure') } });
    time.now = START + 4 * HOUR;
    const old = await clientOf(simulator, { api: '3.3' }).poll('p_x');
    expect(old.said.reason).toBe('The target tenant has no disk space left.');
    const observation = await clientOf(simulator, { api: '4.1.1' }).poll('p_x');
    expect(observation.said.failedStep).toBe('FULL_TRANSFER');
    expect(simulator.requests).toMatchObject({ total: 3, progress: 2, steps: 1, unauthorized: 0 });
  });
});

describe('progress', () => {
  test('moves evenly between two entries, and does not move between two equal ones', async () => {
    const simulator = await simulate({ projects: { p_x: loadScenario('suspension') } });
    const full = (offset: number) => simulator.stateAt('p_x', START + offset)?.full;
    expect([40 * MINUTE, 80 * MINUTE, 2 * HOUR, 2.5 * HOUR, 3 * HOUR, 4.5 * HOUR, 6 * HOUR].map(full)).toEqual([
      0, 20, 40, 40, 40, 70, 100,
    ]);
  });

  test('does not change after the last entry', async () => {
    const simulator = await simulate({ projects: { p_x: loadScenario('full-copy') } });
    expect(simulator.stateAt('p_x', START + 1_000 * HOUR)).toMatchObject({ status: 'FINISHED', full: 100 });
    expect(simulator.durationMs('p_x')).toBe(6 * HOUR);
  });

  test('is accelerated by the speed', async () => {
    const simulator = await simulate({ projects: { p_x: loadScenario('full-copy') }, speed: 3_600 });
    expect(simulator.durationMs('p_x')).toBe(6_000);
    expect(simulator.stateAt('p_x', START + 6_000)?.status).toBe('FINISHED');
    expect(simulator.stateAt('p_x', START + 5_999)?.status).toBe('RUNNING');
  });
});

describe('checkpoints', () => {
  const lagAt = (simulator: Simulator, offset: number) => {
    const at = START + offset;
    const checkpoint = simulator.stateAt('p_x', at)?.checkpoint;
    return checkpoint == null ? null : at / 1000 - checkpoint;
  };

  test('fall to a few seconds and stay there', async () => {
    const simulator = await simulate({ projects: { p_x: loadScenario('synchronisation') } });
    expect(lagAt(simulator, 2 * HOUR)).toBeNull();
    expect(lagAt(simulator, 3 * HOUR)).toBe(8_400);
    expect(lagAt(simulator, 3.5 * HOUR)).toBeGreaterThan(4_000);
    for (let offset = 4 * HOUR; offset < 5 * HOUR; offset += 7_000) {
      expect(lagAt(simulator, offset)).toBeGreaterThanOrEqual(0);
      expect(lagAt(simulator, offset)).toBeLessThanOrEqual(16);
    }
  });

  test('are refreshed every ten seconds', async () => {
    const simulator = await simulate({ projects: { p_x: loadScenario('synchronisation') } });
    const values = Array.from(
      { length: 60 },
      (_, s) => simulator.stateAt('p_x', START + 5 * HOUR + s * 1_000)?.checkpoint,
    );
    expect(new Set(values).size).toBe(6);
  });

  test('freeze forward after the switchover while the reverse one moves', async () => {
    const simulator = await simulate({ projects: { p_x: loadScenario('switchover') } });
    const at = (offset: number) => simulator.stateAt('p_x', START + offset);
    const [early, late] = [at(320 * MINUTE), at(10 * HOUR)];
    expect(late?.checkpoint).toBe(early?.checkpoint);
    expect((late?.reverseCheckpoint ?? 0) - (early?.reverseCheckpoint ?? 0)).toBeGreaterThan(4 * 3_600);
    expect(at(5 * HOUR)?.reverseCheckpoint).toBeNull();
  });
});

describe('the server', () => {
  test('answers an unknown project as OMS does', async () => {
    const simulator = await simulate({ projects: { p_x: loadScenario('full-copy') } });
    const observation = await clientOf(simulator).poll('p_y');
    expect(observation).toMatchObject({ outcome: 'OmsProjectNotFound', api: '3.3' });
  });

  test('has a project under its own kind only', async () => {
    const simulator = await simulate({ projects: { p_x: loadScenario('full-copy') } });
    expect((await clientOf(simulator, { api: '3.3', kind: 'sync' }).poll('p_x')).outcome).toBe('OmsProjectNotFound');
  });

  test('rejects a wrong password, and accepts the new one after a rotation', async () => {
    const simulator = await simulate({ projects: { p_x: loadScenario('full-copy') }, password: 'another' });
    const client = clientOf(simulator);
    expect((await client.poll('p_x')).outcome).toBe('OmsRejectedCredentials');
    expect(simulator.requests.unauthorized).toBe(1);
    simulator.setCredentials(SIMULATOR_USERNAME, SIMULATOR_PASSWORD);
    expect((await client.poll('p_x')).outcome).toBe('OK');
  });

  test('can be upgraded while it is polled', async () => {
    const simulator = await simulate({ projects: { p_x: loadScenario('full-copy') }, api: '3.3' });
    const client = clientOf(simulator);
    expect((await client.poll('p_x')).api).toBe('3.3');
    simulator.setApi('4.1.1');
    expect((await client.poll('p_x')).api).toBe('4.1.1');
  });

  test('lists a fleet, page by page', async () => {
    const scenario = loadScenario('full-copy');
    const projects = Object.fromEntries(Array.from({ length: 320 }, (_, index) => [`p_${index}`, scenario]));
    const simulator = await simulate({ projects });
    expect(await clientOf(simulator).listProjects()).toHaveLength(320);
    expect(simulator.requests.list).toBe(3);
  });

  test('gives the time of its own clock', async () => {
    const simulator = await simulate({ projects: { p_x: loadScenario('full-copy') } });
    time.now = START + HOUR;
    expect((await clientOf(simulator).poll('p_x')).clockSkewMs).toBe(0);
  });

  test('refuses a port that is in use in one sentence', async () => {
    const { port } = await simulate({});
    const second = startSimulator({ projects: {}, now, port });
    await expect(second).rejects.toThrow(InvalidInput);
    await expect(second).rejects.toThrow(`port ${port} is in use on 127.0.0.1; choose another with --port`);
  });
});

describe('faults', () => {
  const timeline = [{ at: '0s', status: 'RUNNING', step: 'FULL_MIGRATION', struct: 100, full: 10 }];
  const base = { title: 'Faults', description: 'One after another.', timeline };

  test.each<[string, object, string, RegExp | null]>([
    ['http', { status: 503 }, 'OmsUnreachable', /503/],
    ['http', { status: 429, retryAfter: '120' }, 'OmsUnreachable', /Retry-After: 120/],
    ['unreachable', {}, 'OmsUnreachable', /closed before/],
    ['silent', {}, 'OmsUnreachable', /nothing came/],
    ['stall', {}, 'OmsUnreachable', /stalled at \d+ bytes/],
    ['html', {}, 'OmsBadReply', /HTML page/],
    ['redirect', {}, 'OmsRejectedCredentials', /redirects to \/login/],
    ['bad-json', {}, 'OmsBadReply', /not JSON/],
    ['seed-sample', {}, 'OmsBadReply', /not JSON; it begins: \{ "success":true "code"/],
    ['huge', {}, 'OmsBadReply', /more than 1 MiB/],
    ['refused', { error: { code: 'X-1', message: 'No.' } }, 'OmsRefused', /\[X-1\]: No\./],
    ['unknown-project', {}, 'OmsProjectNotFound', /no such project/],
    ['slow', { delay: '0s' }, 'OK', null],
    ['odd', { data: { fullMigrationProgress: '63' } }, 'OK', null],
    ['clock', { skew: '-10m' }, 'OK', null],
  ])('%s %j gives %s', async (kind, more, outcome, problem) => {
    const scenario = readScenario({ ...base, faults: [{ from: '0s', for: '1m', kind, ...more }] }, 'test');
    const simulator = await simulate({ projects: { p_x: scenario } });
    const client = clientOf(simulator, { api: '3.3' });
    const observation = await client.poll('p_x');
    expect(observation.outcome).toBe(outcome);
    if (observation.outcome !== 'OK' && problem) expect(observation.problem).toMatch(problem);
    if (kind === 'odd') expect(observation.anomalies.map(({ field }) => field)).toEqual(['fullMigrationProgress']);
    if (kind === 'clock') expect(observation.clockSkewMs).toBe(-600_000);
    time.now = START + MINUTE;
    expect((await client.poll('p_x')).outcome).toBe('OK');
  });
});

describe('a scenario of a user', () => {
  test('can be a file', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'scenario-'));
    const file = join(folder, 'mine.json');
    writeFileSync(
      file,
      JSON.stringify({ title: 'Mine', description: 'Own.', timeline: [{ at: '0s', status: 'RUNNING' }] }),
    );
    expect(loadScenario(file)).toMatchObject({ title: 'Mine', kind: 'migration', importance: 'MEDIUM' });
    writeFileSync(file, '{');
    expect(() => loadScenario(file)).toThrow(`scenario file ${file} is not JSON`);
    await rm(folder, { recursive: true });
    expect(() => loadScenario(file)).toThrow(`scenario file ${file} cannot be read (ENOENT)`);
  });

  test('refuses every mistake at once, each with its path', () => {
    const wrong = {
      title: '',
      kind: 'copy',
      enable: { full: 'yes', reverse: true },
      timeline: [
        { at: '1m', status: 'RUNNING', full: 120 },
        { at: '1m', checkpoint: 'stuck', stepp: 'X' },
      ],
      faults: [
        { from: '5m', for: '1m', kind: 'lightning' },
        { from: '5', for: '1m', kind: 'html' },
      ],
    };
    expect(() => readScenario(wrong, 'mine.json')).toThrow(InvalidInput);
    let problems: readonly string[] = [];
    try {
      readScenario(wrong, 'mine.json');
    } catch (error) {
      problems = (error as InvalidInput).problems;
    }
    expect(problems).toEqual([
      'mine.json: title must be some text, got ""',
      'mine.json: description is required: some text',
      'mine.json: kind must be one of migration, sync, got "copy"',
      'mine.json: enable.full must be true or false, got "yes"',
      'mine.json: enable has no field "reverse"; it has struct, full, incrSync, reverseIncrSync',
      'mine.json: timeline[0].full must be a percentage from 0 to 100, or null, got 120',
      'mine.json: timeline[1].checkpoint must be null, "frozen" or { "lag": "5s" }, got "stuck"',
      'mine.json: timeline[1] has no field "stepp"; it has at, status, step, importance, enable, struct, full, checkpoint, reverseCheckpoint, error',
      'mine.json: timeline[0].at must be "0s": a project has a state from the start',
      'mine.json: timeline[1].at must be later than that of timeline[0]',
      'mine.json: faults[0].kind must be one of http, redirect, refused, clock, slow, odd, unreachable, silent, stall, html, bad-json, seed-sample, huge, unknown-project, got "lightning"',
      'mine.json: faults[1].from must be a duration such as "0s", "10m", "6h" or "3d", got "5"',
    ]);
  });

  test.each([
    [null, 'mine: the input must be an object, got null'],
    [[], 'mine: the input must be an object, got []'],
    [{ title: 'A', description: 'B', timeline: [] }, 'mine: timeline must be a list with one entry at least, got []'],
  ])('refuses %j', (value, problem) => {
    expect(() => readScenario(value, 'mine')).toThrow(problem);
  });

  test('refuses a name that is neither a built-in scenario nor a file', () => {
    expect(() => loadScenario('nope')).toThrow(
      'unknown scenario "nope"; valid scenarios are full-copy, failure, suspension, recovery, outage, synchronisation, switchover, or the path of a .json file',
    );
  });
});
