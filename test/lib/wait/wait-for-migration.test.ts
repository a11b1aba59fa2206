/** The wait as a state of another state machine. */
import { Duration, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import type { Construct } from 'constructs';
import { Goal, type MigrationMonitor, WaitForMigration, type WaitForMigrationProps } from '../../../lib';
import type { Definition } from '../../../local/step-functions/definition';
import { definitionOf, messageOf, newMonitor, newStack, permissionsOf, type Synthesized } from '../stacks';
import { type Answer, play, round } from './play';

const validate = require('asl-validator') as (definition: unknown) => { isValid: boolean; errorsText(): string };

type Pipeline = Synthesized & { readonly machine: sfn.StateMachine; readonly definition: Definition };

function pipeline(build: (scope: Construct, monitor: MigrationMonitor) => sfn.IChainable): Pipeline {
  const stack = newStack();
  const monitor = newMonitor(stack);
  const machine = new sfn.StateMachine(stack, 'Pipeline', {
    definitionBody: sfn.DefinitionBody.fromChainable(build(stack, monitor)),
  });
  const synthesized = { stack, monitor, template: Template.fromStack(stack) };
  return { ...synthesized, machine, definition: definitionOf(synthesized, machine) };
}

const onlyWait = (props: Partial<WaitForMigrationProps> = {}) =>
  pipeline((scope, monitor) => new WaitForMigration(scope, 'Wait', { monitor, projectId: 'p_a', ...props }));

const run = ({ machine, ...rest }: Pipeline, answers: readonly Answer[], input: unknown = {}) =>
  play(rest, machine, input, answers);

/** The parameters of the first state of the loop. */
const requestOf = ({ definition }: Pipeline): unknown => {
  const parameters = definition.States.Wait?.Branches?.[0]?.States['Wait: Prepare']?.Parameters ?? { leg: {} };
  return (parameters as { leg: { wait?: { request: unknown } } }).leg.wait?.request;
};

describe('in a pipeline', () => {
  const cutover = () =>
    pipeline((scope, monitor) => {
      const failed = new sfn.Pass(scope, 'Notify the team', { parameters: { notified: 'it failed' } });
      const late = new sfn.Pass(scope, 'Try next week', { parameters: { notified: 'it is late' } });
      return new sfn.Pass(scope, 'Begin')
        .next(
          new WaitForMigration(scope, 'Wait', { monitor, projectId: 'p_a' })
            .addCatch(failed, { errors: ['MigrationFailed'] })
            .addCatch(late, { errors: ['DeadlineExceeded'] }),
        )
        .next(new sfn.Pass(scope, 'Switch', { parameters: { 'switchedAfter.$': '$.verdict' } }));
    });

  test('it chains, and its output is the result', async () => {
    const { execution } = await run(cutover(), [
      round('WAIT', 'NOT_YET', 'StillCopying', 60),
      round('DONE', 'MET', 'GoalMet'),
    ]);
    expect(execution).toMatchObject({ status: 'SUCCEEDED', output: { switchedAfter: 'MET' } });
  });

  test.each([
    ['MigrationFailed', 'it failed'],
    ['DeadlineExceeded', 'it is late'],
  ])('it is caught by its error name: %s', async (code, notified) => {
    const { execution } = await run(cutover(), [round('DONE', 'FAILED', code)]);
    expect(execution).toMatchObject({ status: 'SUCCEEDED', output: { notified } });
  });

  test('an error that is not caught fails the pipeline with its name and cause', async () => {
    const { execution } = await run(cutover(), [round('DONE', 'FAILED', 'OmsUnreachable')]);
    expect(execution).toMatchObject({ status: 'FAILED', error: 'OmsUnreachable', cause: 'because of OmsUnreachable' });
  });

  test('it is a valid definition, with the loop in one branch', () => {
    const { definition } = cutover();
    const { isValid, errorsText } = validate(definition);
    expect(isValid ? '' : errorsText()).toBe('');
    expect(definition.States.Wait?.Branches).toHaveLength(1);
  });

  test('two waits in one machine have different state names', async () => {
    const two = pipeline((scope, monitor) =>
      new WaitForMigration(scope, 'Nearly there', { monitor, projectId: 'p_a', until: Goal.synced() }).next(
        new WaitForMigration(scope, 'All there', {
          monitor,
          projectId: 'p_a',
          until: Goal.drained({ writesStoppedAt: '2026-11-23T02:00:00Z' }),
        }),
      ),
    );
    expect(validate(two.definition).isValid).toBe(true);
    expect(Object.keys(two.definition.States['All there']?.Branches?.[0]?.States ?? {}).sort()).toEqual([
      'All there: Leg failed',
      'All there: Met',
      'All there: Not met',
      'All there: Prepare',
      'All there: Run leg',
      'All there: Verdict?',
      'All there: Wait',
    ]);
    const { asked } = await run(two, [round('DONE', 'MET', 'GoalMet')]);
    expect(asked).toMatchObject([
      { wait: { request: { goal: { type: 'SYNCED' } } } },
      { wait: { request: { goal: { type: 'DRAINED' } } } },
    ]);
  });

  test('its timeout counts from the time at which it is entered, not from the start of the pipeline', async () => {
    const later = pipeline((scope, monitor) =>
      new sfn.Wait(scope, 'Until Sunday', { time: sfn.WaitTime.duration(Duration.days(2)) })
        .next(new WaitForMigration(scope, 'One', { monitor, projectId: 'p_a', resultPath: sfn.JsonPath.DISCARD }))
        .next(new sfn.Wait(scope, 'An hour', { time: sfn.WaitTime.duration(Duration.hours(1)) }))
        .next(new WaitForMigration(scope, 'Another', { monitor, projectId: 'p_a' })),
    );
    const { asked } = await run(later, [round('DONE', 'MET', 'GoalMet')]);
    expect(asked).toMatchObject([
      { wait: { enteredAt: '2026-11-25T00:00:00.000Z' } },
      { wait: { enteredAt: '2026-11-25T01:00:00.000Z' } },
    ]);
  });

  test('the role of the pipeline may start, describe and stop legs', () => {
    const here = '<AWS::Region>:<AWS::AccountId>';
    expect(permissionsOf(onlyWait(), 'Pipeline/Role')).toEqual([
      'Allow states:StartExecution on <Monitor/Leg/Machine>',
      `Allow states:DescribeExecution, states:StopExecution on arn:<AWS::Partition>:states:${here}:execution:<part 6 of <Monitor/Leg/Machine>>*`,
      `Allow events:DescribeRule, events:PutRule, events:PutTargets on arn:<AWS::Partition>:events:${here}:rule/StepFunctionsGetEventsForStepFunctionsExecutionRule`,
    ]);
  });

  test('the monitor may be in another stack', () => {
    const stack = newStack();
    const monitor = newMonitor(stack);
    const other = new Stack(stack.node.root, 'Other');
    const body = sfn.DefinitionBody.fromChainable(new WaitForMigration(other, 'Wait', { monitor, projectId: 'p_a' }));
    new sfn.StateMachine(other, 'Pipeline', { definitionBody: body });
    Template.fromStack(other).resourceCountIs('AWS::StepFunctions::StateMachine', 1);
  });
});

describe('the result', () => {
  const met = [round('DONE', 'MET', 'GoalMet')];
  const input = { ticket: 'CHG-1', nested: { a: 1 } };
  const result = { verdict: 'MET', waitSeconds: 0, reason: { code: 'GoalMet', message: 'because of GoalMet' } };

  test.each([
    ['replaces the input', undefined, result],
    ['replaces the input at $', '$', result],
    ['is added to the input at a path', '$.migration', { ...input, migration: result }],
    ['is added at a nested path', '$.nested.migration', { ...input, nested: { a: 1, migration: result } }],
    ['is dropped by DISCARD', sfn.JsonPath.DISCARD, input],
  ])('%s', async (_what, resultPath, expected) => {
    const { execution } = await run(onlyWait(resultPath === undefined ? {} : { resultPath }), met, input);
    expect(execution.output).toEqual(expected);
  });

  test.each([{}, null, { job: null }, { job: { project: 'p_a' } }, { job: 7 }, []])(
    'fails with InvalidInput, which can be caught, if its paths have no value in %j',
    async (given) => {
      const fromData = pipeline((scope, monitor) =>
        new WaitForMigration(scope, 'Wait', {
          monitor,
          projectId: '$.job.project',
          until: Goal.synced({ maxLag: "$['job'].lag" }),
          timeout: '$$.Execution.Name',
        }).addCatch(new sfn.Pass(scope, 'Caught')),
      );
      expect(validate(fromData.definition).isValid).toBe(true);
      const { execution, asked } = await run(fromData, [round('DONE', 'MET', 'GoalMet')], given);
      expect(execution).toMatchObject({
        status: 'SUCCEEDED',
        output: {
          Error: 'InvalidInput',
          Cause: "the input must have a value at each of $.job.project, $['job'].lag",
        },
      });
      expect(asked).toEqual([]);
    },
  );

  test('leaves the input to the state that catches a failure', async () => {
    const caught = pipeline((scope, monitor) =>
      new WaitForMigration(scope, 'Wait', { monitor, projectId: 'p_a', resultPath: '$.migration' }).addCatch(
        new sfn.Pass(scope, 'Caught'),
        { resultPath: '$.error' },
      ),
    );
    const { execution } = await run(caught, [round('DONE', 'FAILED', 'MigrationGone')], input);
    expect(execution.output).toEqual({
      ...input,
      error: { Error: 'MigrationGone', Cause: 'because of MigrationGone' },
    });
  });
});

describe('the request', () => {
  test('has the given props only; the handler has the defaults', () => {
    expect(requestOf(onlyWait())).toEqual({ projectId: 'p_a', goal: { type: 'FINISHED' } });
  });

  test('has durations in whole seconds', () => {
    const times = {
      timeout: Duration.days(3),
      minInterval: Duration.seconds(5),
      maxInterval: Duration.minutes(1),
      failedGrace: Duration.seconds(0),
      suspendedGrace: Duration.hours(1),
      unknownGrace: Duration.minutes(2),
      outageGrace: Duration.hours(2),
    };
    expect(requestOf(onlyWait(times))).toEqual({
      projectId: 'p_a',
      goal: { type: 'FINISHED' },
      timeoutSeconds: 259_200,
      minIntervalSeconds: 5,
      maxIntervalSeconds: 60,
      failedGraceSeconds: 0,
      suspendedGraceSeconds: 3600,
      unknownGraceSeconds: 120,
      outageGraceSeconds: 7200,
    });
  });

  test.each<[string, Goal, unknown]>([
    ['finished', Goal.finished(), { type: 'FINISHED' }],
    ['synced, by the defaults', Goal.synced(), { type: 'SYNCED' }],
    [
      'synced',
      Goal.synced({ maxLag: Duration.seconds(5), hold: Duration.minutes(2) }),
      { type: 'SYNCED', maxLagSeconds: 5, holdSeconds: 120 },
    ],
    [
      'drained',
      Goal.drained({ writesStoppedAt: 1_795_399_200, margin: Duration.seconds(0) }),
      { type: 'DRAINED', writesStoppedAt: 1_795_399_200, marginSeconds: 0 },
    ],
    [
      'drained, from the data',
      Goal.drained({ writesStoppedAt: '$.stop.at', margin: '$.stop.margin' }),
      { type: 'DRAINED', 'writesStoppedAt.$': '$.stop.at', 'marginSeconds.$': '$.stop.margin' },
    ],
  ])('has the goal: %s', (_what, until, goal) => {
    expect(requestOf(onlyWait({ until }))).toMatchObject({ goal });
  });

  test('reads every value at its path, written as text or by JsonPath', async () => {
    const fromData = onlyWait({
      projectId: sfn.JsonPath.stringAt('$.job.project'),
      until: Goal.synced({ maxLag: sfn.JsonPath.numberAt('$.job.lag'), hold: '$.job.hold' }),
      timeout: "$['job'].timeout",
    });
    const { asked } = await run(fromData, [round('DONE', 'MET', 'GoalMet')], {
      job: { project: 'np_b', lag: 3, hold: 90, timeout: 60 },
    });
    expect(asked).toEqual([
      {
        wait: {
          request: {
            projectId: 'np_b',
            goal: { type: 'SYNCED', maxLagSeconds: 3, holdSeconds: 90 },
            timeoutSeconds: 60,
          },
          execution: expect.stringMatching(/^arn:aws:states:.*:execution:/),
          enteredAt: '2026-11-23T00:00:00.000Z',
        },
      },
    ]);
  });
});

describe('a leg that cannot be run', () => {
  test('is retried for more than an hour, then the wait fails with CheckFailed and the whole error', async () => {
    const { machine, ...rest } = onlyWait();
    const { execution, seconds, asked } = await play(rest, machine, {}, [], { withLegs: false });
    expect(execution).toMatchObject({ status: 'FAILED', error: 'CheckFailed' });
    expect(execution.cause).toMatch(
      /^every attempt to run a leg of the wait failed: \{.*StateMachineDoesNotExist.*\}$/s,
    );
    expect(asked).toEqual([]);
    expect(seconds).toBeGreaterThan(3600);
  });
});

describe('bad props', () => {
  const refusal = (props: Partial<WaitForMigrationProps>, id = 'Wait') => {
    const stack = newStack();
    const monitor = newMonitor(stack);
    return messageOf(() => new WaitForMigration(stack, id, { monitor, projectId: 'p_a', ...props }));
  };

  test('refuses a misspelled prop, which would be ignored', () => {
    expect(refusal({ failedgrace: Duration.minutes(1) } as object)).toContain(
      'WaitForMigration has no property "failedgrace"',
    );
    expect(messageOf(() => Goal.synced({ maxlag: 5 } as object))).toContain(
      'the goal has no property "maxlag"; valid properties are maxLag, hold',
    );
    expect(messageOf(() => Goal.synced({ maxLag: Duration.days(365), hold: 365 * 86_400 })).split('\n')).toEqual([
      expect.any(String),
      expect.stringContaining('maxLag must be whole seconds between 0 seconds and 364 days'),
      expect.stringContaining('hold must be whole seconds between 0 seconds and 364 days'),
    ]);
    const drained = { writesStoppedAt: '$.at', Margin: 5 };
    expect(messageOf(() => Goal.drained(drained))).toContain('the goal has no property "Margin"');
  });

  test.each<[string, Partial<WaitForMigrationProps>, string]>([
    ['a project id that is none', { projectId: 'p/a' }, 'projectId must be the id of an OMS project'],
    ['an empty project id', { projectId: '' }, 'got an empty value'],
    [
      'a timeout longer than an execution may last',
      { timeout: Duration.days(365) },
      'timeout must be whole seconds between 1 second and 364 days, such as Duration.minutes(5); got 365 days',
    ],
    [
      'a timeout in seconds that is longer',
      { timeout: 365 * 86_400 },
      'timeout must be whole seconds between 1 second and 364 days, such as Duration.minutes(5); got 365 days',
    ],
    [
      'an interval in seconds longer than a timer can be',
      { maxInterval: 2_147_484 },
      'maxInterval must be whole seconds between 1 second and 1 day',
    ],
    [
      'parts of a second',
      { failedGrace: Duration.millis(500) },
      'failedGrace must be whole seconds between 0 seconds and 364 days',
    ],
    [
      'an interval of 0',
      { minInterval: Duration.seconds(0) },
      'minInterval must be whole seconds between 1 second and 1 day',
    ],
    [
      'a minInterval longer than maxInterval',
      { minInterval: Duration.minutes(2), maxInterval: Duration.minutes(1) },
      'minInterval must not be longer than maxInterval; got 2 minutes and 1 minute',
    ],
    [
      'a result path that is not a path',
      { resultPath: 'migration' },
      'resultPath must be a path, or JsonPath.DISCARD, such as $.migration; got "migration"',
    ],
    [
      'a duration that is neither a number nor a path',
      { failedGrace: '120' },
      'failedGrace must be a Duration, a whole number of seconds or a path, such as $.seconds; got "120"',
    ],
  ])('refuses %s', (_what, props, expected) => {
    expect(refusal(props)).toContain(expected);
  });

  test('refuses an id that makes state names longer than Step Functions allows', () => {
    expect(refusal({}, 'W'.repeat(65))).toContain('the id must have at most 64 characters');
  });

  test('lists every problem in one error that names the wait', () => {
    expect(refusal({ projectId: '..', timeout: Duration.days(400) }).split('\n')).toEqual([
      'WaitForMigration Wait: 2 problems',
      expect.any(String),
      expect.any(String),
    ]);
  });

  test('refuses a JSONata state machine', () => {
    const stack = newStack();
    const monitor = newMonitor(stack);
    const definitionBody = sfn.DefinitionBody.fromChainable(
      new WaitForMigration(stack, 'Wait', { monitor, projectId: 'p_a' }),
    );
    expect(
      messageOf(() => {
        new sfn.StateMachine(stack, 'Pipeline', { definitionBody, queryLanguage: sfn.QueryLanguage.JSONATA });
        Template.fromStack(stack);
      }),
    ).toContain('JSONata');
  });
});
