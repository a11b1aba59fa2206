import { Terminal, usesColour } from '../../../cli/output/terminal';
import { DEFAULT_WAIT_SETTINGS } from '../../../lambda/contract/defaults';
import type { CheckRequest } from '../../../lambda/core/check/check';
import type { Observation } from '../../../lambda/core/model/progress';
import type { Poller } from '../../../lambda/core/model/snapshot';
import { Harness } from '../../support/harness';
import { failed, MINUTE, ok, SECOND, syncing, T0 } from '../../support/values/observations';

test('prints a line for each new day, because the line of a check has only the time', async () => {
  const day = 24 * 60 * MINUTE;
  const run = new Harness([ok(T0), ok(T0 + MINUTE), ok(T0 + day), ok(T0 + day + MINUTE)]);
  const lines: string[] = [];
  const terminal = new Terminal((text) => lines.push(text), false);
  for (let i = 0; i < 4; i += 1) terminal.check(await run.check(), 'wait');
  const date = new Date(T0 + day).toISOString().slice(0, 10);
  expect(lines.filter((line) => line.startsWith('──'))).toEqual([`── ${date} ──\n`]);
  expect(lines.findIndex((line) => line.startsWith('──'))).toBe(2);
});

async function shown(
  polls: readonly Observation[],
  request: Partial<CheckRequest> = {},
  looker: Poller = 'wait',
  manner = {},
) {
  const run = new Harness(polls);
  const lines: string[] = [];
  const terminal = new Terminal((text) => lines.push(text.trimEnd()), false, manner);
  for (const _ of polls) terminal.check(await run.check({}, request), looker);
  return lines;
}

const FAILING = [0, 10, 20].map((seconds) => ok(T0 + seconds * SECOND, { status: 'FAILED' }));

test('prints the whole reason once, then with each check how long it has lasted', async () => {
  const reasons = (await shown(FAILING)).filter((line) => line.startsWith('    '));
  expect(reasons.map((line) => line.trim())).toEqual([
    'the project is FAILED; observed for 0 s, fails after 2 min',
    'observed for 10 s, fails after 2 min',
    'observed for 20 s, fails after 2 min',
  ]);
});

test('prints how long an outage has lasted, and when the wait fails because of it', async () => {
  const lines = await shown([failed(T0), failed(T0 + 5 * SECOND)]);
  expect(lines[1]).toBe('          observed for 0 s, fails after 1 h');
  expect(lines[3]).toBe('          observed for 5 s, fails after 1 h');
});

test('prints with each check that its poll began before the fence', async () => {
  const goal = { type: 'DRAINED', writesStoppedAt: T0 + MINUTE, marginSeconds: 10 } as const;
  const question = { goal, settings: DEFAULT_WAIT_SETTINGS, firstPoll: false, deadlineAt: null };
  const lines = await shown([syncing(T0, 1), syncing(T0 + SECOND, 1)], { question });
  expect(lines.filter((line) => line.includes('before writes stopped'))).toHaveLength(2);
});

test('announces the next poll only for a wait', async () => {
  expect((await shown([ok(T0)]))[0]).toContain('next poll in');
  expect((await shown([ok(T0)], {}, 'schedule'))[0]).not.toContain('next poll in');
});

test.each([
  ['a terminal', {}, true, true],
  ['a pipe', {}, false, false],
  ['NO_COLOR', { NO_COLOR: '1' }, true, false],
  ['an empty NO_COLOR', { NO_COLOR: '' }, true, true],
  ['FORCE_COLOR on a pipe', { FORCE_COLOR: '1' }, false, true],
  ['FORCE_COLOR=0 on a terminal', { FORCE_COLOR: '0' }, true, false],
  ['FORCE_COLOR before NO_COLOR', { FORCE_COLOR: '1', NO_COLOR: '1' }, false, true],
])('colours with %s', (_, env, isTerminal, expected) => {
  expect(usesColour(env, isTerminal)).toBe(expected);
});

test.each([
  [60, false],
  [120, true],
])('in %d columns the time of the next poll is printed: %s', async (columns, printed) => {
  const [line] = await shown([ok(T0, { fullMigrationProgress: 40 })], {}, 'wait', { columns });
  expect(line?.includes('next poll in')).toBe(printed);
});

test('colours the status, and nothing without colour', async () => {
  const run = new Harness([ok(T0)]);
  const result = await run.check();
  const printed = (colour: boolean) => {
    const lines: string[] = [];
    new Terminal((text) => lines.push(text), colour).check(result, 'wait');
    return lines.join('');
  };
  expect(printed(true)).toContain('\u001b[36mRUNNING ');
  expect(printed(false)).not.toContain('\u001b');
});
