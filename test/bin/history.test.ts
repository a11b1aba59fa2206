/** `history` on a terminal: each observation with its changes, OMS's messages and the end of a wait. Its JSON lines are in json-lines.test.ts. */
import { join } from 'node:path';
import { cleanUp, newFolder, run } from '../support/command-line';
import { PROJECT, SteeredOms } from './support/oms';
import { sideBySide } from './support/side-by-side';

afterAll(cleanUp);

const ROW_START = /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d {2}/;

/** An OMS and a folder to watch it from. */
async function watched() {
  const [oms, dataDir] = [await SteeredOms.start(), join(newFolder(), 'data')];
  const at = ['--project', PROJECT, '--data-dir', dataDir];
  return {
    oms,
    check: async () => void (await run(['check', '--endpoint', oms.url, ...at])),
    wait: (...flags: string[]) => run(['wait', '--endpoint', oms.url, ...at, ...flags]),
    mute: () => run(['mute', ...at, '--for', '2h'], { env: {} }),
    history: async (...flags: string[]) => {
      const { status, stdout, stderr } = await run(['history', ...at, ...flags], { env: {} });
      expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
      return stdout;
    },
  };
}

/** Rows without the time, the bar and extra spaces; of an observation only its status. */
const rowsOf = (text: string) =>
  text
    .split('\n')
    .filter((row) => row !== '')
    .map((row) =>
      ROW_START.test(row) ? (row.replace(ROW_START, '').split(' ')[0] as string) : row.trim().replace(/ +/g, ' '),
    );

function fails(oms: SteeredOms): void {
  const data = { status: 'FAILED', currentStep: 'FULL_MIGRATION', fullMigrationProgress: 55 };
  const errorDetail = { code: 'GHANA-TRANS000017', message: 'The copy failed.', proposal: 'Enlarge the disk.' };
  oms.reply = (response) =>
    response
      .writeHead(200, { 'Content-Type': 'application/json' })
      .end(JSON.stringify({ success: true, data, errorDetail }));
}

sideBySide({
  'a change follows the observation that caused it, and the error of OMS is printed once': async () => {
    const { oms, check, history } = await watched();
    await check();
    fails(oms);
    await check();
    await check();
    await oms.close();
    const said = ['OMS says GHANA-TRANS000017: The copy failed.', 'OMS advises Enlarge the disk.'];
    const changed = expect.stringMatching(/^✉ status: RUNNING → FAILED after \d+ s$/);
    expect(rowsOf(await history())).toEqual([
      'RUNNING',
      'FAILED',
      changed,
      ...said,
      'FAILED',
      `3 observations of ${PROJECT}`,
    ]);
    // The previous status, and since when, are older than the observations shown.
    expect(rowsOf(await history('--last', '2'))).toEqual([
      'FAILED',
      changed,
      ...said,
      'FAILED',
      `2 observations of ${PROJECT}`,
    ]);
    expect((await history('--json')).trim().split('\n')).toHaveLength(3);
  },

  'a pending notification is marked': async () => {
    const { oms, check, mute, history } = await watched();
    await check();
    await mute();
    oms.show({ status: 'SUSPEND' });
    await check();
    await oms.close();
    expect(await history()).toMatch(/^ +✉ {2}status: RUNNING → SUSPEND after \d+ s \(notification pending\)$/m);
  },

  'an outage of OMS and its end are changes too': async () => {
    const { oms, check, history } = await watched();
    oms.reply = (response) => response.writeHead(401).end();
    await check();
    oms.reply = null;
    await check();
    await oms.close();
    expect(rowsOf(await history())).toEqual([
      'OmsRejectedCredentials',
      '✉ credentials-rejected: OMS rejects the credentials',
      'RUNNING',
      '✉ credentials-accepted: OMS accepts the credentials again',
      `2 observations of ${PROJECT}`,
    ]);
  },

  'the observation that ended a wait has its result': async () => {
    const { oms, wait, history } = await watched();
    expect((await wait('--timeout', '0s')).status).toBe(3);
    oms.show({ status: 'FINISHED' });
    expect((await wait()).status).toBe(0);
    await oms.close();
    expect(rowsOf(await history())).toEqual([
      'RUNNING',
      'the wait ended: FAILED DeadlineExceeded',
      'FINISHED',
      expect.stringMatching(/^✉ status: RUNNING → FINISHED after \d+ s$/),
      'the wait ended: MET Finished',
      `2 observations of ${PROJECT}`,
    ]);
  },
});
