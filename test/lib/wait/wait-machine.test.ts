/** The leg and the stand-alone wait machine: their definitions, and executions of them. */

import { waitRound } from '../../../lambda/core/check/wait';
import { StateMachines } from '../../../local/step-functions/state-machine';
import { VirtualClock } from '../../../local/virtual-clock';
import { Harness } from '../../support/harness';
import { MINUTE, ok, T0 } from '../../support/values/observations';
import { arnOf, definitionOf, monitorWith, type Synthesized } from '../stacks';
import { type Answer, type Played, play, round } from './play';

const validate = require('asl-validator') as (definition: unknown) => { isValid: boolean; errorsText(): string };

let synthesized: Synthesized;
beforeAll(() => {
  synthesized = monitorWith();
});

const wait = (answers: readonly Answer[], input: unknown = { projectId: 'p_a' }): Promise<Played> =>
  play(synthesized, synthesized.monitor.waitMachine, input, answers);

const outage = Object.assign(new Error('the table does not answer'), { name: 'CheckFailed' });

describe('the definitions', () => {
  test.each(['leg', 'waitMachine'] as const)('%s is valid', (name) => {
    const { isValid, errorsText } = validate(definitionOf(synthesized, synthesized.monitor[name]));
    expect(isValid ? '' : errorsText()).toBe('');
  });

  test('have these states', () => {
    const names = (name: 'leg' | 'waitMachine') =>
      Object.keys(definitionOf(synthesized, synthesized.monitor[name]).States).sort();
    expect(names('leg')).toEqual(['Check', 'Check failed', 'Done', 'Go on?', 'Wait']);
    expect(names('waitMachine')).toEqual(['Leg failed', 'Met', 'Not met', 'Prepare', 'Run leg', 'Verdict?', 'Wait']);
  });

  test('poll first and wait afterwards', () => {
    expect(definitionOf(synthesized, synthesized.monitor.leg).StartAt).toBe('Check');
  });

  test('outlast an outage of an hour: 150 attempts, up to a minute apart, with jitter against simultaneous retries', () => {
    expect(definitionOf(synthesized, synthesized.monitor.leg).States.Check?.Retry).toEqual([
      {
        ErrorEquals: ['States.ALL'],
        IntervalSeconds: 2,
        BackoffRate: 2,
        MaxDelaySeconds: 60,
        MaxAttempts: 150,
        JitterStrategy: 'FULL',
      },
    ]);
  });

  test('time out a hung check half a minute after the timeout of the function', () => {
    expect(definitionOf(synthesized, synthesized.monitor.leg).States.Check?.TimeoutSeconds).toBe(210);
  });

  test('associate a leg with its parent, so that it stops with it', () => {
    expect(definitionOf(synthesized, synthesized.monitor.waitMachine).States['Run leg']).toMatchObject({
      Resource: 'arn:aws:states:::states:startExecution.sync:2',
      Parameters: {
        Input: { 'wait.$': '$.leg.wait', 'AWS_STEP_FUNCTIONS_STARTED_BY_EXECUTION_ID.$': '$$.Execution.Id' },
      },
    });
  });

  test('log every event and are traced; the data of a round is in the log of the function only', () => {
    const { stack, monitor, template } = synthesized;
    const properties = (name: 'leg' | 'waitMachine') =>
      template.findResources('AWS::StepFunctions::StateMachine')[stack.resolve(monitor[name].stateMachineArn).Ref]
        ?.Properties;
    expect(properties('leg').LoggingConfiguration).toMatchObject({ Level: 'ALL', IncludeExecutionData: false });
    expect(properties('waitMachine').LoggingConfiguration).toMatchObject({ Level: 'ALL', IncludeExecutionData: true });
    for (const name of ['leg', 'waitMachine'] as const) {
      expect(properties(name).TracingConfiguration).toEqual({ Enabled: true });
      // Standard: an Express execution ends after five minutes.
      expect(properties(name).StateMachineType ?? 'STANDARD').toBe('STANDARD');
    }
  });
});

describe('a wait', () => {
  test('ends with the result once the goal is met', async () => {
    const { execution, executions, asked, seconds } = await wait([round('DONE', 'MET', 'GoalMet')]);
    expect(execution).toMatchObject({ status: 'SUCCEEDED', output: { verdict: 'MET', reason: { code: 'GoalMet' } } });
    // The ARN of the parent execution, not of its leg.
    expect(asked).toEqual([
      {
        wait: {
          request: { projectId: 'p_a' },
          execution: executions.at(-1)?.arn,
          enteredAt: '2026-11-23T00:00:00.000Z',
        },
      },
    ]);
    expect(seconds).toBe(0);
  });

  test('passes its whole input on to the handler, which validates it', async () => {
    const input = { projectId: 'p_a', goal: { type: 'SYNCED', maxLagSeconds: 5 }, timeoutSeconds: 60, unheardOf: [1] };
    expect((await wait([round('DONE', 'MET', 'GoalMet')], input)).asked).toMatchObject([{ wait: { request: input } }]);
  });

  test.each([null, [], 'p_a', 0, {}, { goal: null }])(
    'that was started with %j ends in InvalidInput',
    async (input) => {
      const { stack, monitor } = synthesized;
      const arn = (name: 'leg' | 'waitMachine') => arnOf(stack.resolve(monitor[name].stateMachineArn));
      const machines = new StateMachines({
        clock: new VirtualClock(T0),
        machines: new Map(
          (['leg', 'waitMachine'] as const).map((name) => [arn(name), definitionOf(synthesized, monitor[name])]),
        ),
        invoke: async (_arn, payload) =>
          await waitRound((payload as { wait: unknown }).wait, new Harness().ports(), () => 180_000),
      });
      expect(await machines.run(arn('waitMachine'), input)).toMatchObject({ status: 'FAILED', error: 'InvalidInput' });
    },
  );

  test('waits as long as the check requests, and passes its state to the next round', async () => {
    const { execution, asked, seconds } = await wait([
      round('WAIT', 'NOT_YET', 'StillCopying', 30),
      round('WAIT', 'NOT_YET', 'StillCopying', 12),
      round('DONE', 'MET', 'GoalMet'),
    ]);
    expect(execution.status).toBe('SUCCEEDED');
    expect(seconds).toBe(42);
    expect(asked.slice(1)).toEqual([
      { wait: { projectId: 'p_a', round: 1 } },
      { wait: { projectId: 'p_a', round: 1 } },
    ]);
  });

  test('continues in a new leg when a leg is over', async () => {
    const { executions, seconds } = await wait([
      round('WAIT', 'NOT_YET', 'StillCopying', 10),
      round('LEG_OVER', 'NOT_YET', 'StillCopying', 20),
      round('DONE', 'MET', 'GoalMet'),
    ]);
    expect(executions.map(({ status }) => status)).toEqual(['SUCCEEDED', 'SUCCEEDED', 'SUCCEEDED']);
    expect(seconds).toBe(30);
  });

  test('fails at its deadline, no matter how many legs fail before their first round', async () => {
    const { stack, monitor } = synthesized;
    const arn = (name: 'leg' | 'waitMachine') => arnOf(stack.resolve(monitor[name].stateMachineArn));
    const clock = new VirtualClock(T0);
    const run = new Harness();
    run.oms.poll = async () => ({ ...ok(clock.now()), requestedAt: clock.now() });
    const executions: string[] = [];
    const machines = new StateMachines({
      clock,
      machines: new Map([
        [arn('waitMachine'), definitionOf(synthesized, monitor.waitMachine)],
        // A leg that is stopped, or that Step Functions ends, has the same effect as one that times out.
        [arn('leg'), { ...definitionOf(synthesized, monitor.leg), TimeoutSeconds: 500 }],
      ]),
      invoke: async (_arn, payload, signal) => {
        if (clock.now() < T0 + 40 * MINUTE) await clock.sleep(600_000, signal);
        return await waitRound((payload as { wait: unknown }).wait, run.ports({ clock }), () => 180_000);
      },
      onExecution: ({ status }) => executions.push(status),
    });
    const input = { projectId: 'p_a', timeoutSeconds: 3600, minIntervalSeconds: 60, maxIntervalSeconds: 60 };
    const execution = await machines.run(arn('waitMachine'), input);
    expect(execution).toMatchObject({ status: 'FAILED', error: 'DeadlineExceeded' });
    // A Wait lasts whole seconds, the pause before a retry does not.
    expect(Math.floor((execution.stoppedAt - T0) / 1000)).toBe(3600);
    expect(executions.filter((status) => status === 'TIMED_OUT').length).toBeGreaterThan(2);
  });

  test.each(['MigrationFailed', 'MigrationSuspended', 'OmsUnreachable', 'DeadlineExceeded', 'InvalidInput'])(
    'fails with the error name %s and the message as the cause',
    async (code) => {
      const { execution, executions } = await wait([
        round('WAIT', 'NOT_YET', 'StillCopying', 1),
        round('DONE', 'FAILED', code),
      ]);
      expect(execution).toMatchObject({ status: 'FAILED', error: code, cause: `because of ${code}` });
      // The leg succeeds; only the wait fails.
      expect(executions[0]?.status).toBe('SUCCEEDED');
    },
  );

  test('survives a function that fails for a while', async () => {
    const { execution, asked } = await wait([...Array<Error>(20).fill(outage), round('DONE', 'MET', 'GoalMet')]);
    expect(execution.status).toBe('SUCCEEDED');
    expect(asked).toHaveLength(21);
  });

  test('fails with CheckFailed and the whole error if the function does not recover', async () => {
    const { execution, asked, seconds } = await wait([outage]);
    expect(execution).toMatchObject({ status: 'FAILED', error: 'CheckFailed' });
    const [, error] = /^every attempt of the check failed: (\{.*\})$/s.exec(String(execution.cause)) ?? [];
    const caught: { Error: string; Cause: string } = JSON.parse(String(error));
    expect(caught.Error).toBe('CheckFailed');
    expect(JSON.parse(caught.Cause)).toMatchObject({ errorMessage: 'the table does not answer' });
    expect(asked).toHaveLength(151);
    expect(seconds).toBeGreaterThan(3600);
    expect(execution.historyEvents).toBeLessThan(100);
  });
});
