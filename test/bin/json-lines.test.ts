/** The lines of `--json`: their names, fields and types are a contract that other programs read. */
import { cleanUp, type Ended, type Line, newFolder, run } from '../support/command-line';
import { PROJECT, SteeredOms, simulate } from './support/oms';
import { sideBySide } from './support/side-by-side';

const TEXT = expect.any(String);
const NUMBER = expect.any(Number);
const ISO = expect.stringMatching(/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z$/);
const REASON = { code: expect.stringMatching(/^[A-Z][A-Za-z]+$/), message: expect.stringMatching(/\S/) };

/** What the contract asks of a check line at least; the rest may grow. */
const CHECK_FIELDS = [
  'type',
  'project',
  'observedAt',
  'outcome',
  'status',
  'step',
  'structProgress',
  'fullProgress',
  'lagSeconds',
  'eta',
  'anomalies',
  'verdict',
  'reason',
  'waitSeconds',
];

afterAll(cleanUp);

const ofType = (ended: Ended, type: string): readonly Line[] => ended.lines.filter((line) => line.type === type);

const dataDir = newFolder();
let wholeWait: Promise<Ended>;
beforeAll(() => {
  wholeWait = waitToTheEnd();
});

/** Copying, then synchronising, then synchronous: every kind of line comes, and every field has a value in some line. */
async function waitToTheEnd(): Promise<Ended> {
  const simulator = await simulate(
    [
      { full: 0, checkpoint: null },
      { at: '4s', step: 'FULL_MIGRATION', full: 80 },
      { at: '5s', step: 'INCR_SYNC', full: 100, checkpoint: { lag: '2s' } },
    ],
    { enable: { incrSync: true }, checkpointEvery: '1s' },
  );
  const flags = ['--until', 'synced', '--hold', '2s', '--max-interval', '1s'];
  const ended = await run([...poll('wait', simulator.url, dataDir), ...flags]);
  await simulator.close();
  return ended;
}

const TROUBLE = ['FAILED', 'SUSPEND', 'DELETED', 'BRAND_NEW'];
const UNKNOWN = { status: null, step: null, structProgress: null, fullProgress: null, lagSeconds: null, eta: null };

/** `check` against an OMS of its own. */
async function pollOnce(prepare: (oms: SteeredOms) => void): Promise<Ended> {
  const oms = await SteeredOms.start();
  prepare(oms);
  const ended = await run([...poll('check', oms.url, newFolder()), '--request-timeout', '2s']);
  await oms.close();
  expect(ended.stderr).toBe('');
  expect(ofType(ended, 'check')).toHaveLength(1);
  expect(ofType(ended, 'result')).toEqual([]);
  return ended;
}

describe('a single check prints one check line', () => {
  const understood = ['INIT', 'RUNNING', 'FINISHED', ...TROUBLE].map((status) => [
    `and exits 0 at a project that is ${status}`,
    async () => {
      const { status: exit, lines } = await pollOnce((oms) => oms.show({ status }));
      expect(exit).toBe(0);
      expect(lines[0]).toMatchObject({ type: 'check', outcome: 'OK', status, waitSeconds: NUMBER });
      // A failure at first sight is notified; nothing else is printed.
      expect(lines.slice(1).map(({ type }) => type)).toEqual(TROUBLE.includes(status) ? ['notification'] : []);
    },
  ]);

  const notUnderstood = [
    ['OmsRejectedCredentials', 401, ''],
    ['OmsRejectedCredentials', 403, '{"success":true}'],
    ['OmsRejectedCredentials', 302, ''],
    ['OmsUnreachable', 408, ''],
    ['OmsUnreachable', 503, '<html></html>'],
    ['OmsProjectNotFound', 200, '{"success":false,"code":"GHANA-PROJECT000001"}'],
    ['OmsRefused', 200, '{"success":false,"code":"GHANA-OTHER","message":"no"}'],
    ['OmsBadReply', 200, '<html>sign in</html>'],
  ].map(([outcome, code, body]) => [
    `with nulls and exits 4 where it ends ${outcome} (HTTP ${code} ${body})`,
    async () => {
      const { status, lines } = await pollOnce((oms) => {
        oms.reply = (response) => response.writeHead(Number(code), { Location: '/login' }).end(body);
      });
      expect(status).toBe(4);
      expect(lines[0]).toMatchObject({ type: 'check', outcome, ...UNKNOWN, reason: REASON });
    },
  ]);

  sideBySide({
    ...Object.fromEntries([...understood, ...notUnderstood]),
    'that names what is odd by field, value and problem': async () => {
      const { status, lines } = await pollOnce((oms) => oms.show({ fullMigrationProgress: 5151 }));
      expect(status).toBe(0);
      const anomalies = [{ field: 'fullMigrationProgress', value: '5151', problem: TEXT }];
      expect(lines).toMatchObject([{ fullProgress: null, anomalies }]);
    },
  });
});

describe('a wait to the end', () => {
  let ended: Ended;
  beforeAll(async () => {
    ended = await wholeWait;
  }, 150_000);

  test('prints nothing but JSON objects, and nothing on standard error', () => {
    expect(ended).toMatchObject({ status: 0, stderr: '' });
    for (const line of ended.lines) expect(line).toEqual(expect.objectContaining({ type: TEXT }));
    expect(new Set(ended.lines.map(({ type }) => type))).toEqual(new Set(['check', 'notification', 'result']));
  });

  test('prints a check line for each poll, with every field of the contract', () => {
    const checks = ofType(ended, 'check');
    expect(checks.length).toBeGreaterThan(3);
    for (const line of checks) {
      expect(Object.keys(line)).toEqual(expect.arrayContaining(CHECK_FIELDS));
      expect(line).toMatchObject({
        project: PROJECT,
        observedAt: ISO,
        outcome: 'OK',
        status: 'RUNNING',
        step: TEXT,
        structProgress: 100,
        fullProgress: NUMBER,
        anomalies: [],
        verdict: expect.stringMatching(/^(MET|NOT_YET)$/),
        reason: REASON,
        waitSeconds: NUMBER,
      });
    }
    expect(checks[0]).toMatchObject({ lagSeconds: null, eta: null });
    expect(checks.find(({ eta }) => eta !== null)?.eta).toEqual(ISO);
    expect(checks.at(-1)).toMatchObject({ lagSeconds: NUMBER, verdict: 'MET', waitSeconds: 0 });
    for (const line of checks.slice(0, -1)) expect(line).toMatchObject({ verdict: 'NOT_YET', waitSeconds: 1 });
  });

  test('prints a notification line for each change, whose attributes are all strings', () => {
    const notified = ofType(ended, 'notification');
    expect(notified).toEqual([
      {
        type: 'notification',
        subject: `[oms-cutover] ${PROJECT} is SYNCED, INCR_SYNC`,
        body: expect.stringContaining('What to do: '),
        changeId: TEXT,
        sequence: 1,
        attributes: { project: PROJECT, change: 'goal-met', status: 'RUNNING', importance: 'MEDIUM' },
      },
    ]);
  });

  test('prints one result, last, with the number of check lines', () => {
    expect(ofType(ended, 'result')).toEqual([ended.lines.at(-1)]);
    const checks = ofType(ended, 'check');
    expect(ended.lines.at(-1)).toEqual({
      type: 'result',
      verdict: 'MET',
      reason: checks.at(-1)?.reason,
      checks: checks.length,
    });
  });

  test('is stored: history prints a snapshot line for each poll, oldest first, with the fields of its check line', async () => {
    const [all, last] = await Promise.all([
      run(['history', '--json', '--project', PROJECT, '--data-dir', dataDir]),
      // Another folder with the same data: one folder serves one run at a time.
      run(['history', '--json', '--project', 'p_other', '--data-dir', newFolder()]),
    ]);
    expect(all).toMatchObject({ status: 0, stderr: '' });
    expect(last).toMatchObject({ status: 0, stdout: '', stderr: '' });
    const checks = ofType(ended, 'check');
    expect(all.lines).toHaveLength(checks.length);
    all.lines.forEach((line, i) => {
      expect(line).toMatchObject({ ...checks[i], type: 'snapshot' });
      expect(line).toMatchObject({ requestedAt: ISO, looker: 'wait', progress: { status: 'RUNNING' } });
    });
    const newest = await run(['history', '--json', '--project', PROJECT, '--data-dir', dataDir, '--last', '2']);
    expect(newest.lines).toEqual(all.lines.slice(-2));
  });
});

function poll(command: string, url: string, dataDir: string): string[] {
  return [command, '--json', '--endpoint', url, '--project', PROJECT, '--data-dir', dataDir];
}
