import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Log } from '../../lambda/core/ports';
import { loadScenario } from '../../local/simulator/scenarios';
import { startSimulator } from '../../local/simulator/simulator';
import { LocalStack } from '../../local/stack';
import { VirtualClock } from '../../local/virtual-clock';
import { defaultStack, DEFAULT_PROJECT as PROJECT } from '../support/default-stack';

const USERNAME = 'oms-auditor';
const PASSWORD = 'S3cret/with+every%kind"of&char';

let directory: string;
let folder: string;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'secret-'));
  directory = await defaultStack();
});
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

/** Every way in which the password could be spelled in something written. */
const SPELLINGS = [
  PASSWORD,
  JSON.stringify(PASSWORD).slice(1, -1),
  encodeURIComponent(PASSWORD),
  Buffer.from(PASSWORD).toString('base64'),
  Buffer.from(`${USERNAME}:${PASSWORD}`).toString('base64'),
];

/** Runs a wait with the schedule beside it; gives back everything that was written anywhere. */
async function everythingWrittenBy(
  scenario: string,
  accepted: string,
  name: string,
): Promise<{ text: string; ended: string }> {
  const clock = new VirtualClock();
  const lines: string[] = [];
  const note: Log['info'] = (event, fields) => lines.push(JSON.stringify({ event, ...fields }));
  const projects = { [PROJECT]: loadScenario(scenario) };
  const oms = await startSimulator({ projects, now: () => clock.now(), username: USERNAME, password: accepted });
  const dataFolder = join(folder, name);
  const stack = await LocalStack.start({
    directory,
    clock,
    omsEndpoint: oms.url,
    credentials: { username: USERNAME, password: PASSWORD },
    dataFolder,
    log: { info: note, warn: note },
  });
  try {
    const ended = await clock.participate(async () => {
      const stop = new AbortController();
      const schedule = stack.runSchedule(stop.signal);
      const execution = await stack.startWait({ projectId: PROJECT });
      stop.abort();
      await schedule;
      return execution;
    });
    expect(lines.length).toBeGreaterThan(0);
    const files = readdirSync(join(dataFolder, 'dynamodb')).map((file) =>
      readFileSync(join(dataFolder, 'dynamodb', file), 'latin1'),
    );
    const text = [...lines, JSON.stringify(stack.messages), JSON.stringify(stack.executions), ...files].join('\n');
    return { text, ended: ended.error ?? ended.status };
  } finally {
    await stack.close();
    await oms.close();
  }
}

test.each([
  ['a whole run', join(__dirname, 'fixtures/short-copy.json'), PASSWORD, 'SUCCEEDED'],
  ['a run that ends in the failure of the migration', 'failure', PASSWORD, 'MigrationFailed'],
  ['a run whose password OMS refuses', 'full-copy', 'another', 'OmsRejectedCredentials'],
])(
  'the password stands in nothing that %s wrote: logs, e-mails, executions, the table',
  async (name, scenario, accepted, end) => {
    const { text, ended } = await everythingWrittenBy(scenario, accepted, name);
    expect(ended).toBe(end);
    // What was searched did hold the run.
    expect(text).toContain(PROJECT);
    expect(SPELLINGS.filter((spelling) => text.includes(spelling))).toEqual([]);
  },
);
