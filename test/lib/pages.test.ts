/** The pages of the constructs, compared with the code: props, settings, defaults and inputs. */
import { DEFAULTS } from '../../lambda/contract/defaults';
import { GOAL_TYPES } from '../../lambda/contract/goal';
import { readWaitParameters } from '../../lambda/core/check/wait-input';
import { readSettings } from '../../lib/app/settings';
import { expectPage, readPage as read } from '../support/page';
import { messageOf } from './stacks';

const section = (page: string, heading: string) =>
  page.split(/^## /m).find((each) => each.startsWith(`${heading}\n`)) ?? '';
const namesIn = (text: string) => [...text.matchAll(/`(\w+)`/g)].map(([, name]) => name);
/** The names in the first column of the tables. */
const rows = (text: string) => [...text.matchAll(/^\| (`[^|]+) \|/gm)].flatMap(([, cell = '']) => namesIn(cell));
const propsOf = (source: string, name: string) => {
  const body = source.split(`export interface ${name} {\n`)[1]?.split('\n}\n')[0] ?? '';
  return [...body.matchAll(/^ {2}readonly (\w+)\??:/gm)].map(([, prop]) => prop);
};

const MONITOR_PAGE = 'docs/migration-monitor.md';
const WAIT_PAGE = 'docs/wait-for-migration.md';
const monitorPage = read(MONITOR_PAGE);
const waitPage = read(WAIT_PAGE);

test.each([
  ['MigrationMonitor', MONITOR_PAGE, 'lib/monitor/props.ts'],
  ['WaitForMigration', WAIT_PAGE, 'lib/wait/wait-for-migration.ts'],
])('the page of %s has each of its props', (name, page, source) => {
  const props = propsOf(read(source), `${name}Props`);
  expect(props.length).toBeGreaterThan(5);
  expectPage(page, { says: rows(section(read(page), 'Props')).sort(), does: props.sort() });
});

test('the page of MigrationMonitor and the README have every setting of the app', () => {
  const known =
    /valid settings are (.+)$/m.exec(messageOf(() => readSettings({ unheardOf: '' })))?.[1]?.split(', ') ?? [];
  expect(known.length).toBeGreaterThan(10);
  const does = [...known].sort();
  expectPage(MONITOR_PAGE, { says: rows(section(monitorPage, "The app's settings")).sort(), does });
  expectPage('README.md', { says: rows(section(read('README.md'), 'Deploy')).sort(), does });
});

test('the page of WaitForMigration has the defaults', () => {
  const props = section(waitPage, 'Props');
  const days = `${DEFAULTS.timeoutSeconds / 86_400} days`;
  const hours = (seconds: number) => `${seconds / 3600} h`;
  const minutes = (seconds: number) => `${seconds / 60} min`;
  const said: Record<string, string> = {
    timeout: days,
    minInterval: `${DEFAULTS.minIntervalSeconds} s; ${DEFAULTS.nearIntervalSeconds} s if a copy may end at any time, ${DEFAULTS.fencedIntervalSeconds} s after a fence`,
    maxInterval: minutes(DEFAULTS.maxIntervalSeconds),
    failedGrace: minutes(DEFAULTS.failedGraceSeconds),
    suspendedGrace: hours(DEFAULTS.suspendedGraceSeconds),
    unknownGrace: minutes(DEFAULTS.unknownGraceSeconds),
    outageGrace: hours(DEFAULTS.outageGraceSeconds),
  };
  for (const [name, value] of Object.entries(said))
    expect(props).toContain(`| \`${name}\` | \`Duration\` or path | ${value} |`);
});

describe('the input of the wait machine, on its page,', () => {
  const text = section(waitPage, 'Without your own state machine');
  const goals = [...text.matchAll(/^\| `(\{.+\})` \|/gm)].map(([, json = '']) => JSON.parse(json));

  test('is documented for each goal', () => {
    expectPage(WAIT_PAGE, { says: goals.map(({ type }) => type), does: [...GOAL_TYPES] });
  });

  test.each(goals.map((goal) => [goal.type, goal]))('is accepted for %s, with the documented defaults', (_, goal) => {
    const { goal: taken } = readWaitParameters({ projectId: 'p_x', goal });
    const { maxLagSeconds: _lag, holdSeconds: _hold, marginSeconds: _margin, ...least } = goal;
    expect(readWaitParameters({ projectId: 'p_x', goal: least }).goal).toEqual(taken);
  });

  test('is accepted as in the command, and with every other documented field', () => {
    const input = JSON.parse(/--input '([^']+)'/.exec(text)?.[1] ?? '');
    const fields = Object.fromEntries(
      namesIn(text)
        .filter((name) => name?.endsWith('Seconds'))
        .map((name) => [name, 60]),
    );
    expect(Object.keys(fields)).toHaveLength(7);
    expect(readWaitParameters({ ...input, ...fields })).toMatchObject({
      projectId: input.projectId,
      timeoutSeconds: 60,
    });
  });
});
