import { PowertoolsMetrics } from '../../../lambda/adapters/aws/powertools-metrics';
import { MAX_PROJECTS_APART, METRICS } from '../../../lambda/contract/metrics';
import type { Observation } from '../../../lambda/core/model/progress';
import type { MeasuredCheck } from '../../../lambda/core/ports';
import { play } from '../../support/run';
import { failed, ok, syncing, T0 } from '../../support/values/observations';
import { linesOf } from './output';

const metrics = (fleetSize: number | null) =>
  new PowertoolsMetrics({ names: METRICS, monitorName: 'Monitor', fleetSize });

function measured(
  observation: Observation,
  changed: Partial<MeasuredCheck> & { readonly project?: string } = {},
): MeasuredCheck {
  const { project = 'p_x', ...rest } = changed;
  const result = { ...play([observation]).last, project };
  return {
    result,
    looker: 'schedule',
    durationMs: 120,
    importance: 'HIGH',
    stalled: false,
    changesPending: 0,
    ...rest,
  };
}

interface Emf {
  readonly Namespace: string;
  readonly Dimensions: string[][];
  readonly Metrics: { readonly Name: string; readonly Unit: string }[];
}

const emf = (line: Record<string, unknown> | undefined): Emf =>
  (line as { _aws?: { CloudWatchMetrics: Emf[] } } | undefined)?._aws?.CloudWatchMetrics[0] as Emf;

/** What one check writes by the end of its invocation. */
const linesAfter = (fleetSize: number, check: MeasuredCheck) =>
  linesOf(() => {
    const counted = metrics(fleetSize);
    counted.checked(check);
    counted.flush();
  });

test('a poll in a small fleet counts for the monitor, and for the project only what is shown of it', async () => {
  const [monitor, project, ...more] = await linesAfter(2, measured(ok(T0)));
  expect(more).toEqual([]);
  expect(emf(monitor)).toEqual({
    Namespace: 'oms-cutover',
    Dimensions: [['service']],
    Metrics: [
      { Name: 'Checks', Unit: 'Count' },
      { Name: 'FailedChecks', Unit: 'Count' },
      { Name: 'ScheduledChecks', Unit: 'Count' },
      { Name: 'CheckDuration', Unit: 'Milliseconds' },
      { Name: 'ChangesPending', Unit: 'Count' },
      { Name: 'Stalled', Unit: 'Count' },
    ],
  });
  expect(monitor).toMatchObject({ service: 'Monitor', Checks: 1, FailedChecks: 0, CheckDuration: 120, Stalled: 0 });
  expect(emf(project)).toEqual({
    Namespace: 'oms-cutover',
    Dimensions: [['service', 'project']],
    Metrics: [{ Name: 'Progress', Unit: 'Percent' }],
  });
  expect(project).toMatchObject({ service: 'Monitor', project: 'p_x', Progress: 40 });
});

test('a project that synchronizes shows its lag, and no longer the progress of its copy', async () => {
  const [, project] = await linesAfter(2, measured(syncing(T0, 45)));
  expect(emf(project).Metrics).toEqual([{ Name: 'Lag', Unit: 'Seconds' }]);
});

test.each([
  ['HIGH', 'LagOfHighImportance'],
  ['MEDIUM', 'LagOfMediumImportance'],
  ['LOW', 'LagOfLowImportance'],
  [null, 'LagOfMediumImportance'],
] as const)(
  'a lag of importance %s counts as %s too, because each has a threshold of its own',
  async (importance, name) => {
    const [monitor, project] = await linesAfter(1, measured(syncing(T0, 45), { importance }));
    expect(Object.entries(monitor ?? {}).filter(([key]) => key.startsWith('Lag'))).toEqual([[name, 45]]);
    expect(project).toMatchObject({ Lag: 45 });
  },
);

test('a lag of importance IGNORE has no threshold, and no metric of its own', async () => {
  const lines = await linesAfter(1, measured(syncing(T0, 45), { importance: 'IGNORE' }));
  expect(lines.map((line) => Object.keys(line).filter((key) => key.startsWith('Lag')))).toEqual([[], ['Lag']]);
});

test('a failed poll counts as failed, without a value for progress or lag', async () => {
  const [line] = await linesAfter(1, measured(failed(T0), { looker: 'wait', changesPending: 2 }));
  expect(line).toMatchObject({ Checks: 1, FailedChecks: 1, ChangesPending: 2 });
  expect(line).not.toHaveProperty('Progress');
  expect(line).not.toHaveProperty('Lag');
  expect(line).not.toHaveProperty('ScheduledChecks');
});

test('a check that failed by our own fault counts as failed, like a failed poll', async () => {
  const [line] = await linesOf(() => {
    const counted = metrics(1);
    counted.failed('schedule');
    counted.flush();
  });
  expect(line).toMatchObject({ Checks: 1, FailedChecks: 1, ScheduledChecks: 1, service: 'Monitor' });
});

test('a large fleet is one line with every value, from which CloudWatch reads the extremes and the number', async () => {
  const lines = await linesOf(() => {
    const counted = metrics(MAX_PROJECTS_APART + 1);
    for (const [i, percent] of [10, 90, 40].entries())
      counted.checked(measured(ok(T0, { fullMigrationProgress: percent }), { project: `p_${i}` }));
    counted.flush();
  });
  expect(lines).toHaveLength(1);
  expect(emf(lines[0]).Dimensions).toEqual([['service']]);
  expect(lines[0]).toMatchObject({ Checks: [1, 1, 1], Progress: [10, 90, 40] });
  expect(lines[0]).not.toHaveProperty('project');
});

test('a line never holds more than the 100 values that CloudWatch accepts', async () => {
  const lines = await linesOf(() => {
    const counted = metrics(250);
    for (let i = 0; i < 250; i += 1) counted.checked(measured(ok(T0), { project: `p_${i}` }));
    counted.flush();
  });
  const counts = lines.map(({ Checks }) => (Array.isArray(Checks) ? Checks.length : 1));
  expect(Math.max(...counts)).toBeLessThanOrEqual(100);
  expect(counts.reduce((sum, count) => sum + count, 0)).toBe(250);
});

test.each([
  ['20 projects have a line each', 20, ['service', 'project']],
  ['21 projects have none', 21, ['service']],
])('where OMS lists the fleet, %s', async (_, found, dimensions) => {
  const lines = await linesOf(() => {
    const counted = metrics(null);
    counted.fleet(found);
    counted.checked(measured(ok(T0)));
    counted.flush();
  });
  expect(emf(lines.at(-1)).Dimensions).toEqual([dimensions]);
});

test('at most 20 projects ever have a dimension, also where a wait polls others than the schedule', async () => {
  const lines = await linesOf(() => {
    const counted = metrics(1);
    for (let i = 0; i < 30; i += 1) counted.checked(measured(ok(T0), { project: `p_${i}`, looker: 'wait' }));
    counted.flush();
  });
  const named = lines.filter(({ project }) => project !== undefined);
  expect(named).toHaveLength(MAX_PROJECTS_APART);
});

test('no line is written where nothing was counted', async () => {
  expect(await linesOf(() => metrics(1).flush())).toEqual([]);
});

test('refuses no project id: characters that CloudWatch does not accept become question marks', async () => {
  const [, line] = await linesAfter(1, measured(ok(T0), { project: 'np_münchen' }));
  expect(line).toMatchObject({ project: 'np_m?nchen' });
});
