/** The doctor command: its findings and exit statuses. */
import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { cleanUp, type Ended, newFolder, run, start } from '../support/command-line';
import { PROJECT, SteeredOms } from './support/oms';
import { sideBySide } from './support/side-by-side';

afterAll(cleanUp);

const states = ({ lines }: Ended) =>
  Object.fromEntries(lines.filter(({ type }) => type === 'finding').map(({ check, state }) => [check, state]));
const doctor = (url: string, ...args: string[]) => run(['doctor', '--endpoint', url, ...args]);

sideBySide({
  'without problems: one line for each test, status 0, and nothing left behind': async () => {
    const oms = await SteeredOms.start();
    const dataDir = join(newFolder(), 'none');
    const ended = await doctor(oms.url, '--project', PROJECT, '--data-dir', dataDir, '--json');
    expect(ended.status).toBe(0);
    expect(states(ended)).toEqual({
      reachable: 'ok',
      credentials: 'ok',
      version: 'ok',
      clock: 'ok',
      project: 'ok',
      'data-directory': 'ok',
    });
    expect(ended.lines[0]).toEqual({
      type: 'finding',
      check: 'reachable',
      state: 'ok',
      seen: 'OMS answers',
      todo: null,
    });
    expect(ended.lines.at(-1)).toEqual({ type: 'result', state: 'ok', problems: 0, attentions: 0 });
    expect(existsSync(dataDir)).toBe(false);
    const people = await doctor(oms.url, '--project', PROJECT, '--data-dir', dataDir);
    expect(people.stdout).toMatch(/^ok +reachable +OMS answers\n[\s\S]+\nno problems found\n$/);
    await oms.close();
  },

  'a folder that a wait is using is not a problem': async () => {
    const oms = await SteeredOms.start();
    const dataDir = newFolder();
    const here = ['--project', PROJECT, '--data-dir', dataDir];
    const wait = start(['wait', '--json', '--endpoint', oms.url, ...here]);
    await wait.line(({ type }) => type === 'check');
    const ended = await doctor(oms.url, ...here, '--json');
    expect(ended.status).toBe(0);
    expect(states(ended)).toMatchObject({ 'data-directory': 'attention' });
    wait.send('SIGINT');
    await wait.ended;
    await oms.close();
  },

  'an unreachable OMS is status 4, with the remedy': async () => {
    const oms = await SteeredOms.start();
    const { url } = oms;
    await oms.close();
    const ended = await doctor(url, '--json', '--request-timeout', '2s');
    expect(ended.status).toBe(4);
    expect(states(ended)).toMatchObject({ reachable: 'problem', credentials: 'attention', 'data-directory': 'ok' });
    expect(ended.lines[0]).toMatchObject({ todo: expect.stringContaining('endpoint') });
  },

  'rejected credentials are status 4': async () => {
    const oms = await SteeredOms.start();
    oms.reply = (response) => response.writeHead(401).end();
    const ended = await doctor(oms.url, '--json');
    expect(ended.status).toBe(4);
    expect(states(ended)).toMatchObject({ reachable: 'ok', credentials: 'problem' });
    await oms.close();
  },

  'an unusable data directory is status 5, whatever the state of OMS': async () => {
    const oms = await SteeredOms.start();
    const folder = newFolder();
    writeFileSync(join(folder, 'file'), '');
    for (const dataDir of [join(folder, 'file'), join(folder, 'file', 'below')]) {
      const ended = await doctor(oms.url, '--json', '--data-dir', dataDir);
      expect(ended.status).toBe(5);
      expect(states(ended)).toMatchObject({ reachable: 'ok', 'data-directory': 'problem' });
    }
    mkdirSync(join(folder, 'empty'));
    expect(await doctor(oms.url, '--json', '--data-dir', join(folder, 'empty'))).toMatchObject({ status: 0 });
    expect(readdirSync(join(folder, 'empty'))).toEqual([]);
    await oms.close();
  },

  'refuses to start without an endpoint, or with an invalid project id': async () => {
    for (const args of [[], ['--endpoint', 'http://127.0.0.1:1', '--project', '../x']]) {
      const { status, stdout, stderr } = await run(['doctor', ...args]);
      expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
      expect(stderr).toMatch(/^oms-cutover: .+\n$/);
    }
  },
});
