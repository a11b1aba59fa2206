import { CheckFailed } from '../../../lambda/core/model/errors';
import type { Definition, State } from '../../../local/step-functions/definition';
import type { ExecutionResult } from '../../../local/step-functions/execution';
import { StateMachines, type StateMachinesOptions } from '../../../local/step-functions/state-machine';
import { VirtualClock } from '../../../local/virtual-clock';

const START = Date.UTC(2026, 0, 5);
const MACHINE = 'arn:aws:states:us-east-1:000000000000:stateMachine:Wait';
const CHILD = 'arn:aws:states:us-east-1:000000000000:stateMachine:Leg';
const FUNCTION = 'arn:aws:lambda:us-east-1:000000000000:function:Check';

type Options = Partial<Omit<StateMachinesOptions, 'machines'>> & { child?: Definition };

function machines(definition: Definition, { child, ...options }: Options = {}) {
  const clock = new VirtualClock(START);
  const executions: ExecutionResult[] = [];
  const all = new StateMachines({
    machines: new Map([[MACHINE, definition], ...(child ? [[CHILD, child] as const] : [])]),
    clock,
    invoke: async () => null,
    onExecution: (execution) => executions.push(execution),
    ...options,
  });
  return { all, clock, executions, seconds: () => (clock.now() - START) / 1_000 };
}

const run = async (definition: Definition, input: unknown = {}, options: Options = {}) => {
  const { all, ...rest } = machines(definition, options);
  return { ...rest, execution: await all.run(MACHINE, input) };
};

const check = (more: Partial<State> = {}): State => ({
  Type: 'Task',
  Resource: 'arn:aws:states:::lambda:invoke',
  Parameters: { FunctionName: FUNCTION, 'Payload.$': '$' },
  OutputPath: '$.Payload',
  ...more,
});

const DONE: State = { Type: 'Succeed' };

const oneState = (state: State): Definition => ({ StartAt: 'Check', States: { Check: { ...state, End: true } } });

/** Fails `times` times, by the name given, then answers. */
function failing(times: number, name = 'ServiceException', answer: unknown = { ok: true }) {
  const tries: number[] = [];
  const invoke = async () => {
    tries.push(tries.length);
    if (tries.length <= times) throw Object.assign(new Error('not now'), { name });
    return answer;
  };
  return { invoke, tries };
}

const loop = (wait: Partial<State>): Definition => ({
  StartAt: 'Check',
  States: {
    Check: check({ Next: 'Go on?' }),
    'Go on?': {
      Type: 'Choice',
      Choices: [{ Variable: '$.next', StringEquals: 'WAIT', Next: 'Wait' }],
      Default: 'Done',
    },
    Wait: { Type: 'Wait', ...wait, Next: 'Check' },
    Done: DONE,
  },
});

/** Says WAIT for so many rounds, then DONE. */
const rounds = (count: number, more: object = {}) => {
  let round = 0;
  return async () => {
    round += 1;
    return { next: round < count ? 'WAIT' : 'DONE', round, ...more };
  };
};

describe('waits', () => {
  test.each([
    ['Seconds', { Seconds: 90 }, {}, 180],
    ['SecondsPath', { SecondsPath: '$.result.waitSeconds' }, { result: { waitSeconds: 7 } }, 14],
    ['zero seconds', { SecondsPath: '$.result.waitSeconds' }, { result: { waitSeconds: 0 } }, 0],
    ['Timestamp', { Timestamp: '2026-01-05T00:01:00Z' }, {}, 60],
    ['TimestampPath', { TimestampPath: '$.until' }, { until: '2026-01-06T00:00:00Z' }, 86_400],
  ])('pass on the virtual clock: %s', async (_, wait, more, expected) => {
    const { execution, seconds } = await run(loop(wait), {}, { invoke: rounds(3, more) });
    expect(execution).toMatchObject({ status: 'SUCCEEDED', output: { next: 'DONE', round: 3, ...more } });
    expect(seconds()).toBe(expected);
  });

  test('hand their input on unchanged', async () => {
    const input = { a: { b: null }, list: [], text: '$.a' };
    const { execution } = await run({ StartAt: 'W', States: { W: { Type: 'Wait', Seconds: 1, End: true } } }, input);
    expect(execution.output).toEqual(input);
  });

  test('refuse a time that is not a whole number of seconds, which cannot be caught', async () => {
    const { execution } = await run(loop({ SecondsPath: '$.seconds' }), {}, { invoke: rounds(2, { seconds: 1.5 }) });
    expect(execution).toMatchObject({ status: 'FAILED', error: 'States.Runtime', cause: 'cannot wait 1.5 seconds' });
  });
});

describe('functions', () => {
  test('get JSON and give JSON, in the shape of the Lambda integration', async () => {
    const seen: unknown[] = [];
    const { execution } = await run(
      oneState(check({ OutputPath: '$' })),
      { project: 'p_a' },
      {
        invoke: async (arn, payload) => {
          seen.push(arn, payload);
          return { at: new Date(0), gone: undefined };
        },
      },
    );
    expect(seen).toEqual([FUNCTION, { project: 'p_a' }]);
    expect(execution.output).toEqual({
      ExecutedVersion: '$LATEST',
      Payload: { at: '1970-01-01T00:00:00.000Z' },
      StatusCode: 200,
    });
  });

  test('can be called by their ARN', async () => {
    const { execution } = await run(oneState({ Type: 'Task', Resource: FUNCTION }), 1, {
      invoke: async (_, payload) => payload,
    });
    expect(execution.output).toBe(1);
  });

  test('fail the execution with the name of their error, and its message in the cause', async () => {
    const { execution } = await run(oneState(check()), {}, failing(1, 'InvalidInput'));
    expect(execution).toMatchObject({ status: 'FAILED', error: 'InvalidInput' });
    expect(JSON.parse(execution.cause ?? '')).toEqual({
      errorType: 'InvalidInput',
      errorMessage: 'not now',
      trace: [],
    });
  });

  test('time out on the clock that they sleep on', async () => {
    const definition = oneState(
      check({ TimeoutSeconds: 60, Retry: [{ ErrorEquals: ['States.Timeout'], IntervalSeconds: 1, MaxAttempts: 1 }] }),
    );
    const clock = new VirtualClock(START);
    const { execution } = await run(definition, {}, { clock, invoke: () => clock.sleep(61_000) });
    expect(execution).toMatchObject({
      status: 'FAILED',
      error: 'States.Timeout',
      cause: 'the task took more than 60 s',
      transitions: 2,
    });
    expect(clock.now()).toBe(START + 123_000);
  });

  test('have the output limit of Step Functions', async () => {
    const definition = oneState(check({ Catch: [{ ErrorEquals: ['States.ALL'], Next: 'Check' }] }));
    const { execution } = await run(definition, {}, { invoke: async () => 'x'.repeat(256 * 1024) });
    expect(execution).toMatchObject({ status: 'FAILED', error: 'States.DataLimitExceeded' });
  });
});

describe('retries', () => {
  test.each([
    [
      'grow and stop growing at the limit',
      { IntervalSeconds: 2, BackoffRate: 2, MaxDelaySeconds: 10, MaxAttempts: 5 },
      5,
      2 + 4 + 8 + 10 + 10,
    ],
    ['have defaults: three, after 1, 2 and 4 s', {}, 3, 7],
    [
      'with full jitter wait a random part',
      { IntervalSeconds: 8, JitterStrategy: 'FULL' as const },
      3,
      0.25 * (8 + 16 + 32),
    ],
  ])('%s', async (_, retrier, failures, expected) => {
    const definition = oneState(check({ Retry: [{ ErrorEquals: ['States.ALL'], ...retrier }] }));
    const { execution, seconds } = await run(definition, {}, { ...failing(failures), random: () => 0.25 });
    expect(execution).toMatchObject({ status: 'SUCCEEDED', output: { ok: true }, transitions: 1 + failures });
    expect(seconds()).toBe(expected);
  });

  test('end after the last attempt, in the Catch that matches the error', async () => {
    const { invoke, tries } = failing(99);
    const definition: Definition = {
      StartAt: 'Check',
      States: {
        Check: check({
          Retry: [{ ErrorEquals: ['ServiceException'], MaxAttempts: 2 }],
          Catch: [
            { ErrorEquals: ['Other'], Next: 'Other' },
            { ErrorEquals: ['States.TaskFailed'], ResultPath: '$.error', Next: 'Done' },
          ],
          Next: 'Done',
        }),
        Other: { Type: 'Fail' },
        Done: DONE,
      },
    };
    const { execution } = await run(definition, { wait: 1 }, { invoke });
    expect(tries).toHaveLength(3);
    expect(execution).toMatchObject({ status: 'SUCCEEDED', output: { wait: 1, error: { Error: 'ServiceException' } } });
  });

  test('are counted for each retrier, and an error that none matches is not retried', async () => {
    const names = ['A', 'B', 'A', 'B', 'C'];
    const definition = oneState(
      check({
        Retry: [
          { ErrorEquals: ['A'], IntervalSeconds: 1, BackoffRate: 10, MaxAttempts: 2 },
          { ErrorEquals: ['B'], IntervalSeconds: 100, BackoffRate: 1, MaxAttempts: 2 },
        ],
      }),
    );
    const { execution, seconds } = await run(
      definition,
      {},
      {
        invoke: async () => {
          throw Object.assign(new Error('x'), { name: names.shift() });
        },
      },
    );
    expect(execution).toMatchObject({ status: 'FAILED', error: 'C', transitions: 5 });
    expect(seconds()).toBe(1 + 100 + 10 + 100);
  });
});

/** The shape of a wait for other people's machines: what fails inside is caught outside, by its own name. */
const parallelAroundLeg: Definition = {
  StartAt: 'Wait for it',
  States: {
    'Wait for it': {
      Type: 'Parallel',
      Branches: [
        {
          StartAt: 'Leg',
          States: {
            Leg: {
              Type: 'Task',
              Resource: 'arn:aws:states:::states:startExecution.sync:2',
              Parameters: { StateMachineArn: CHILD, Input: { 'wait.$': '$', 'STARTED_BY.$': '$$.Execution.Id' } },
              OutputPath: '$.Output',
              Catch: [{ ErrorEquals: ['States.ALL'], ResultPath: '$.error', Next: 'Leg lost' }],
              Next: 'Verdict',
            },
            Verdict: {
              Type: 'Choice',
              Choices: [{ Variable: '$.verdict', StringEquals: 'MET', Next: 'Met' }],
              Default: 'Not met',
            },
            Met: DONE,
            'Not met': { Type: 'Fail', ErrorPath: '$.reason.code', CausePath: '$.reason.message' },
            'Leg lost': { Type: 'Fail', ErrorPath: '$.error.Error', CausePath: '$.error.Cause' },
          },
        },
      ],
      ResultSelector: { 'verdict.$': '$[0].verdict' },
      Catch: [{ ErrorEquals: ['MigrationFailed'], ResultPath: '$.failed', Next: 'Caught' }],
      Next: 'Done',
    },
    Caught: { Type: 'Pass', Next: 'Done' },
    Done: DONE,
  },
};

describe('child executions', () => {
  test('return their output as JSON, and have the id of their parent', async () => {
    const child = oneState(check());
    const { execution, executions } = await run(
      parallelAroundLeg,
      { project: 'p_a' },
      {
        child,
        invoke: async (_, payload) => ({ verdict: 'MET', payload }),
      },
    );
    expect(execution).toMatchObject({ status: 'SUCCEEDED', output: { verdict: 'MET' } });
    expect(executions.map(({ machineArn }) => machineArn)).toEqual([CHILD, MACHINE]);
    expect(executions[0]?.output).toEqual({
      verdict: 'MET',
      payload: { wait: { project: 'p_a' }, STARTED_BY: execution.arn },
    });
  });

  test('a verdict turned into an error inside a Parallel is caught outside by its name', async () => {
    const reason = { code: 'MigrationFailed', message: 'it failed' };
    const { execution } = await run(
      parallelAroundLeg,
      {},
      { child: oneState(check()), invoke: async () => ({ verdict: 'FAILED', reason }) },
    );
    expect(execution).toMatchObject({
      status: 'SUCCEEDED',
      output: { failed: { Error: 'MigrationFailed', Cause: 'it failed' } },
    });
  });

  test('an error without a Catch ends the parent', async () => {
    const reason = { code: 'DeadlineExceeded', message: 'too late' };
    const { execution } = await run(
      parallelAroundLeg,
      {},
      { child: oneState(check()), invoke: async () => ({ verdict: 'FAILED', reason }) },
    );
    expect(execution).toMatchObject({ status: 'FAILED', error: 'DeadlineExceeded', cause: 'too late' });
  });

  test('a failed child is a failed task with a description of the child', async () => {
    const { execution } = await run(parallelAroundLeg, {}, { child: oneState(check()), ...failing(9, 'Boom') });
    expect(execution).toMatchObject({ status: 'FAILED', error: 'States.TaskFailed' });
    expect(JSON.parse(execution.cause ?? '')).toMatchObject({
      Status: 'FAILED',
      Error: 'Boom',
      StateMachineArn: CHILD,
    });
  });

  test('a child that does not exist fails the task', async () => {
    const { execution } = await run(parallelAroundLeg);
    expect(execution).toMatchObject({ status: 'FAILED', error: 'StepFunctions.StateMachineDoesNotExistException' });
  });
});

describe('what AWS counts', () => {
  test('nine events and three transitions a round', async () => {
    const one = (await run(loop({ Seconds: 1 }), {}, { invoke: rounds(1) })).execution;
    const many = (await run(loop({ Seconds: 1 }), {}, { invoke: rounds(11) })).execution;
    // Started; task 5, choice 2, succeed 2; ended.
    expect(one).toMatchObject({ transitions: 3, historyEvents: 11 });
    expect(many.transitions - one.transitions).toBe(30);
    expect(many.historyEvents - one.historyEvents).toBe(90);
  });

  test('three events and a transition for each further attempt', async () => {
    const definition = oneState(check({ Retry: [{ ErrorEquals: ['States.ALL'] }] }));
    const calm = (await run(definition, {}, failing(0))).execution;
    const troubled = (await run(definition, {}, failing(2))).execution;
    expect(troubled.historyEvents - calm.historyEvents).toBe(6);
    expect(troubled.transitions - calm.transitions).toBe(2);
  });

  test('a child on its own, and six events in the parent', async () => {
    const { executions } = await run(
      parallelAroundLeg,
      {},
      { child: oneState(check()), invoke: async () => ({ verdict: 'MET' }) },
    );
    // Parallel 4, task 6, choice 2, two succeeds 4, and the execution's own 2.
    expect(executions.map(({ transitions, historyEvents }) => ({ transitions, historyEvents }))).toEqual([
      { transitions: 1, historyEvents: 7 },
      { transitions: 5, historyEvents: 18 },
    ]);
  });

  test('no exit of a task that fails uncaught, and one of a task whose error is caught', async () => {
    const caught = check({ Catch: [{ ErrorEquals: ['States.ALL'], Next: 'End' }] });
    const uncaughtRun = (await run(oneState(check()), {}, failing(9))).execution;
    const definition = { StartAt: 'Check', States: { Check: caught, End: { Type: 'Succeed' } } };
    const caughtRun = (await run(definition, {}, failing(9))).execution;
    // Started; entered, three of the try; ended. And: left, the Succeed's two.
    expect([uncaughtRun.historyEvents, caughtRun.historyEvents]).toEqual([6, 9]);
  });

  test('no exit of a Parallel state that fails uncaught', async () => {
    const parallel = { Type: 'Parallel', End: true, Branches: [oneState(check())] };
    const { execution } = await run({ StartAt: 'All', States: { All: parallel } }, {}, failing(9));
    // Started; entered, started and failed; the task's entry and three of the try; ended.
    expect([execution.status, execution.historyEvents]).toEqual(['FAILED', 9]);
  });

  test('an execution fails when its history is full', async () => {
    const { execution } = await run(loop({ Seconds: 60 }), {}, { invoke: rounds(100_000) });
    expect(execution).toMatchObject({
      status: 'FAILED',
      error: 'States.Runtime',
      cause: 'The execution reached the maximum number of history events (25000).',
    });
    // The plain job poller's 46 hours.
    expect(Math.round((execution.stoppedAt - execution.startedAt) / 3_600_000)).toBe(46);
  });
});

describe('ends', () => {
  test('an execution times out on the virtual clock, to the second', async () => {
    const { execution, seconds } = await run(
      { ...loop({ Seconds: 60 }), TimeoutSeconds: 31_449_600 },
      {},
      { invoke: rounds(3) },
    );
    expect(execution.status).toBe('SUCCEEDED');
    expect(seconds()).toBe(120);
    const late = await run({ ...loop({ Seconds: 60 }), TimeoutSeconds: 150 }, {}, { invoke: rounds(9) });
    expect(late.execution).toMatchObject({ status: 'TIMED_OUT' });
    expect(late.seconds()).toBe(150);
  });

  test('a parent that times out ends its child', async () => {
    const { execution, executions, seconds } = await run(
      { ...parallelAroundLeg, TimeoutSeconds: 100 },
      {},
      {
        child: loop({ Seconds: 60 }),
        invoke: rounds(9),
      },
    );
    expect(execution.status).toBe('TIMED_OUT');
    expect(executions[0]?.status).toBe('ABORTED');
    expect(seconds()).toBe(100);
  });

  test('an interrupted execution stops its child, and nothing of either continues', async () => {
    const stop = new AbortController();
    let polls = 0;
    const { all, executions } = machines(parallelAroundLeg, {
      child: loop({ Seconds: 60 }),
      invoke: async () => {
        polls += 1;
        if (polls === 5) stop.abort();
        return { next: 'WAIT' };
      },
    });
    const execution = await all.run(MACHINE, {}, { signal: stop.signal });
    expect(execution.status).toBe('ABORTED');
    expect(executions.map(({ status }) => status)).toEqual(['ABORTED', 'ABORTED']);
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(polls).toBe(5);
  });

  test('a signal aborted before the start stops it before the first task', async () => {
    const { invoke, tries } = failing(0);
    const execution = await machines(oneState(check()), { invoke }).all.run(
      MACHINE,
      {},
      { signal: AbortSignal.abort() },
    );
    expect(execution.status).toBe('ABORTED');
    expect(tries).toEqual([]);
  });
});

test('branches run in parallel, and their sleeps do not add up', async () => {
  const branch = (seconds: number): Definition => ({
    StartAt: `W${seconds}`,
    States: { [`W${seconds}`]: { Type: 'Wait', Seconds: seconds, End: true } },
  });
  const { execution, seconds } = await run(
    { StartAt: 'P', States: { P: { Type: 'Parallel', Branches: [branch(30), branch(50)], End: true } } },
    1,
  );
  expect(execution.output).toEqual([1, 1]);
  expect(seconds()).toBe(50);
});

test('another service is called where it is supported, and refused where it is not', async () => {
  const definition = oneState({
    Type: 'Task',
    Resource: 'arn:aws:states:::sns:publish',
    Parameters: { 'Message.$': '$.text' },
  });
  const { execution } = await run(
    definition,
    { text: 'hi' },
    { integrations: { 'states:::sns:publish': async (input) => ({ got: input }) } },
  );
  expect(execution.output).toEqual({ got: { Message: 'hi' } });
  expect((await run(definition, { text: 'hi' })).execution).toMatchObject({
    error: 'States.Runtime',
    cause: 'arn:aws:states:::sns:publish is not supported here',
  });
});

test('the time at which a Pass is entered is that of our clock, in a branch too', async () => {
  const entered = (next: Partial<State>): State => ({
    Type: 'Pass',
    Parameters: { 'at.$': '$$.State.EnteredTime' },
    ...next,
  });
  const branch = (Seconds: number): Definition => ({
    StartAt: `Sleep ${Seconds}`,
    States: {
      [`Sleep ${Seconds}`]: { Type: 'Wait', Seconds, Next: `Now ${Seconds}` },
      [`Now ${Seconds}`]: entered({ End: true }),
    },
  });
  const { execution } = await run(oneState({ Type: 'Parallel', Branches: [branch(20), branch(10)] }));
  expect(execution.output).toEqual([{ at: '2026-01-05T00:00:20.000Z' }, { at: '2026-01-05T00:00:10.000Z' }]);
});

describe('data', () => {
  const pass = (Parameters: object, more: object = {}) => oneState({ Type: 'Pass', Parameters, ...more });

  test.each([null, false, 0, '', 'text', [1, null], { a: null }])(
    'of an execution may be %j, for whoever hands it on',
    async (input) => {
      const seen: unknown[] = [];
      const invoke = async (_: string, payload: unknown) => void seen.push(payload);
      const { execution } = await run(
        {
          StartAt: 'All',
          States: {
            All: { Type: 'Pass', Parameters: { 'all.$': '$', 'list.$': '$$.Execution.Name' }, Next: 'Sleep' },
            Sleep: { Type: 'Wait', Seconds: 1, InputPath: '$.all', OutputPath: '$', Next: 'Call' },
            Call: { ...check(), OutputPath: '$', ResultPath: null, End: true },
          },
        },
        input,
        { invoke },
      );
      expect(execution).toMatchObject({ status: 'SUCCEEDED', output: input });
      expect(seen).toEqual([input]);
    },
  );

  test('keep their backslashes, so that an error inside a cause is JSON', async () => {
    const error = { Error: 'CheckFailed', Cause: JSON.stringify({ errorMessage: 'C:\\temp "x" {} \'y\'\nand so on' }) };
    const definition = pass({
      'cause.$':
        "States.Format('it\\'s \\{\\}, {} of {}: {}', $.count, $$.Execution.Name, States.JsonToString($.error))",
      'json.$': 'States.JsonToString($.error)',
      list: [{ 'first.$': "$.list[0]['a b']" }, 'text'],
    });
    const { execution } = await run(definition, { error, count: 3, list: [{ 'a b': null }] });
    expect(execution.output).toEqual({
      cause: `it's {}, 3 of local-1: ${JSON.stringify(error)}`,
      json: JSON.stringify(error),
      list: [{ first: null }, 'text'],
    });
  });

  test.each([
    ['$.b.c', {}],
    ['$.a.b', { a: null }],
    ['$.a.length', { a: [1] }],
    ['$.a[1]', { a: [1] }],
    ['$.constructor', {}],
  ])('that a path does not find (%s in %j) end the execution, and nothing catches that', async (path, input) => {
    const { execution } = await run(pass({ 'x.$': path }), input);
    expect(execution).toMatchObject({
      status: 'FAILED',
      error: 'States.Runtime',
      cause: `Path expression '${path}' does not point to a value`,
    });
  });

  test('with other paths and functions are evaluated by the interpreter', async () => {
    const { execution } = await run(pass({ 'sum.$': 'States.MathAdd($.a, 1)', 'all.$': '$..a' }), { a: 1 });
    expect(execution.output).toMatchObject({ sum: 2 });
  });
});

test.each<[string, Definition, string]>([
  ['JSONata', { ...oneState(check()), QueryLanguage: 'JSONata' }, 'it is written in JSONata'],
  ['a Map', oneState({ Type: 'Map' }), 'Check is a Map state'],
  [
    'variables, also inside a branch',
    oneState({ Type: 'Parallel', Branches: [oneState(check({ Assign: { a: 1 } }))] }),
    'Check has Assign',
  ],
  [
    'a retried Parallel',
    oneState({ Type: 'Parallel', Branches: [], Retry: [{ ErrorEquals: ['States.ALL'] }] }),
    'Check retries, and only a task can',
  ],
  [
    'the time in the context',
    oneState({ Type: 'Pass', Parameters: { 'at.$': '$$.Execution.StartTime' } }),
    'it reads $$.Execution.StartTime from the context',
  ],
  [
    'the time at which a state was entered, where it may be read when that is past',
    oneState(check({ ResultSelector: { 'at.$': '$$.State.EnteredTime' } })),
    'Check reads $$.State.EnteredTime, and only a Pass can',
  ],
  [
    'a cause put together',
    oneState({ Type: 'Fail', CausePath: "States.Format('{}', $.a)" }),
    'Check has an intrinsic function in CausePath',
  ],
])('refuses %s rather than run it wrong', (_, definition, problem) => {
  expect(() => machines(definition)).toThrow(CheckFailed);
  expect(() => machines(definition)).toThrow(`the state machine Wait cannot be run here: ${problem}`);
});

describe('a redrive', () => {
  const TWO: Definition = {
    StartAt: 'Before',
    States: {
      Before: { Type: 'Pass', Result: 1, ResultPath: '$.before', Next: 'Check' },
      Check: { ...check(), End: true },
    },
  };

  test('enters the state that failed again, with the same input and name, days later', async () => {
    const { invoke, tries } = failing(1);
    const inputs: unknown[] = [];
    const { all, clock } = machines(TWO, {
      invoke: async (_arn, payload) => {
        inputs.push(payload);
        return await invoke();
      },
    });
    const failed = await all.run(MACHINE, { a: 1 }, { name: 'night-1' });
    await clock.sleep(2 * 86_400_000);
    const redriven = await all.redrive(failed);
    expect([failed.status, redriven.status, redriven.arn]).toEqual(['FAILED', 'SUCCEEDED', failed.arn]);
    expect(inputs).toEqual([
      { a: 1, before: 1 },
      { a: 1, before: 1 },
    ]);
    expect(tries).toHaveLength(2);
  });

  test('is refused for an execution that succeeded', async () => {
    const { all } = machines(TWO);
    const execution = await all.run(MACHINE, {});
    expect(() => all.redrive(execution)).toThrow('succeeded');
  });
});
