/** The plain loop of the command line and the deployed state machine end alike and notify the same changes. */
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { defaultStack } from '../support/default-stack';
import type { ParityCase, Played } from './support/parity';

type Key = Readonly<Record<string, unknown>>;

interface Case {
  readonly title: string;
  readonly timeline: readonly Key[];
  readonly scenario?: Key;
  readonly password?: string;
  readonly request?: Readonly<Record<string, unknown>>;
  /** What the state machine ends with: MET, or the name of its error. */
  readonly ends: string;
  readonly notified?: readonly string[];
}

const START = Date.UTC(2026, 0, 5);
const INIT: Key = { status: 'INIT', step: null, struct: null, full: null };
const COPYING: Key = { status: 'RUNNING', step: 'FULL_MIGRATION', struct: 100, full: 0 };
const SYNCING: Key = { status: 'RUNNING', step: 'INCR_SYNC', struct: 100, full: 100 };
const INCREMENTAL: Key = { enable: { incrSync: true } };
const SYNCED = { type: 'SYNCED', maxLagSeconds: 20, holdSeconds: 90 };
const DRAINED = { type: 'DRAINED', writesStoppedAt: (START + 120_000) / 1000, marginSeconds: 5 };
const FAULT = (kind: string, from: string, rest: Key = {}): Key => ({ faults: [{ from, for: '30d', kind, ...rest }] });

const CASES: readonly Case[] = [
  {
    title: 'a copy from INIT to FINISHED',
    timeline: [INIT, { at: '5m', ...COPYING }, { at: '2h', status: 'FINISHED', full: 100 }],
    ends: 'MET',
    notified: ['status INIT RUNNING', 'status RUNNING FINISHED'],
  },
  {
    title: 'a copy that is suspended, resumed, failed and resumed',
    timeline: [
      COPYING,
      { at: '10m', status: 'SUSPEND' },
      { at: '40m', status: 'RUNNING' },
      { at: '50m', status: 'FAILED' },
      { at: '55m', status: 'RUNNING' },
      { at: '80m', status: 'FINISHED', full: 100 },
    ],
    request: { failedGraceSeconds: 1200 },
    ends: 'MET',
  },
  {
    title: 'an outage of OMS within its grace',
    timeline: [COPYING, { at: '2h', status: 'FINISHED', full: 100 }],
    scenario: { faults: [{ from: '30m', for: '20m', kind: 'http', status: 400 }] },
    ends: 'MET',
    notified: ['unreachable', 'reachable', 'status RUNNING FINISHED'],
  },
  {
    title: 'an interval of the user',
    timeline: [COPYING, { at: '20m', status: 'FINISHED', full: 100 }],
    request: { minIntervalSeconds: 60, maxIntervalSeconds: 60 },
    ends: 'MET',
  },
  {
    title: 'a lag that comes down until it is SYNCED',
    timeline: [
      { ...COPYING, checkpoint: null },
      { at: '1h', ...SYNCING, checkpoint: { lag: '40m' } },
      { at: '90m', checkpoint: { lag: '3s', varies: '2s' } },
    ],
    scenario: INCREMENTAL,
    request: { goal: SYNCED },
    ends: 'MET',
  },
  {
    title: 'a checkpoint that passes the fence',
    timeline: [
      { ...SYNCING, checkpoint: { lag: '2m' } },
      { at: '10m', checkpoint: { lag: '5s' } },
    ],
    scenario: INCREMENTAL,
    request: { goal: DRAINED },
    ends: 'MET',
    notified: ['goal-met'],
  },
  {
    title: 'a reverse synchronisation that comes up after the switch',
    timeline: [
      { ...SYNCING, checkpoint: { lag: '5s' } },
      { at: '2m', step: 'APP_SWITCH' },
      { at: '4m', step: 'REVERSE_INCR_SYNC', checkpoint: 'frozen', reverseCheckpoint: { lag: '2s' } },
    ],
    scenario: { enable: { incrSync: true, reverseIncrSync: true } },
    request: { goal: { type: 'SWITCHED' } },
    ends: 'MET',
    notified: ['goal-met'],
  },
  {
    title: 'MigrationFailed after its grace',
    timeline: [COPYING, { at: '30m', status: 'FAILED' }],
    ends: 'MigrationFailed',
  },
  {
    title: 'MigrationFailed without a grace',
    timeline: [COPYING, { at: '30m', status: 'FAILED' }],
    request: { failedGraceSeconds: 0 },
    ends: 'MigrationFailed',
  },
  {
    title: 'MigrationSuspended',
    timeline: [COPYING, { at: '30m', status: 'SUSPEND' }],
    request: { suspendedGraceSeconds: 7200 },
    ends: 'MigrationSuspended',
  },
  {
    title: 'MigrationGone by its status',
    timeline: [COPYING, { at: '30m', status: 'RELEASED' }],
    ends: 'MigrationGone',
  },
  {
    title: 'MigrationGone where OMS knows it no longer',
    timeline: [COPYING],
    scenario: FAULT('unknown-project', '30m'),
    ends: 'MigrationGone',
    notified: ['gone-from-oms'],
  },
  { title: 'UnknownStatus', timeline: [COPYING, { at: '30m', status: 'PONDERING' }], ends: 'UnknownStatus' },
  {
    title: 'OmsUnreachable',
    timeline: [COPYING],
    scenario: FAULT('http', '30m', { status: 400 }),
    request: { outageGraceSeconds: 900 },
    ends: 'OmsUnreachable',
  },
  {
    title: 'OmsUnreachable by replies that make no sense',
    timeline: [COPYING],
    scenario: FAULT('seed-sample', '30m'),
    request: { outageGraceSeconds: 900 },
    ends: 'OmsUnreachable',
  },
  {
    title: 'OmsRejectedCredentials at the first look',
    timeline: [COPYING],
    password: 'another',
    ends: 'OmsRejectedCredentials',
  },
  {
    title: 'OmsRejectedCredentials in the middle of a wait',
    timeline: [COPYING],
    scenario: FAULT('redirect', '30m'),
    ends: 'OmsRejectedCredentials',
  },
  {
    title: 'OmsProjectNotFound',
    timeline: [COPYING],
    scenario: FAULT('unknown-project', '0s'),
    ends: 'OmsProjectNotFound',
    notified: [],
  },
  { title: 'GoalUnreachable for SYNCED', timeline: [COPYING], request: { goal: SYNCED }, ends: 'GoalUnreachable' },
  {
    title: 'GoalUnreachable for DRAINED once it is FINISHED',
    timeline: [
      { ...SYNCING, checkpoint: { lag: '5s' } },
      { at: '30s', status: 'FINISHED' },
    ],
    scenario: INCREMENTAL,
    request: { goal: DRAINED },
    ends: 'GoalUnreachable',
  },
  {
    title: 'DeadlineExceeded of a wait for FINISHED that never comes',
    timeline: [{ ...SYNCING, checkpoint: { lag: '5s' } }],
    scenario: INCREMENTAL,
    request: { timeoutSeconds: 1200, minIntervalSeconds: 60 },
    ends: 'DeadlineExceeded',
    notified: ['may-never-finish'],
  },
  {
    title: 'DeadlineExceeded where the checkpoint never moves',
    timeline: [
      { ...SYNCING, checkpoint: { lag: '5s' } },
      { at: '1m', checkpoint: 'frozen' },
    ],
    scenario: INCREMENTAL,
    request: { goal: DRAINED, timeoutSeconds: 1200, minIntervalSeconds: 30, maxIntervalSeconds: 120 },
    ends: 'DeadlineExceeded',
  },
  {
    title: 'InvalidInput',
    timeline: [COPYING],
    request: { minIntervalSeconds: 60, maxIntervalSeconds: 10 },
    ends: 'InvalidInput',
    notified: [],
  },
  {
    title: 'InvalidInput for a deadline of more than 364 days',
    timeline: [COPYING],
    request: { timeoutSeconds: 31_536_000 },
    ends: 'InvalidInput',
  },
];

let played: readonly { readonly deployed: Played; readonly plain: Played }[];

beforeAll(async () => {
  const directory = await defaultStack();
  const [deployed, plain] = await Promise.all([playAll('deployed', directory), playAll('plain', directory)]);
  played = CASES.map((_, i) => ({ deployed: deployed[i] as Played, plain: plain[i] as Played }));
}, 180_000);

async function playAll(way: 'deployed' | 'plain', directory: string): Promise<readonly Played[]> {
  const program = ['--import', 'tsx', join(__dirname, 'support/parity.ts'), way, directory];
  const child = spawn(process.execPath, program, { stdio: ['pipe', 'pipe', 'inherit'] });
  child.stdin.end(JSON.stringify(CASES.map(parityCase)));
  return JSON.parse(await text(child.stdout));
}

function parityCase({ title, timeline, scenario = {}, password, request = {} }: Case): ParityCase {
  const keys = timeline.map((key, i) => (i === 0 ? { at: '0s', ...key } : key));
  return {
    title,
    scenario: { title, description: title, ...scenario, timeline: keys },
    ...(password === undefined ? {} : { password }),
    request,
    flags: flagsOf(request),
  };
}

const FLAGS: Readonly<Record<string, string>> = {
  timeoutSeconds: 'timeout',
  minIntervalSeconds: 'min-interval',
  maxIntervalSeconds: 'max-interval',
  failedGraceSeconds: 'failed-grace',
  suspendedGraceSeconds: 'suspended-grace',
  unknownGraceSeconds: 'unknown-grace',
  outageGraceSeconds: 'outage-grace',
  maxLagSeconds: 'max-lag',
  holdSeconds: 'hold',
  marginSeconds: 'margin',
};

/** A request of the state machine, as a person would type it. */
function flagsOf(request: Readonly<Record<string, unknown>>): string[] {
  return Object.entries(request).flatMap(([name, value]) => {
    if (name === 'goal') return flagsOf(value as Record<string, unknown>);
    if (name === 'type') return ['--until', String(value).toLowerCase()];
    if (name === 'writesStoppedAt') return ['--writes-stopped-at', String(value)];
    return [`--${FLAGS[name]}`, `${value}s`];
  });
}

describe.each(CASES.map((each, i) => ({ ...each, i })))('$title', ({ i, ends, notified }) => {
  test(`ends the state machine with ${ends}`, () => {
    const { deployed } = played[i] as (typeof played)[number];
    expect(deployed.verdict === 'MET' ? 'MET' : deployed.code).toBe(ends);
    if (notified !== undefined) expect(deployed.notified).toEqual(notified);
  });

  test('is the same for the plain loop: verdict, reason, notified changes, and every poll', () => {
    const { deployed, plain } = played[i] as (typeof played)[number];
    expect(plain).toEqual(deployed);
  });
});
