import { Terminal } from '../../../cli/output/terminal';
import { DEFAULT_WAIT_SETTINGS } from '../../../lambda/contract/defaults';
import type { CheckRequest } from '../../../lambda/core/check/check';
import type { Observation } from '../../../lambda/core/model/progress';
import type { Poller } from '../../../lambda/core/model/snapshot';
import { Harness } from '../../support/harness';
import { failed, MINUTE, ok, SECOND, syncing, T0 } from '../../support/observations';

test('says a new day once: a look’s line has the time alone', async () => {
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

test('says the whole reason once, and with every further look how long it has been so', async () => {
  const reasons = (await shown(FAILING)).filter((line) => line.startsWith('    '));
  expect(reasons.map((line) => line.trim())).toEqual([
    'the project is FAILED; observed for 0 s, fails after 2 min',
    'observed for 10 s, fails after 2 min',
    'observed for 20 s, fails after 2 min',
  ]);
});

test('says of an outage how long it has lasted, and when a wait fails on it', async () => {
  const lines = await shown([failed(T0), failed(T0 + 5 * SECOND)]);
  expect(lines[1]).toBe('          observed for 0 s, fails after 1 h');
  expect(lines[3]).toBe('          observed for 5 s, fails after 1 h');
});

test('says with every look that it began before the fence', async () => {
  const goal = { type: 'DRAINED', writesStoppedAt: T0 + MINUTE, marginSeconds: 10 } as const;
  const question = { goal, settings: DEFAULT_WAIT_SETTINGS, firstPoll: false, deadlineAt: null };
  const lines = await shown([syncing(T0, 1), syncing(T0 + SECOND, 1)], { question });
  expect(lines.filter((line) => line.includes('before writes stopped'))).toHaveLength(2);
});

test('promises a next look only where whoever looked is the one that waits', async () => {
  expect((await shown([ok(T0)]))[0]).toContain('next look in');
  expect((await shown([ok(T0)], {}, 'schedule'))[0]).not.toContain('next look in');
});
