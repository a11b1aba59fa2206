/** Output that goes away: it crashes nothing, and what nobody could read is printed by a later run. test/terminals has the same in real terminals. */
import { ACCOUNT, cleanUp, type Line, newFolder, type Running, run, start } from '../support/command-line';
import { PROJECT, SteeredOms } from './support/oms';
import { sideBySide } from './support/side-by-side';

afterAll(cleanUp);

/** What a shell leaves in the environment of a command that it starts with nohup. */
const NOHUP = { ...ACCOUNT, _: '/usr/bin/nohup' };

async function begin(env: Readonly<Record<string, string>>) {
  const [oms, dataDir] = [await SteeredOms.start(), newFolder()];
  oms.show({ status: 'RUNNING' });
  const to = ['--json', '--endpoint', oms.url, '--project', PROJECT, '--data-dir', dataDir];
  const wait = start(['wait', ...to, '--max-interval', '1s'], { env });
  await wait.line(({ type }) => type === 'check');
  return { oms, dataDir, to, wait };
}

async function history(dataDir: string): Promise<readonly Line[]> {
  const { lines } = await run(['history', '--json', '--project', PROJECT, '--data-dir', dataDir]);
  return lines;
}

async function untilAsked(oms: SteeredOms, times: number): Promise<void> {
  for (let i = 0; i < times; i += 1) await oms.nextRequest();
}

const statuses = (lines: readonly Line[]) => [
  ...new Set(lines.filter(({ type }) => type === 'snapshot').map(({ status }) => status)),
];
const changes = (lines: readonly Line[], of: string) =>
  lines.filter(({ type }) => type === of).map(({ changeId }) => changeId);

/** Changes while nobody reads, and the next run. */
async function loseAChange(wait: Running, oms: SteeredOms) {
  wait.closeOutput();
  oms.show({ status: 'SUSPEND' });
  await untilAsked(oms, 3);
}

sideBySide({
  'a wait under nohup continues without its output and through SIGHUP, meets its goal, and the next run prints what nobody read':
    async () => {
      const { oms, dataDir, to, wait } = await begin(NOHUP);
      await loseAChange(wait, oms);
      wait.send('SIGHUP');
      oms.show({ status: 'FINISHED' });
      expect(await wait.ended).toMatchObject({ status: 0, signal: null });
      const before = await history(dataDir);
      expect(statuses(before)).toEqual(['RUNNING', 'SUSPEND', 'FINISHED']);
      const pending = changes(before, 'pending');
      expect(pending).toHaveLength(2);
      const next = await run(['check', ...to]);
      await oms.close();
      expect(changes(next.lines, 'notification')).toEqual(pending);
      expect(changes(await history(dataDir), 'pending')).toEqual([]);
    },

  'a wait without nohup whose standard output and error are both closed is interrupted, and the next run prints what nobody read':
    async () => {
      const { oms, dataDir, to, wait } = await begin(ACCOUNT);
      wait.closeOutput();
      oms.show({ status: 'SUSPEND' });
      expect(await wait.ended).toMatchObject({ status: 130, signal: null });
      const next = await run(['check', ...to]);
      await oms.close();
      const seen = await history(dataDir);
      expect(statuses(seen)).toEqual(['RUNNING', 'SUSPEND']);
      expect(next.lines.filter(({ type }) => type === 'notification')).toMatchObject([
        { sequence: 1, attributes: { from: 'RUNNING', to: 'SUSPEND' } },
      ]);
    },

  'a wait under nohup says that it continues when the terminal closes, and Ctrl-C still ends it': async () => {
    const oms = await SteeredOms.start();
    oms.show({ status: 'RUNNING' });
    const args = ['wait', '--endpoint', oms.url, '--project', PROJECT, '--max-interval', '1s'];
    const [usual, nohup] = [start(args), start(args, { env: NOHUP })];
    await untilAsked(oms, 4);
    for (const each of [usual, nohup]) each.send('SIGINT');
    const words = 'the next run resumes; continues when the terminal closes\n';
    expect(await nohup.ended).toMatchObject({ status: 130, stdout: expect.stringContaining(words) });
    expect(await usual.ended).toMatchObject({ status: 130, stdout: expect.not.stringContaining(words) });
    await oms.close();
  },

  'an error whose reader is gone changes no exit status': async () => {
    const unknown = start(['migrate']);
    unknown.closeOutput();
    expect(await unknown.ended).toMatchObject({ status: 2, signal: null });
  },

  'a check whose reader is gone still says by its exit status that OMS was not reached': async () => {
    const check = start(['check', '--endpoint', 'http://127.0.0.1:9', '--project', PROJECT, '--request-timeout', '1s']);
    check.closeOutput();
    expect(await check.ended).toMatchObject({ status: 4, signal: null });
  },
});
