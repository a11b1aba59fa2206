import { join } from 'node:path';
import { describeExample } from './support-example';
import type { ExampleRun } from './support-run-example';

const PROJECT = 'p_4gmn25m4rvwg';
const INPUT = { projectId: PROJECT, ticket: 'CHG-1' };
const SOON = join(__dirname, 'fixtures/soon-in-sync.json');
const FAILS = join(__dirname, 'fixtures/fails-in-sync.json');
const NEVER = join(__dirname, 'fixtures/never-in-sync.json');

describeExample('wait-in-pipeline', ({ play }) => {
  const through = (scenario: string) =>
    play({ projects: { [PROJECT]: scenario }, machine: { output: 'PipelineArn', input: INPUT } });
  const published = ({ calls }: ExampleRun) => calls.map(([, input]) => (input as { Message: string }).Message);

  test('it continues when the target is in sync, with its input and the result', async () => {
    const run = await through(SOON);
    expect(run.execution).toMatchObject({
      status: 'SUCCEEDED',
      output: { ...INPUT, migration: { verdict: 'MET', project: PROJECT, status: 'RUNNING' } },
    });
    expect(published(run)).toEqual([`CHG-1: waiting for ${PROJECT}`, `CHG-1: ${PROJECT} is in sync, switch now`]);
    expect(run.hours).toBeGreaterThan(1 / 3);
  });

  test('MigrationFailed is caught: the DBA is notified, and the pipeline fails with its own error', async () => {
    const run = await through(FAILS);
    expect(run.execution).toMatchObject({ status: 'FAILED', error: 'NotMigrated' });
    expect(published(run)).toEqual([
      `CHG-1: waiting for ${PROJECT}`,
      expect.stringMatching(new RegExp(`^CHG-1: the migration of ${PROJECT} failed\\. .*FAILED`)),
    ]);
  });

  test('DeadlineExceeded is caught: another night is requested, and the pipeline succeeds', async () => {
    const run = await through(NEVER);
    expect(run.execution).toMatchObject({ status: 'SUCCEEDED', output: INPUT });
    expect(published(run)).toEqual([
      `CHG-1: waiting for ${PROJECT}`,
      expect.stringMatching(new RegExp(`^CHG-1: ${PROJECT} is not in sync yet\\. .`)),
    ]);
    expect(run.hours).toBeCloseTo(8, 1);
  });

  test('an error that is not caught fails the pipeline with its name', async () => {
    const run = await through('full-copy');
    expect(run.execution).toMatchObject({ status: 'FAILED', error: 'GoalUnreachable' });
    expect(published(run)).toEqual([`CHG-1: waiting for ${PROJECT}`]);
  });
});
