/** Every verdict a wait can end with, by a real run against an OMS that does what leads to it; and the exit status of each. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { SimulatorOptions } from '../../local/simulator/simulator';
import { cleanUp, type Ended, newFolder, run } from '../support/command-line';
import { type Key, PROJECT, simulate } from './support/oms';
import { sideBySide } from './support/side-by-side';

interface Case {
  readonly title: string;
  readonly timeline: readonly Key[];
  readonly scenario?: Key;
  readonly options?: Partial<SimulatorOptions>;
  readonly flags?: readonly string[] | (() => readonly string[]);
  readonly verdict: 'MET' | 'FAILED';
  readonly code: string;
  readonly message: RegExp;
  readonly status: number;
  /** Kinds of the notified changes, in sequence. */
  readonly notified?: readonly string[];
  readonly checks?: number;
}

const EACH_SECOND = ['--max-interval', '1s'];
const FOR_EVER = '1d';
const SYNCING: Key = { step: 'INCR_SYNC', full: 100, checkpoint: { lag: '1s' } };
const INCREMENTAL: Key = { enable: { incrSync: true }, checkpointEvery: '1s' };

const CASES: readonly Case[] = [
  {
    title: 'a copy that ends FINISHED meets the default goal',
    timeline: [{}, { at: '2s', full: 100, status: 'FINISHED' }],
    flags: EACH_SECOND,
    verdict: 'MET',
    code: 'Finished',
    message: /^the project is FINISHED$/,
    status: 0,
    notified: ['status'],
  },
  {
    title: 'a project that is already FINISHED is polled once, without a notification',
    timeline: [{ status: 'FINISHED', full: 100 }],
    verdict: 'MET',
    code: 'Finished',
    message: /FINISHED/,
    status: 0,
    notified: [],
    checks: 1,
  },
  {
    title: 'a lag within its bound throughout the hold is SYNCED',
    timeline: [SYNCING],
    scenario: INCREMENTAL,
    flags: ['--until', 'synced', '--hold', '3s', '--max-lag', '10s', ...EACH_SECOND],
    verdict: 'MET',
    code: 'Synced',
    message: /^lag \d s, within 10 s for \d+ s over \d+ checkpoints$/,
    status: 0,
    notified: ['goal-met'],
  },
  {
    title: 'a checkpoint past the moment at which writes stopped is DRAINED',
    timeline: [SYNCING],
    scenario: INCREMENTAL,
    flags: () => [
      '--until',
      'drained',
      '--writes-stopped-at',
      new Date().toISOString(),
      '--margin',
      '1s',
      ...EACH_SECOND,
    ],
    verdict: 'MET',
    code: 'Drained',
    message: /^checkpoint .* is past .* \(writes stopped .*, margin 1 s\)$/,
    status: 0,
    notified: ['goal-met'],
  },
  {
    title: 'a fence in Unix seconds is accepted, with no margin where it was read on the source',
    timeline: [SYNCING],
    scenario: INCREMENTAL,
    flags: () => [
      '--until',
      'drained',
      '--writes-stopped-at',
      String(Math.floor(Date.now() / 1000) - 60),
      '--margin',
      '0s',
    ],
    verdict: 'MET',
    code: 'Drained',
    message: /margin 0 s/,
    status: 0,
    checks: 1,
  },
  {
    title: 'a reverse synchronization whose checkpoint moves is SWITCHED',
    timeline: [{ step: 'REVERSE_INCR_SYNC', full: 100, checkpoint: null, reverseCheckpoint: { lag: '1s' } }],
    scenario: { enable: { incrSync: true, reverseIncrSync: true }, checkpointEvery: '1s' },
    flags: ['--until', 'switched', ...EACH_SECOND],
    verdict: 'MET',
    code: 'Switched',
    message: /./,
    status: 0,
    notified: ['goal-met'],
  },
  {
    title: 'FAILED for longer than its grace period ends in MigrationFailed, with what OMS says',
    timeline: [
      {},
      { at: '1s', status: 'FAILED', error: { code: 'GHANA-TRANS000017', message: 'The target is full.' } },
    ],
    flags: ['--failed-grace', '2s', ...EACH_SECOND],
    verdict: 'FAILED',
    code: 'MigrationFailed',
    message: /^the project is FAILED; OMS says: .*The target is full; observed.*grace period 2 s$/,
    status: 1,
    notified: ['status'],
  },
  {
    title: 'FAILED without a grace period ends in MigrationFailed at once',
    timeline: [{ status: 'FAILED' }],
    flags: ['--failed-grace', '0s'],
    verdict: 'FAILED',
    code: 'MigrationFailed',
    message: /grace period 0 s$/,
    status: 1,
    notified: ['first-seen'],
    checks: 1,
  },
  {
    title: 'FAILED that is resumed within its grace period does not end a wait',
    timeline: [{ status: 'FAILED' }, { at: '3s', status: 'RUNNING' }, { at: '5s', status: 'FINISHED', full: 100 }],
    flags: ['--failed-grace', '20s', ...EACH_SECOND],
    verdict: 'MET',
    code: 'Finished',
    message: /FINISHED/,
    status: 0,
    notified: ['first-seen', 'status', 'status'],
  },
  {
    title: 'SUSPEND for longer than its grace period ends in MigrationSuspended',
    timeline: [{}, { at: '1s', status: 'SUSPEND' }],
    flags: ['--suspended-grace', '2s', ...EACH_SECOND],
    verdict: 'FAILED',
    code: 'MigrationSuspended',
    message: /^the project is suspended \(SUSPEND\).*grace period 2 s$/,
    status: 1,
    notified: ['status'],
  },
  ...['RELEASING', 'RELEASED', 'DELETED'].map(
    (status): Case => ({
      title: `${status} ends in MigrationGone at once`,
      timeline: [{ status }],
      verdict: 'FAILED',
      code: 'MigrationGone',
      message: new RegExp(`^the project is ${status}`),
      status: 1,
      notified: ['first-seen'],
      checks: 1,
    }),
  ),
  {
    title: 'a project that no longer exists in OMS ends in MigrationGone',
    timeline: [{}],
    scenario: { faults: [{ from: '2s', for: FOR_EVER, kind: 'unknown-project' }] },
    flags: EACH_SECOND,
    verdict: 'FAILED',
    code: 'MigrationGone',
    message: /^the project no longer exists in OMS: /,
    status: 1,
  },
  {
    title: 'an unrecognized status ends in UnknownStatus after its grace period',
    timeline: [{}, { at: '1s', status: 'PONDERING' }],
    flags: ['--unknown-grace', '2s', ...EACH_SECOND],
    verdict: 'FAILED',
    code: 'UnknownStatus',
    message: /^OMS reports an unrecognized status, PONDERING; .*grace period 2 s$/,
    status: 1,
    notified: ['status'],
  },
  {
    title: 'a project without incremental synchronization ends a wait for SYNCED in GoalUnreachable',
    timeline: [{}],
    flags: ['--until', 'synced'],
    verdict: 'FAILED',
    code: 'GoalUnreachable',
    message: /^the project has no incremental synchronization .*SYNCED$/,
    status: 1,
    checks: 1,
  },
  {
    title: 'a project that is FINISHED ends a wait for DRAINED in GoalUnreachable',
    timeline: [{ status: 'FINISHED', full: 100 }],
    scenario: INCREMENTAL,
    flags: ['--until', 'drained', '--writes-stopped-at', new Date().toISOString()],
    verdict: 'FAILED',
    code: 'GoalUnreachable',
    message: /^the project is FINISHED.*DRAINED$/,
    status: 1,
    checks: 1,
  },
  {
    title: 'the deadline ends a wait in DeadlineExceeded, with what was seen last',
    timeline: [{}],
    flags: ['--timeout', '2s'],
    verdict: 'FAILED',
    code: 'DeadlineExceeded',
    message: /^not FINISHED by .*; last seen: RUNNING, FULL_MIGRATION 40 %/,
    status: 3,
  },
  {
    title: 'the deadline ends a wait also while OMS keeps it waiting for an answer',
    timeline: [{}],
    scenario: { faults: [{ from: '0s', for: FOR_EVER, kind: 'silent' }] },
    flags: ['--timeout', '3s', '--request-timeout', '60s'],
    verdict: 'FAILED',
    code: 'DeadlineExceeded',
    message: /^not FINISHED by .*no complete answer/,
    status: 3,
    checks: 1,
  },
  {
    title: 'a deadline of 0 s allows one poll',
    timeline: [{}],
    flags: ['--timeout', '0s'],
    verdict: 'FAILED',
    code: 'DeadlineExceeded',
    message: /last seen/,
    status: 3,
    checks: 1,
  },
  {
    title: 'a goal that is met at the deadline is met',
    timeline: [{ status: 'FINISHED', full: 100 }],
    flags: ['--timeout', '0s'],
    verdict: 'MET',
    code: 'Finished',
    message: /FINISHED/,
    status: 0,
    checks: 1,
  },
  {
    title: 'an OMS that does not answer ends in OmsUnreachable after the outage grace period',
    timeline: [{}],
    scenario: { faults: [{ from: '0s', for: FOR_EVER, kind: 'unreachable' }] },
    flags: ['--outage-grace', '2s', '--request-timeout', '1s', ...EACH_SECOND],
    verdict: 'FAILED',
    code: 'OmsUnreachable',
    message: /grace period 2 s$/,
    status: 4,
    notified: [],
  },
  {
    title: 'an OMS that accepts requests and never answers is unreachable too',
    timeline: [{}],
    scenario: { faults: [{ from: '0s', for: FOR_EVER, kind: 'silent' }] },
    flags: ['--outage-grace', '0s', '--request-timeout', '1s'],
    verdict: 'FAILED',
    code: 'OmsUnreachable',
    message: /no answer|in time|1 s/,
    status: 4,
    checks: 1,
  },
  {
    title: 'invalid replies end in OmsUnreachable after the outage grace period',
    timeline: [{}],
    scenario: { faults: [{ from: '1s', for: FOR_EVER, kind: 'html' }] },
    flags: ['--outage-grace', '2s', ...EACH_SECOND],
    verdict: 'FAILED',
    code: 'OmsUnreachable',
    message: /an HTML page.*grace period 2 s$/,
    status: 4,
  },
  {
    title: 'an outage within its grace period does not end a wait',
    timeline: [{}, { at: '5s', status: 'FINISHED', full: 100 }],
    scenario: { faults: [{ from: '1s', for: '3s', kind: 'http', status: 502 }] },
    flags: ['--outage-grace', '30s', ...EACH_SECOND],
    verdict: 'MET',
    code: 'Finished',
    message: /FINISHED/,
    status: 0,
    notified: ['status'],
  },
  {
    title: 'rejected credentials end in OmsRejectedCredentials at the first poll',
    timeline: [{}],
    options: { password: 'another' },
    verdict: 'FAILED',
    code: 'OmsRejectedCredentials',
    message: /does not accept the user name and password/,
    status: 4,
    notified: ['credentials-rejected'],
    checks: 1,
  },
  {
    title: 'a project that never existed in OMS ends in OmsProjectNotFound at once',
    timeline: [{}],
    scenario: { faults: [{ from: '0s', for: FOR_EVER, kind: 'unknown-project' }] },
    verdict: 'FAILED',
    code: 'OmsProjectNotFound',
    message: /GHANA-PROJECT000001/,
    status: 4,
    notified: [],
    checks: 1,
  },
  {
    title: 'a wait for FINISHED on a project that may run forever says so once, and continues',
    timeline: [SYNCING],
    scenario: INCREMENTAL,
    flags: ['--timeout', '3s', ...EACH_SECOND],
    verdict: 'FAILED',
    code: 'DeadlineExceeded',
    message: /may stay RUNNING forever/,
    status: 3,
    notified: ['may-never-finish'],
  },
  {
    title: 'the calls of 4.1.1 are detected',
    timeline: [{ status: 'FINISHED', full: 100 }],
    options: { api: '4.1.1' },
    verdict: 'MET',
    code: 'Finished',
    message: /FINISHED/,
    status: 0,
    checks: 1,
  },
  {
    title: 'the calls of 4.1.1 can be selected',
    timeline: [{ status: 'FINISHED', full: 100 }],
    options: { api: '4.1.1' },
    flags: ['--api', '4.1.1'],
    verdict: 'MET',
    code: 'Finished',
    message: /FINISHED/,
    status: 0,
    checks: 1,
  },
  {
    title: 'an answer to calls that this OMS does not have is not valid',
    timeline: [{}],
    options: { api: '4.1.1' },
    flags: ['--api', '3.3', '--outage-grace', '0s'],
    verdict: 'FAILED',
    code: 'OmsUnreachable',
    message: /404/,
    status: 4,
    checks: 1,
  },
  {
    title: 'a synchronization project is asked for by its kind',
    timeline: [{ status: 'FINISHED', full: 100 }],
    scenario: { kind: 'sync' },
    flags: ['--kind', 'sync'],
    verdict: 'MET',
    code: 'Finished',
    message: /FINISHED/,
    status: 0,
    checks: 1,
  },
  {
    title: 'credentials may come from a file',
    timeline: [{ status: 'FINISHED', full: 100 }],
    options: { username: 'other', password: 'of the file' },
    flags: () => ['--credentials-file', credentialsFile('{"username":"other","password":"of the file"}')],
    verdict: 'MET',
    code: 'Finished',
    message: /FINISHED/,
    status: 0,
    checks: 1,
  },
];

function credentialsFile(text: string): string {
  const file = join(newFolder(), 'credentials.json');
  writeFileSync(file, text, { mode: 0o600 });
  return file;
}

async function play({ timeline, scenario, options, flags = [] }: Case): Promise<Ended> {
  const simulator = await simulate(timeline, scenario, options);
  const given = typeof flags === 'function' ? flags() : flags;
  const ended = await run([
    ...['wait', '--json', '--endpoint', simulator.url, '--project', PROJECT, '--data-dir', join(newFolder(), 'data')],
    ...given,
  ]);
  await simulator.close();
  return ended;
}

async function expectVerdict(each: Case): Promise<void> {
  const { verdict, code, message, status, notified, checks } = each;
  const ended = await play(each);
  expect(ended.stderr).toBe('');
  const result = ended.lines.at(-1);
  expect(result).toMatchObject({ type: 'result', verdict, reason: { code, message: expect.stringMatching(message) } });
  expect(ended.status).toBe(status);
  const polls = ended.lines.filter(({ type }) => type === 'check');
  expect(result?.checks).toBe(checks ?? polls.length);
  expect(polls).toHaveLength(Number(result?.checks));
  if (notified === undefined) return;
  const changes = ended.lines.filter(({ type }) => type === 'notification');
  expect(changes.map(({ attributes }) => (attributes as Record<string, string>).change)).toEqual(notified);
  expect(changes.map(({ sequence }) => sequence)).toEqual(changes.map((_, i) => i + 1));
}

sideBySide(Object.fromEntries(CASES.map((each) => [each.title, () => expectVerdict(each)])));
afterAll(cleanUp);
