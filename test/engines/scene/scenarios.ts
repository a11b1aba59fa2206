/** What is played on every engine and on the laptop, as data. */
import { readScenario } from '../../../local/simulator/read-scenario';
import type { Scenario as Life } from '../../../local/simulator/scenario';

/** The steps that a pipeline asks of its user: functions called `engines-<step>`. */
export const STEPS = ['stopWrites', 'resumeWrites', 'verify', 'switchover', 'switchTraffic', 'rollback'] as const;
export type Step = (typeof STEPS)[number];

/** The output of its stack that has the ARN of a state machine. */
export const MACHINES = {
  wait: 'WaitMachineArn',
  alone: 'AloneMachineArn',
  withPeople: 'WithPeopleMachineArn',
  withRollback: 'WithRollbackMachineArn',
} as const;

/** A state machine, or the schedule's poll. */
export type Play = keyof typeof MACHINES | 'schedule';

/** The app's own stack, or that of app.ts. */
export const stackOf = (plays: Play): 'app' | 'cutovers' =>
  plays === 'wait' || plays === 'schedule' ? 'app' : 'cutovers';

export interface Scenario {
  readonly name: string;
  readonly plays: Play;
  /** The execution's input; its project, where it has one, is what the scenario's project is called. */
  readonly input: unknown;
  /** The project's life in OMS; absent where OMS has no such project, `source` for a modelled source with writes. */
  readonly life?: Life | 'source';
  /** Whether a second of its life passes with each poll instead of each second: then no slow machine can make it skip a part. */
  readonly livesByPolls?: true;
  readonly failing?: readonly Step[];
  /** What a step returns instead of what it would. */
  readonly returning?: Readonly<Partial<Record<Step, unknown>>>;
  /** In a replay: the tasks from and to which the check function fails, by its own number among all tasks, and how. */
  readonly dying?: { readonly from: number; readonly to: number; readonly name: string; readonly message: string };
  /** What the people of the scenario answer; absent: nothing. */
  readonly people?: 'approve' | 'reject';
  readonly ends: Ending;
  /** Whether waits are skipped: there are too many of them. */
  readonly skipsWaits?: true;
}

/** How it must end, everywhere. */
export type Ending =
  | { readonly status: 'SUCCEEDED'; readonly says?: string }
  | { readonly status: 'FAILED'; readonly error: string; readonly says?: string };

const life = (timeline: readonly object[], more: object = {}): Life =>
  readScenario(
    { title: 'Played', description: 'On every engine.', checkpointEvery: '1s', timeline, ...more },
    'scenarios.ts',
  );

const COPYING = { at: '0s', status: 'RUNNING', step: 'FULL_MIGRATION', struct: 100, full: 40 };
const IN_SYNC = { at: '0s', status: 'RUNNING', step: 'INCR_SYNC', struct: 100, full: 100, checkpoint: { lag: '2s' } };
const INCREMENTAL = { enable: { incrSync: true } };
const FAST = { minIntervalSeconds: 1, maxIntervalSeconds: 1 };

/** Without a checkpoint, which is a real time. */
const byPolls = (timeline: readonly object[]): Partial<Scenario> => ({ life: life(timeline), livesByPolls: true });

const wait = (name: string, request: object, ends: Ending, more: Partial<Scenario> = {}): Scenario => ({
  name,
  plays: 'wait',
  input: { projectId: projectOf(name), ...FAST, ...request },
  ends,
  ...more,
});

const cutover = (name: string, ends: Ending, more: Partial<Scenario> = {}): Scenario => ({
  name,
  plays: 'alone',
  input: { projectId: projectOf(name) },
  life: 'source',
  ends,
  ...more,
});

const badInput = (name: string, input: unknown, says: string): Scenario => ({
  name,
  plays: 'wait',
  input,
  ends: { status: 'FAILED', error: 'InvalidInput', says },
});

export const projectOf = (name: string): string => `p_${name.replaceAll('-', '_')}`;

/** The one that both stacks are deployed for. */
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
      life: life([IN_SYNC], INCREMENTAL),
    },
  ),
  wait(
    'wait-drained',
    { goal: { type: 'DRAINED', writesStoppedAt: '2026-01-01T00:00:00Z', marginSeconds: 1 } },
    { status: 'SUCCEEDED' },
    {
      life: life([IN_SYNC], INCREMENTAL),
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
  cutover('cutover-alone', { status: 'SUCCEEDED' }),
  cutover('cutover-with-people', { status: 'SUCCEEDED' }, { plays: 'withPeople', people: 'approve' }),
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
    { plays: 'withPeople', people: 'reject' },
  ),
  cutover(
    'cutover-rehearsal',
    { status: 'SUCCEEDED' },
    { input: { projectId: projectOf('cutover-rehearsal'), rehearse: true } },
  ),
  cutover('cutover-bad-input', { status: 'FAILED', error: 'InvalidInput' }, { input: { projectId: 'not a project' } }),
  {
    name: 'scheduled-poll',
    plays: 'schedule',
    input: { projects: [SCHEDULED_PROJECT], intervalSeconds: 300 },
    life: life([COPYING]),
    ends: { status: 'SUCCEEDED' },
  },
];

/** Further runs, only replayed: what their tasks answered is put to an engine's interpreter. */
export const REPLAYS: readonly Scenario[] = [
  badInput('replay-null-as-input', null, 'the input must be an object'),
  badInput('replay-text-as-input', 'p_"x"\\ {0}', 'the input must be an object'),
  badInput('replay-number-as-input', 17, 'the input must be an object'),
  badInput('replay-input-with-fields-of-the-loop', { projectId: 'p_x', round: 3, wait: {} }, 'round'),
  wait(
    'replay-check-fails-for-a-while',
    {},
    { status: 'SUCCEEDED' },
    {
      ...byPolls([COPYING, { at: '5s', status: 'FINISHED', full: 100 }]),
      dying: { from: 0, to: 4, name: 'CheckFailed', message: 'could not read "p_x": \'no\' \\ {} — später' },
    },
  ),
  wait(
    'replay-check-fails-for-good',
    {},
    { status: 'FAILED', error: 'CheckFailed' },
    {
      ...byPolls([COPYING]),
      dying: {
        from: 0,
        to: 1_000,
        name: 'Lambda.Unknown',
        message: 'could not read "p_x": \'no\' \\ {} {0} \\n — später',
      },
    },
  ),
  cutover('replay-switch-fails', { status: 'FAILED', error: 'CutoverNeedsOperator' }, { failing: ['switchTraffic'] }),
  cutover('replay-rollback', { status: 'SUCCEEDED' }, { plays: 'withRollback' }),
  cutover(
    'replay-rolled-back',
    { status: 'FAILED', error: 'CutoverRolledBack' },
    { plays: 'withRollback', failing: ['verify'] },
  ),
  cutover(
    'replay-rollback-fails',
    { status: 'FAILED', error: 'CutoverNeedsOperator' },
    { plays: 'withRollback', failing: ['switchTraffic', 'rollback'] },
  ),
  cutover('replay-nobody-approves', { status: 'FAILED', error: 'CutoverRejected' }, { plays: 'withPeople' }),
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
    'replay-bookkeeping-fails-for-a-while',
    { status: 'SUCCEEDED' },
    {
      dying: { from: 5, to: 8, name: 'Lambda.Unknown', message: 'died "so" \\ {}' },
    },
  ),
  cutover(
    'replay-bookkeeping-fails-for-good',
    { status: 'FAILED', error: 'CutoverRolledBack' },
    {
      dying: { from: 7, to: 1_000, name: 'Lambda.Unknown', message: 'died "so" \\ {}' },
    },
  ),
  cutover(
    'replay-rehearsal-of-a-rollback',
    { status: 'SUCCEEDED' },
    {
      plays: 'withRollback',
      input: { projectId: projectOf('replay-rehearsal-of-a-rollback'), rehearse: true },
    },
  ),
];
