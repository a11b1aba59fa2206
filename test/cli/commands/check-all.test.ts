import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { checkCommand } from '../../../cli/commands/check';
import { Flags } from '../../../cli/input/flags';
import { systemClock } from '../../../lambda/adapters/system';
import { readScenario } from '../../../local/simulator/read-scenario';
import {
  SIMULATOR_PASSWORD,
  SIMULATOR_USERNAME,
  type Simulator,
  type SimulatorOptions,
  startSimulator,
} from '../../../local/simulator/simulator';

type Line = Readonly<Record<string, unknown>> & { readonly type: string };

const COPYING = { at: '0s', status: 'RUNNING', step: 'FULL_MIGRATION', struct: 100, full: 40 };

function scenario(first: object = {}, more: object = {}) {
  const timeline = [{ ...COPYING, ...first }];
  return readScenario({ title: 'Test', description: 'A test.', ...more, timeline }, 'test');
}

const folders: string[] = [];
const simulators: Simulator[] = [];
afterAll(async () => {
  for (const simulator of simulators) await simulator.close();
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

async function simulate(projects: SimulatorOptions['projects'], api: SimulatorOptions['api'] = 'both') {
  const simulator = await startSimulator({ projects, now: Date.now, api });
  simulators.push(simulator);
  return simulator.url;
}

interface Options {
  readonly flags?: readonly string[];
  readonly password?: string;
  readonly dataDir?: string;
  readonly json?: boolean;
}

/** `check --project all` in this process, on the real clock. */
async function checkAll(endpoint: string, options: Options = {}) {
  const dataDir = options.dataDir ?? mkdtempSync(join(tmpdir(), 'fleet-check-'));
  folders.push(dataDir);
  let [stdout, stderr] = ['', ''];
  const args = ['--endpoint', endpoint, '--project', 'all', '--data-dir', dataDir, ...(options.flags ?? [])];
  const flags = new Flags('check', checkCommand.flags, options.json === false ? args : [...args, '--json']);
  const status = await checkCommand.run(flags, {
    env: { OMS_USERNAME: SIMULATOR_USERNAME, OMS_PASSWORD: options.password ?? SIMULATOR_PASSWORD },
    stdout: (text) => {
      stdout += text;
    },
    stderr: (text) => {
      if (!text.startsWith('warning: ')) stderr += text;
    },
    colour: false,
    clock: systemClock,
    signal: new AbortController().signal,
    settled: async () => {},
    outlivesTerminal: false,
  });
  const lines = (): Line[] =>
    stdout
      .split('\n')
      .filter(Boolean)
      .map((line) => JSON.parse(line));
  return { status, stdout, stderr, lines };
}

describe('check --project all', () => {
  test('prints one line for each project that OMS lists, in the order of their ids, and nothing else', async () => {
    const ids = Array.from({ length: 40 }, (_, i) => `np_${String((i * 17) % 40).padStart(2, '0')}`);
    const endpoint = await simulate(Object.fromEntries(ids.map((id) => [id, scenario()])));
    const { status, lines, stderr } = await checkAll(endpoint);
    expect(lines().map(({ type, project }) => [type, project])).toEqual([...ids].sort().map((id) => ['check', id]));
    expect(status).toBe(0);
    expect(stderr).toBe('');
  });

  test('keeps the order where an early project is slow', async () => {
    const slow = { faults: [{ from: '0s', for: '1d', kind: 'slow', delay: '1s' }] };
    const endpoint = await simulate({ p_a: scenario({}, slow), p_b: scenario(), p_c: scenario({ status: 'FAILED' }) });
    const { lines } = await checkAll(endpoint);
    expect(lines().map(({ type }) => type)).toEqual(['check', 'check', 'check', 'notification']);
    expect(lines().map(({ project }) => project)).toEqual(['p_a', 'p_b', 'p_c', undefined]);
  });

  test('prints a notification directly after the check that caused it', async () => {
    const failed = scenario({ status: 'FAILED' });
    const endpoint = await simulate({ p_a: failed, p_b: failed, p_c: scenario() });
    const { lines, status } = await checkAll(endpoint);
    expect(lines().map((line) => [line.type, line.project ?? (line.attributes as Line).project])).toEqual([
      ['check', 'p_a'],
      ['notification', 'p_a'],
      ['check', 'p_b'],
      ['notification', 'p_b'],
      ['check', 'p_c'],
    ]);
    // OMS was understood; that a migration failed is what it said.
    expect(status).toBe(0);
  });

  test('checks projects of one kind only, without those that are released or deleted', async () => {
    const projects = {
      p_a: scenario(),
      p_sync: scenario({ step: 'FULL_SYNC' }, { kind: 'sync' }),
      p_released: scenario({ status: 'RELEASED' }),
      p_deleted: scenario({ status: 'DELETED' }),
    };
    const endpoint = await simulate(projects);
    expect((await checkAll(endpoint)).lines().map(({ project }) => project)).toEqual(['p_a']);
    const sync = await checkAll(endpoint, { flags: ['--kind', 'sync'] });
    expect(sync.lines().map(({ project }) => project)).toEqual(['p_sync']);
  });

  test('ends with 4 when OMS fails for one project, and checks the others all the same', async () => {
    const down = { faults: [{ from: '0s', for: '1d', kind: 'refused', error: { code: 'GHANA-X', message: 'busy' } }] };
    const endpoint = await simulate({ p_a: scenario(), p_b: scenario({}, down), p_c: scenario() });
    const { status, lines } = await checkAll(endpoint);
    expect(lines().map(({ project, outcome }) => [project, outcome])).toEqual([
      ['p_a', 'OK'],
      ['p_b', 'OmsRefused'],
      ['p_c', 'OK'],
    ]);
    expect(status).toBe(4);
  });

  test('names each project on a terminal', async () => {
    const endpoint = await simulate({ p_a: scenario(), p_b: scenario() });
    const { stdout } = await checkAll(endpoint, { json: false });
    expect(stdout.match(/^p_\w:$/gm)).toEqual(['p_a:', 'p_b:']);
  });

  test('prints a note where OMS lists no project to check', async () => {
    const { status, stdout } = await checkAll(await simulate({}), { json: false });
    expect(stdout).toBe('OMS lists 0 projects; none is a migration project that is neither released nor deleted\n');
    expect(status).toBe(0);
  });

  test('names the other kind where all projects are of that', async () => {
    const endpoint = await simulate({ p_a: scenario({}, { kind: 'sync' }), p_b: scenario({}, { kind: 'sync' }) });
    const { stdout } = await checkAll(endpoint, { json: false });
    expect(stdout).toContain('neither released nor deleted; with --kind sync there are 2\n');
  });

  test.each<[string, readonly string[]]>([
    ['found out', []],
    ['told', ['--api', '3.3']],
  ])('refuses an OMS that cannot list, as %s, and says to name a project', async (_what, flags) => {
    const endpoint = await simulate({ p_a: scenario() }, '3.3');
    await expect(checkAll(endpoint, { flags })).rejects.toMatchObject({
      code: 'InvalidInput',
      message: expect.stringMatching(/^this OMS cannot list its projects; name one with --project\. .*4\.1\.1[^\n]*$/),
    });
  });

  test.each([
    ['that is not there', async () => 'http://127.0.0.1:9', undefined, 'OmsUnreachable'],
    ['that refuses the password', () => simulate({ p_a: scenario() }), 'wrong', 'OmsRejectedCredentials'],
  ])('reports in one line that an OMS %s gave no list, and ends with 4', async (_what, open, password, outcome) => {
    const { status, stdout, stderr } = await checkAll(await open(), password === undefined ? {} : { password });
    expect(status).toBe(4);
    expect(stdout).toBe('');
    expect(stderr).toMatch(new RegExp(`^oms-cutover: ${outcome}: cannot list the projects: [^\n]+\n$`));
  });
});
