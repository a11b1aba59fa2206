/** The scenarios that run on every engine and locally, as data. */
import { readScenario } from '../../../local/simulator/read-scenario';
import type { Scenario as Timeline } from '../../../local/simulator/scenario';

/** The user's steps of a pipeline: functions with the name `engines-<step>`. */
export const STEPS = ['stopWrites', 'resumeWrites', 'verify', 'switchover', 'switchTraffic', 'rollback'] as const;
export type Step = (typeof STEPS)[number];

/** The stack output with the ARN of each state machine. */
export const MACHINES = {
  wait: 'WaitMachineArn',
  unattended: 'UnattendedMachineArn',
  withApproval: 'WithApprovalMachineArn',
  withRollback: 'WithRollbackMachineArn',
} as const;

/** A state machine, or the event of the schedule. */
export type Target = keyof typeof MACHINES | 'schedule';

/** The stack of the app, or that of app.ts. */
export const stackOf = (target: Target): 'app' | 'cutovers' =>
  target === 'wait' || target === 'schedule' ? 'app' : 'cutovers';

export interface Scenario {
  readonly name: string;
  readonly target: Target;
  /** Input of the execution. A `projectId` in it is `projectOf` the name. */
  readonly input: unknown;
  /** What OMS shows of the project; `source` is a modelled source with writes. Absent if OMS does not have it. */
  readonly project?: Timeline | 'source';
  /** The timeline advances by one second with each poll, so that a slow machine skips no part of it. */
  readonly advancesByPolls?: true;
  readonly failing?: readonly Step[];
  /** Replies that replace those of steps. */
  readonly returning?: Readonly<Partial<Record<Step, unknown>>>;
  /** In a replay: the check function fails with this error in the tasks with these indexes (`to` is excluded). */
  readonly failingTasks?: {
    readonly from: number;
    readonly to: number;
    readonly name: string;
    readonly message: string;
  };
  /** The answer to a request for approval; absent: none. */
  readonly decision?: 'approve' | 'reject';
  readonly ends: Ending;
  /** Wait states take no time: the scenario has too many. */
  readonly skipsWaits?: true;
}

/** The expected end. */
export type Ending =
  | { readonly status: 'SUCCEEDED'; readonly says?: string }
  | { readonly status: 'FAILED'; readonly error: string; readonly says?: string };

const timelineOf = (timeline: readonly object[], more: object = {}): Timeline =>
  readScenario(
    { title: 'Engines', description: 'Runs on every engine.', checkpointEvery: '1s', timeline, ...more },
    'scenarios.ts',
  );

const COPYING = { at: '0s', status: 'RUNNING', step: 'FULL_MIGRATION', struct: 100, full: 40 };
const IN_SYNC = { at: '0s', status: 'RUNNING', step: 'INCR_SYNC', struct: 100, full: 100, checkpoint: { lag: '2s' } };
const INCREMENTAL = { enable: { incrSync: true } };
const FAST = { minIntervalSeconds: 1, maxIntervalSeconds: 1 };

/** For timelines without a checkpoint, which is a real time. */
const byPolls = (timeline: readonly object[]): Partial<Scenario> => ({
  project: timelineOf(timeline),
  advancesByPolls: true,
});

const wait = (name: string, request: object, ends: Ending, more: Partial<Scenario> = {}): Scenario => ({
  name,
  target: 'wait',
  input: { projectId: projectOf(name), ...FAST, ...request },
  ends,
  ...more,
});

const cutover = (name: string, ends: Ending, more: Partial<Scenario> = {}): Scenario => ({
  name,
  target: 'unattended',
  input: { projectId: projectOf(name) },
  project: 'source',
  ends,
  ...more,
});

const badInput = (name: string, input: unknown, says: string): Scenario => ({
  name,
  target: 'wait',
  input,
  ends: { status: 'FAILED', error: 'InvalidInput', says },
});

export const projectOf = (name: string): string => `p_${name.replaceAll('-', '_')}`;

/** The project in the schedule of both stacks. */
export const SCHEDULED_PROJECT = projectOf('scheduled-poll');

export const SCENARIOS: readonly Scenario[] = [
  wait(
    'wait-finished',
    {},
    { status: 'SUCCEEDED', says: 'FINISHED' },
    byPolls([
      { at: '0s', status: 'INIT', step: null },
      { at: '5s', status: 'RUNNING', step: 'STRUCT_MIGRATION', struct: 50 },
      { at: '10s', step: 'FULL_MIGRATION', struct: 100, full: 10 },
      { at: '15s', status: 'FINISHED', full: 100 },
    ]),
  ),
  wait(
    'wait-failed',
    { failedGraceSeconds: 3 },
    { status: 'FAILED', error: 'MigrationFailed' },
    byPolls([
      COPYING,
      {
        at: '5s',
        status: 'FAILED',
        error: {
          code: 'GHANA-TRANS000017',
          message: 'Write failed: "C:\\data" {0} \'x\'.',
          reason: 'The target is full.',
          proposal: 'Enlarge it.',
        },
      },
    ]),
  ),
  wait(
    'wait-suspended',
    { suspendedGraceSeconds: 3 },
    { status: 'FAILED', error: 'MigrationSuspended' },
    byPolls([COPYING, { at: '5s', status: 'SUSPEND' }]),
  ),
  wait('wait-deadline', { timeoutSeconds: 5 }, { status: 'FAILED', error: 'DeadlineExceeded' }, byPolls([COPYING])),
  badInput('wait-without-project', {}, 'projectId is required'),
  badInput(
    'wait-bad-goal',
    { projectId: 'p_x', goal: { type: 'DONE' }, minIntervalSeconds: '5m' },
    'minIntervalSeconds must be a whole number',
  ),
  badInput('wait-list-as-input', ['p_x'], 'the input must be an object'),
  wait('wait-unknown-project', {}, { status: 'FAILED', error: 'OmsProjectNotFound' }),
  wait(
    'wait-synced',
    { goal: { type: 'SYNCED', maxLagSeconds: 10, holdSeconds: 4 } },
    { status: 'SUCCEEDED' },
    {
      project: timelineOf([IN_SYNC], INCREMENTAL),
    },
  ),
  wait(
    'wait-drained',
    { goal: { type: 'DRAINED', writesStoppedAt: '2026-01-01T00:00:00Z', marginSeconds: 1 } },
    { status: 'SUCCEEDED' },
    {
      project: timelineOf([IN_SYNC], INCREMENTAL),
    },
  ),
  wait(
    'wait-unreachable-goal',
    { goal: { type: 'SYNCED' } },
    { status: 'FAILED', error: 'GoalUnreachable' },
    byPolls([COPYING]),
  ),
  wait(
    'wait-of-three-legs',
    { minIntervalSeconds: 60, maxIntervalSeconds: 60 },
    { status: 'SUCCEEDED' },
    {
      ...byPolls([COPYING, { at: '1010s', status: 'FINISHED', full: 100 }]),
      skipsWaits: true,
    },
  ),
  cutover('cutover-unattended', { status: 'SUCCEEDED' }),
  cutover('cutover-with-approval', { status: 'SUCCEEDED' }, { target: 'withApproval', decision: 'approve' }),
  cutover('cutover-stop-fails', { status: 'FAILED', error: 'CutoverRolledBack' }, { failing: ['stopWrites'] }),
  cutover('cutover-verify-fails', { status: 'FAILED', error: 'CutoverNeedsOperator' }, { failing: ['verify'] }),
  cutover(
    'cutover-resume-fails',
    { status: 'FAILED', error: 'CutoverNeedsOperator' },
    { failing: ['stopWrites', 'resumeWrites'] },
  ),
  cutover(
    'cutover-rejected',
    { status: 'FAILED', error: 'CutoverRejected' },
    { target: 'withApproval', decision: 'reject' },
  ),
  cutover(
    'cutover-rehearsal',
    { status: 'SUCCEEDED' },
    { input: { projectId: projectOf('cutover-rehearsal'), rehearse: true } },
  ),
  cutover('cutover-bad-input', { status: 'FAILED', error: 'InvalidInput' }, { input: { projectId: 'not a project' } }),
  {
    name: 'scheduled-poll',
    target: 'schedule',
    input: { projects: [SCHEDULED_PROJECT], intervalSeconds: 300 },
    project: timelineOf([COPYING]),
    ends: { status: 'SUCCEEDED' },
  },
];

/** Scenarios that are only recorded and replayed. */
export const REPLAYS: readonly Scenario[] = [
  badInput('replay-null-as-input', null, 'the input must be an object'),
  badInput('replay-text-as-input', 'p_"x"\\ {0}', 'the input must be an object'),
  badInput('replay-number-as-input', 17, 'the input must be an object'),
  badInput('replay-input-with-fields-of-the-loop', { projectId: 'p_x', round: 3, wait: {} }, 'round'),
  wait(
    'replay-check-fails-temporarily',
    {},
    { status: 'SUCCEEDED' },
    {
      ...byPolls([COPYING, { at: '5s', status: 'FINISHED', full: 100 }]),
      failingTasks: { from: 0, to: 4, name: 'CheckFailed', message: 'could not read "p_x": \'no\' \\ {} — später' },
    },
  ),
  wait(
    'replay-check-fails-permanently',
    {},
    { status: 'FAILED', error: 'CheckFailed' },
    {
      ...byPolls([COPYING]),
      failingTasks: {
        from: 0,
        to: 1_000,
        name: 'Lambda.Unknown',
        message: 'could not read "p_x": \'no\' \\ {} {0} \\n — später',
      },
    },
  ),
  cutover('replay-switch-fails', { status: 'FAILED', error: 'CutoverNeedsOperator' }, { failing: ['switchTraffic'] }),
  cutover('replay-rollback', { status: 'SUCCEEDED' }, { target: 'withRollback' }),
  cutover(
    'replay-rolled-back',
    { status: 'FAILED', error: 'CutoverRolledBack' },
    { target: 'withRollback', failing: ['verify'] },
  ),
  cutover(
    'replay-rollback-fails',
    { status: 'FAILED', error: 'CutoverNeedsOperator' },
    { target: 'withRollback', failing: ['switchTraffic', 'rollback'] },
  ),
  cutover('replay-approval-expires', { status: 'FAILED', error: 'CutoverRejected' }, { target: 'withApproval' }),
  cutover(
    'replay-step-returns-nothing',
    { status: 'SUCCEEDED' },
    { returning: { stopWrites: null, verify: [1, 'two'], switchTraffic: 'done' } },
  ),
  cutover(
    'replay-step-returns-no-time',
    { status: 'FAILED', error: 'CutoverRolledBack' },
    { returning: { stopWrites: { writesStoppedAt: 'soon "\\' } } },
  ),
  cutover(
    'replay-bookkeeping-fails-temporarily',
    { status: 'SUCCEEDED' },
    {
      failingTasks: { from: 5, to: 8, name: 'Lambda.Unknown', message: 'died "so" \\ {}' },
    },
  ),
  cutover(
    'replay-bookkeeping-fails-permanently',
    { status: 'FAILED', error: 'CutoverRolledBack' },
    {
      failingTasks: { from: 7, to: 1_000, name: 'Lambda.Unknown', message: 'died "so" \\ {}' },
    },
  ),
  cutover(
    'replay-rehearsal-of-a-rollback',
    { status: 'SUCCEEDED' },
    {
      target: 'withRollback',
      input: { projectId: projectOf('replay-rehearsal-of-a-rollback'), rehearse: true },
    },
  ),
];
