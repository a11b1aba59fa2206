/** A maintenance window on the command line. */
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { cleanUp, newFolder, run } from '../support/command-line';
import { PROJECT, SteeredOms } from './support/oms';
import { sideBySide } from './support/side-by-side';

afterAll(cleanUp);

const muted = (dataDir: string, ...args: string[]) =>
  run(['mute', '--project', PROJECT, '--data-dir', dataDir, ...args], { env: {} });

sideBySide({
  'changes in the window are kept, shown by history, and summarized by the first check after it': async () => {
    const oms = await SteeredOms.start();
    const dataDir = join(newFolder(), 'data');
    const check = () => run(['check', '--json', '--endpoint', oms.url, '--project', PROJECT, '--data-dir', dataDir]);
    const notified = async () => (await check()).lines.filter(({ type }) => type === 'notification');
    await check();
    const { status, lines } = await muted(dataDir, '--for', '2h', '--json');
    expect({ status, lines }).toEqual({
      status: 0,
      lines: [{ type: 'mute', project: PROJECT, mutedUntil: expect.stringMatching(/^\d{4}-.*Z$/), pending: 0 }],
    });
    oms.show({ status: 'SUSPEND' });
    expect(await notified()).toEqual([]);
    oms.show({ status: 'RUNNING' });
    expect(await notified()).toEqual([]);
    const history = await run(['history', '--project', PROJECT, '--data-dir', dataDir], { env: {} });
    expect(history.stdout).toMatch(/muted until \d{4}/);
    expect(history.stdout.match(/^notification pending: /gm)).toHaveLength(2);
    expect((await muted(dataDir, '--off')).stdout).toBe(`${PROJECT} is not muted; 2 notifications pending\n`);
    expect(await notified()).toMatchObject([{ sequence: 2, attributes: { change: 'summary' } }]);
    expect(await notified()).toEqual([]);
    await oms.close();
  },

  'warns of a window for a project without observations: the folder or the project may be wrong': async () => {
    const dataDir = join(newFolder(), 'new');
    expect((await muted(dataDir, '--for', '1h')).stdout).toMatch(
      / is muted until .*; warning: .*new has no observations of this project, check --project and --data-dir\n$/,
    );
  },

  'a wait announces that its project is muted': async () => {
    const oms = await SteeredOms.start();
    oms.show({ status: 'FINISHED' });
    const dataDir = join(newFolder(), 'data');
    await muted(dataDir, '--for', '1h');
    const wait = await run(['wait', '--endpoint', oms.url, '--project', PROJECT, '--data-dir', dataDir]);
    expect(wait.stdout).toMatch(
      /^waiting until .*\np_\w+ is muted until .*; notifications are held back until then \(mute --off ends it\)\n/,
    );
    await oms.close();
  },

  'ending a window where nothing is stored succeeds, and creates no folder': async () => {
    const dataDir = join(newFolder(), 'none');
    expect(await muted(dataDir, '--off')).toMatchObject({ status: 0, stdout: `${PROJECT} is not muted\n`, stderr: '' });
    expect(existsSync(dataDir)).toBe(false);
    const empty = newFolder();
    expect(await muted(empty, '--off')).toMatchObject({ status: 0, stdout: `${PROJECT} is not muted\n`, stderr: '' });
    expect(readdirSync(empty)).toEqual([]);
  },

  'refuses no window, two at once, one that is too long and one of zero length': async () => {
    for (const [args, problem] of [
      [[], 'give one of --for (how long, such as 2h) and --off'],
      [['--for', '2h', '--off'], 'give one of --for (how long, such as 2h) and --off'],
      [['--for', '8d'], '--for must be 7d or less, got "8d"'],
      [['--for', '0s'], '--for must be 1s or more, got "0s"'],
      [['--for', 'soon'], '--for must be a duration'],
    ] as const) {
      const dataDir = join(newFolder(), 'none');
      const { status, stdout, stderr } = await muted(dataDir, ...args);
      expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
      expect(stderr).toContain(problem);
      expect(existsSync(dataDir)).toBe(false);
    }
  },
});
