import { OmsClient } from '../../lambda/adapters/oms/client';
import { readScenario } from '../../local/simulator/read-scenario';
import { listScenarios } from '../../local/simulator/scenarios';
import { SIMULATOR_PASSWORD, SIMULATOR_USERNAME, startSimulator } from '../../local/simulator/simulator';
import { expectPage, readPage } from '../support/page';

const START = 1_790_000_000_000;
const PATH = 'docs/simulator.md';
const page = readPage(PATH);
const block = (begin: string) => page.slice(page.indexOf(begin) + begin.length).split('```')[0] ?? '';

test('the example of docs/simulator.md gives the output on the page', async () => {
  let now = START;
  const clock = { now: () => now };
  const scenario = readScenario(JSON.parse(block('```json\n')), 'docs/simulator.md');
  const simulator = await startSimulator({ projects: { p_x: scenario }, now: clock.now });
  const account = { username: SIMULATOR_USERNAME, password: SIMULATOR_PASSWORD };
  const client = new OmsClient({
    endpoint: simulator.url,
    api: '3.3',
    kind: 'migration',
    credentials: { read: async () => account, reread: async () => account },
    // Too short for a retry, which would only take time.
    requestTimeoutMs: 1_000,
    clock,
  });
  const seen: string[] = [];
  let before = '';
  for (let minute = 0; minute <= 200; minute++) {
    now = START + minute * 60_000;
    const observation = await client.poll('p_x');
    const odd = observation.anomalies.map(({ field }) => field);
    const state =
      observation.outcome === 'OK'
        ? `${observation.progress.status} ${observation.progress.currentStep ?? '-'}`
        : observation.outcome;
    const key = [state, ...odd].join(' ');
    const percent = observation.outcome === 'OK' ? ` ${observation.progress.fullMigrationProgress}%` : '';
    if (key !== before)
      seen.push(`${minute}m ${state}${percent}${odd.length > 0 ? ` unexpected: ${odd.join(', ')}` : ''}`);
    before = key;
  }
  await client.close();
  await simulator.close();
  expectPage(PATH, { says: block('each minute finds:\n\n```\n').trim().split('\n'), does: seen });
});

test('docs/simulator.md names every built-in scenario', () => {
  for (const { name } of listScenarios()) expect(page).toContain(`| \`${name}\` |`);
});
