/** The stack as it deploys, on a laptop: synthesized once, then run against a simulated OMS. Needs the bundle that `npm run build` makes. */
import { existsSync } from 'node:fs';
import { CheckFailed, Interrupted } from '../../lambda/core/model/errors';
import { synthesize } from '../../local/cloudformation/synthesize';
import { readStack } from '../../local/cloudformation/template';
import { LOCAL_TABLE } from '../../local/data/local-store';
import { defaultStack, DEFAULT_PROJECT as PROJECT } from '../support/default-stack';
import { runStack } from './support-run-stack';

let directory: string;

beforeAll(async () => {
  directory = await defaultStack();
});

test('is read completely: one table with the keys of the local store, one function, two state machines, a schedule, an e-mail subscription', () => {
  const model = readStack(directory);
  expect(model.tables).toEqual([{ ...LOCAL_TABLE, name: expect.any(String) }]);
  expect(model.functions).toHaveLength(1);
  expect(existsSync(`${model.functions[0]?.codeDirectory}/index.js`)).toBe(true);
  expect(model.machines.map(({ arn }) => arn)).toEqual(
    expect.arrayContaining([model.output('WaitMachineArn'), model.output('LegMachineArn')]),
  );
  expect(model.schedules).toMatchObject([
    { intervalSeconds: 300, targetArn: model.functions[0]?.arn, input: { projects: [PROJECT] } },
  ]);
  expect(model.subscriptions).toEqual([
    { topicArn: model.output('TopicArn'), protocol: 'email', endpoint: 'dba@example.com' },
  ]);
});

describe('run against a simulated OMS', () => {
  const play = (scenario: string, request: unknown = { projectId: PROJECT }) =>
    runStack({ directory, scenario, projectId: PROJECT, request });

  test('a wait for a copy ends MET, and each change of status is notified once', async () => {
    const { execution, messages, counters, doctor } = await play('full-copy');
    expect(execution).toMatchObject({
      status: 'SUCCEEDED',
      output: { project: PROJECT, verdict: 'MET', status: 'FINISHED', reason: { code: 'Finished' } },
    });
    expect(messages.map(({ attributes: { change, to }, recipients }) => [change, to, recipients])).toEqual([
      ['status', 'RUNNING', ['email:dba@example.com']],
      ['status', 'FINISHED', ['email:dba@example.com']],
    ]);
    expect(counters).toMatchObject({ failedInvocations: 0, executions: 2, messages: 2 });
    expect(doctor).toMatchObject({
      state: 'ok',
      findings: expect.arrayContaining([expect.objectContaining({ check: 'subscriptions', seen: '1 confirmed' })]),
    });
  });

  test('a failure ends the wait with its error name', async () => {
    const { execution } = await play('failure');
    expect(execution).toMatchObject({ status: 'FAILED', error: 'MigrationFailed' });
  });

  test('invalid input fails the wait at once, with every problem in the cause', async () => {
    const { execution } = await play('full-copy', { projectId: '../p', timeoutSeconds: -1 });
    expect(execution).toMatchObject({ status: 'FAILED', error: 'InvalidInput', stoppedAt: execution.startedAt });
    expect(execution.cause).toMatch(/project id "..\/p" holds/);
    expect(execution.cause).toMatch(/timeoutSeconds must be/);
  });
});

test('the error output of an app that refuses its settings is reported', async () => {
  const failed = synthesize({ context: { projects: PROJECT } });
  await expect(failed).rejects.toThrow(CheckFailed);
  await expect(failed).rejects.toThrow(
    /^the stack cannot be synthesized \(exit status 1\): [\s\S]*-c omsEndpoint is required/,
  );
});

test('a synth can be interrupted', async () => {
  await expect(synthesize({ context: { projects: PROJECT }, signal: AbortSignal.abort() })).rejects.toThrow(
    Interrupted,
  );
});
