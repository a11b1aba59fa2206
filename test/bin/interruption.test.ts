/** Interrupted and restarted: no change is notified twice, no observation is lost, and time without polls does not count. */
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { ACCOUNT, cleanUp, type Ended, type Line, newFolder, type Running, run, start } from '../support/command-line';
import { PROJECT, SteeredOms } from './support/oms';
import { sideBySide } from './support/side-by-side';

const opened: SteeredOms[] = [];

async function openOms(status = 'RUNNING'): Promise<SteeredOms> {
  const oms = await SteeredOms.start();
  oms.show({ status });
  opened.push(oms);
  return oms;
}

afterAll(async () => {
  await cleanUp();
  await Promise.all(opened.map((oms) => oms.close()));
});

function waitFor(oms: SteeredOms, dataDir: string, ...flags: string[]): string[] {
  const to = ['--endpoint', oms.url, '--project', PROJECT, '--data-dir', dataDir];
  return ['wait', '--json', ...to, '--max-interval', '1s', ...flags];
}

const isCheck = (line: Line) => line.type === 'check';
const checksOf = (lines: readonly Line[]) => lines.filter(isCheck).map(({ checkId }) => checkId);
const sees = (status: string) => (line: Line) => line.type === 'check' && line.status === status;

async function nthCheck(running: Running, n: number): Promise<void> {
  await running.line((line) => isCheck(line) && checksOf(running.lines).length >= n);
}

interface Notified {
  readonly sequence: number;
  readonly id: string;
  readonly what: string;
}

function notifiedIn(lines: readonly Line[]): Notified[] {
  return lines
    .filter(({ type }) => type === 'notification')
    .map(({ changeId, sequence, attributes }) => {
      const { change, from = '', to = '' } = attributes as Record<string, string>;
      return { sequence: Number(sequence), id: String(changeId), what: `${change} ${from} ${to}`.trim() };
    });
}

async function storedIn(dataDir: string): Promise<readonly unknown[]> {
  const { status, stderr, lines } = await run(['history', '--json', '--project', PROJECT, '--data-dir', dataDir]);
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  return lines.map(({ checkId }) => checkId);
}

function expectInterrupted(ended: Ended): void {
  expect(ended).toMatchObject({ status: 130, signal: null, stderr: '' });
  expect(ended.lines.filter(({ type }) => type === 'result')).toEqual([]);
}

/** Two runs on a project that continues in between. `stop` ends the first one. */
async function twoRuns(stop: (first: Running, oms: SteeredOms) => Promise<void>) {
  const oms = await openOms('INIT');
  const dataDir = newFolder();
  const first = start(waitFor(oms, dataDir));
  await first.line(sees('INIT'));
  oms.show({ status: 'RUNNING' });
  await first.line(({ type }) => type === 'notification');
  await nthCheck(first, 3);
  await stop(first, oms);
  const before = await first.ended;
  oms.reply = null;
  const second = start(waitFor(oms, dataDir));
  await nthCheck(second, 2);
  oms.show({ status: 'FINISHED', fullMigrationProgress: 100 });
  const after = await second.ended;
  return { before, after, stored: await storedIn(dataDir) };
}

/** The environment of a run that gets a signal when it loads its first package. */
function signalledWhileLoading(signal: string): { readonly NODE_OPTIONS: string } {
  const preload = join(newFolder(), 'signal.cjs');
  writeFileSync(
    preload,
    `const modules = require('node:module');
    const load = modules._load;
    modules._load = function (name, ...others) {
      if (!name.startsWith('node:') && others[0]?.filename.endsWith('oms-cutover.js')) {
        modules._load = load;
        process.kill(process.pid, '${signal}');
      }
      return load.call(this, name, ...others);
    };`,
  );
  return { NODE_OPTIONS: `--require ${preload}` };
}

type TwoRuns = Awaited<ReturnType<typeof twoRuns>>;

function expectPickedUp({ before, after, stored }: TwoRuns): void {
  expectInterrupted(before);
  expect(after).toMatchObject({ status: 0, stderr: '' });
  expect(notifiedIn([...before.lines, ...after.lines])).toMatchObject([
    { sequence: 1, what: 'status INIT RUNNING' },
    { sequence: 2, what: 'status RUNNING FINISHED' },
  ]);
  expect(stored).toEqual([...checksOf(before.lines), ...checksOf(after.lines)]);
}

const LIFE = ['INIT', 'RUNNING', 'SUSPEND', 'RUNNING', 'FAILED', 'RUNNING', 'FINISHED'];
const KILLS = 8;

/** OMS continues as soon as its status has been polled, so that both runs have the same changes. */
async function live(kill?: (running: Running, nth: number) => Promise<unknown>) {
  const oms = await openOms();
  const dataDir = newFolder();
  const left = [...LIFE];
  const next = () => {
    const [status = 'FINISHED'] = left;
    oms.show({ status });
    return status;
  };
  const lines: Line[] = [];
  for (let nth = 0; ; nth += 1) {
    const running = start(waitFor(oms, dataDir));
    const following = (async () => {
      for (let from = 0; ; from = running.lines.length) {
        await running.line(sees(next()), from);
        left.shift();
      }
    })();
    following.catch(() => undefined);
    if (kill !== undefined && nth < KILLS) {
      await Promise.race([kill(running, nth), running.ended]).catch(() => undefined);
      running.send('SIGKILL');
    }
    const ended = await running.ended;
    await following.catch(() => undefined);
    lines.push(...running.lines);
    if (ended.signal === null) return { ended, lines, stored: await storedIn(dataDir), kills: nth };
  }
}

/** Directly after a poll was stored, directly after a notification, and anywhere from the start on. */
function atRandom(running: Running, nth: number): Promise<unknown> {
  const [early, late] = [Math.random() * 600, 400 + Math.random() * 1_800];
  const moments = [
    () => running.line(isCheck),
    () => pause(early),
    () => running.line(({ type }) => type === 'notification'),
    () => pause(late),
  ];
  return (moments[nth % moments.length] as () => Promise<unknown>)();
}

const AGAIN = 'a wait that is interrupted and started again tells no change twice and loses no look';

sideBySide({
  'a wait that is killed at any moment and started again tells the same as an undisturbed one, each change at least once, in sequence':
    async () => {
      const [calm, killed] = await Promise.all([live(), live(atRandom)]);
      expect(calm.kills).toBe(0);
      expect(killed.kills).toBeGreaterThan(3);
      for (const { ended } of [calm, killed]) expect(ended).toMatchObject({ status: 0, stderr: '' });
      const notified = notifiedIn(calm.lines);
      expect(notified.map(({ what }) => what)).toEqual([
        'status INIT RUNNING',
        'status RUNNING SUSPEND',
        'status SUSPEND RUNNING',
        'status RUNNING FAILED',
        'status FAILED RUNNING',
        'status RUNNING FINISHED',
      ]);
      const repeated = notifiedIn(killed.lines);
      const once = repeated.filter(({ id }, i) => repeated.findIndex((each) => each.id === id) === i);
      expect(once.map(({ what }) => what)).toEqual(notified.map(({ what }) => what));
      expect(once.map(({ sequence }) => sequence)).toEqual(notified.map((_, i) => i + 1));
      // A repetition comes before anything new.
      expect(repeated.map(({ sequence }) => sequence)).toEqual(
        repeated.map(({ sequence }) => sequence).sort((a, b) => a - b),
      );
      for (const { lines, stored } of [calm, killed]) expect(stored).toEqual(expect.arrayContaining(checksOf(lines)));
    },

  [`${AGAIN}: between two looks, by SIGINT`]: async () => {
    expectPickedUp(await twoRuns(async (first) => first.send('SIGINT')));
  },

  [`${AGAIN}: between two looks, by SIGTERM`]: async () => {
    expectPickedUp(await twoRuns(async (first) => first.send('SIGTERM')));
  },

  [`${AGAIN}: between two looks, by a terminal that closes`]: async () => {
    const closeTerminal = async (first: Running) => {
      // The shell and the system each send one.
      first.send('SIGHUP');
      first.send('SIGHUP');
    };
    expectPickedUp(await twoRuns(closeTerminal));
  },

  [`${AGAIN}: while OMS takes its time to answer`]: async () => {
    const played = await twoRuns(async (first, oms) => {
      const asked = oms.nextRequest();
      // It never answers: only the interruption can end this poll.
      oms.reply = () => {};
      await asked;
      first.send('SIGINT');
    });
    expectPickedUp(played);
  },

  [`${AGAIN}: while OMS is in the middle of its answer`]: async () => {
    const played = await twoRuns(async (first, oms) => {
      const asked = oms.nextRequest();
      oms.reply = (response) => response.writeHead(200, { 'Content-Length': '400' }).write('{"success":true,');
      await asked;
      first.send('SIGINT');
    });
    expectPickedUp(played);
  },

  'an interruption before the first reply prints nothing': async () => {
    const oms = await openOms();
    oms.reply = () => {};
    const dataDir = newFolder();
    const asked = oms.nextRequest();
    const [wait, check] = [
      start(waitFor(oms, dataDir)),
      start(waitFor(oms, newFolder()).with(0, 'check').slice(0, -2)),
    ];
    await asked;
    if (oms.asked < 2) await oms.nextRequest();
    for (const each of [wait, check]) {
      each.send('SIGINT');
      const ended = await each.ended;
      expectInterrupted(ended);
      expect(ended.stdout).toBe('');
    }
    expect(await storedIn(dataDir)).toEqual([]);
  },

  'a signal while the program is loaded ends every command as later, and before anything is done': async () => {
    const dataDir = join(newFolder(), 'data');
    const to = ['--endpoint', 'http://127.0.0.1:9', '--project', PROJECT, '--data-dir', dataDir];
    const commands = [['wait', ...to], ['check', ...to], ['history', ...to.slice(2)], ['migrate']];
    const runs = ['SIGINT', 'SIGTERM', 'SIGHUP'].flatMap((signal) =>
      commands.map((args) => run(args, { env: { ...ACCOUNT, ...signalledWhileLoading(signal) } })),
    );
    for (const ended of await Promise.all(runs))
      expect(ended).toMatchObject({ status: 130, signal: null, stdout: '', stderr: '' });
    expect(existsSync(dataDir)).toBe(false);
  },

  'a grace period does not run while nothing polls': async () => {
    const oms = await openOms('FAILED');
    const dataDir = newFolder();
    const first = start(waitFor(oms, dataDir, '--failed-grace', '1h'));
    await nthCheck(first, 2);
    first.send('SIGINT');
    expectInterrupted(await first.ended);
    // Longer than the grace period of the second run, and than a poll may be late.
    await pause(5_000);
    const second = await run(waitFor(oms, dataDir, '--failed-grace', '3s'));
    expect(second.status).toBe(1);
    const [again] = second.lines;
    expect(again).toMatchObject({ verdict: 'NOT_YET', reason: { code: 'MigrationFailed' } });
    expect(again?.reason).toMatchObject({ message: expect.stringContaining('observed for 0 s, fails after 3 s') });
    expect(second.lines.at(-1)).toMatchObject({ type: 'result', reason: { code: 'MigrationFailed' } });
    expect(notifiedIn(second.lines)).toEqual([]);
  },

  'refuses a data directory that another run holds in one line, and does not disturb that run': async () => {
    const oms = await openOms();
    const dataDir = newFolder();
    const first = start(waitFor(oms, dataDir));
    await nthCheck(first, 1);
    const to = ['--endpoint', oms.url, '--project', PROJECT, '--data-dir', dataDir];
    const others = await Promise.all([run(waitFor(oms, dataDir)), run(['check', ...to])]);
    const stderr = `oms-cutover: data directory ${dataDir} is in use by another run; wait for it to end, or choose another with --data-dir\n`;
    for (const other of others) expect(other).toMatchObject({ status: 2, stdout: '', stderr });
    oms.show({ status: 'FINISHED' });
    expect(await first.ended).toMatchObject({ status: 0, stderr: '' });
  },

  'history and mute work beside a wait, through the run that holds the data directory': async () => {
    const oms = await openOms();
    const dataDir = newFolder();
    const first = start(waitFor(oms, dataDir));
    await nthCheck(first, 2);
    expect((await storedIn(dataDir)).slice(0, 2)).toEqual(checksOf(first.lines).slice(0, 2));
    const muted = await run(['mute', '--project', PROJECT, '--for', '1h', '--data-dir', dataDir]);
    expect(muted).toMatchObject({ status: 0, stderr: '' });
    oms.show({ status: 'FINISHED' });
    const ended = await first.ended;
    expect(ended).toMatchObject({ status: 0, stderr: '' });
    expect(notifiedIn(ended.lines)).toEqual([]);
    const history = await run(['history', '--project', PROJECT, '--data-dir', dataDir]);
    expect(history.stdout).toContain(`notification pending: [oms-cutover] ${PROJECT} FINISHED`);
  },

  'a data directory is free again after its run was killed': async () => {
    const oms = await openOms();
    const dataDir = newFolder();
    const first = start(waitFor(oms, dataDir));
    await nthCheck(first, 1);
    first.send('SIGKILL');
    expect(await first.ended).toMatchObject({ status: null, signal: 'SIGKILL' });
    oms.show({ status: 'FINISHED' });
    expect(await run(waitFor(oms, dataDir))).toMatchObject({ status: 0, stderr: '' });
    expect(await storedIn(dataDir)).toHaveLength(2);
  },
});
