import { readWaitParameters } from '../../../lambda/core/check/wait-input';
import { InvalidInput } from '../../../lambda/core/model/errors';

function problemsOf(input: unknown): readonly string[] {
  try {
    readWaitParameters(input);
    return [];
  } catch (error) {
    if (error instanceof InvalidInput) return error.problems;
    throw error;
  }
}

test('requires only a project id', () => {
  expect(readWaitParameters({ projectId: 'p_x' })).toMatchObject({
    projectId: 'p_x',
    goal: { type: 'FINISHED' },
    timeoutSeconds: 364 * 86_400,
    settings: { minIntervalSeconds: 10, maxIntervalSeconds: 300, intervalIsFixed: false, failedGraceSeconds: 120 },
  });
});

test('reads goals with their defaults', () => {
  const goalOf = (goal: unknown) => readWaitParameters({ projectId: 'p_x', goal }).goal;
  expect(goalOf({ type: 'SYNCED' })).toEqual({ type: 'SYNCED', maxLagSeconds: 30, holdSeconds: 60 });
  expect(goalOf({ type: 'DRAINED', writesStoppedAt: '2026-11-23T00:00:00Z' })).toEqual({
    type: 'DRAINED',
    writesStoppedAt: Date.UTC(2026, 10, 23),
    marginSeconds: 10,
  });
  expect(goalOf({ type: 'DRAINED', writesStoppedAt: 1_795_392_000, marginSeconds: 0 })).toMatchObject({
    writesStoppedAt: 1_795_392_000_000,
    marginSeconds: 0,
  });
});

test('accepts an interval below or above the defaults', () => {
  const settingsOf = (fields: object) => readWaitParameters({ projectId: 'p_x', ...fields }).settings;
  expect(settingsOf({ minIntervalSeconds: 900 })).toMatchObject({
    minIntervalSeconds: 900,
    maxIntervalSeconds: 900,
    intervalIsFixed: true,
  });
  expect(settingsOf({ maxIntervalSeconds: 3 })).toMatchObject({ minIntervalSeconds: 3, maxIntervalSeconds: 3 });
});

test('accepts the state of a running wait', () => {
  expect(problemsOf({ projectId: 'p_x', startedAt: 1, deadlineAt: 2, round: 3, checks: 4 })).toEqual([]);
});

test('ignores the mark of the execution that started this one', () => {
  const input = { projectId: 'p_x', AWS_STEP_FUNCTIONS_STARTED_BY_EXECUTION_ID: 'arn:aws:states:::execution:a:b' };
  expect(problemsOf(input)).toEqual([]);
});

test.each([
  ['an input that is not an object', 'p_x', ['the input must be an object such as {"projectId":"p_x"}, got "p_x"']],
  ['nothing', undefined, ['the input must be an object such as {"projectId":"p_x"}, got nothing']],
  ['no project', {}, ['projectId is required: a text such as p_x']],
  ['a project id that is not a text', { projectId: 7 }, ['projectId must be a text such as p_x, got 7']],
  [
    'an unknown goal',
    { projectId: 'p_x', goal: { type: 'DONE' } },
    ['goal.type must be one of FINISHED, SYNCED, DRAINED, SWITCHED, got "DONE"'],
  ],
  [
    'a missing fence',
    { projectId: 'p_x', goal: { type: 'DRAINED' } },
    [expect.stringMatching(/^goal\.writesStoppedAt is required: an ISO 8601 time/)],
  ],
  [
    'a deadline that is not a number',
    { projectId: 'p_x', deadlineAt: 'never' },
    ['deadlineAt must be a whole number, 0 or more, got "never"'],
  ],
  [
    'a timeout of more than a year',
    { projectId: 'p_x', timeoutSeconds: 365 * 86_400 },
    ['timeoutSeconds must be 31449600 (364 d) or less, got 31536000'],
  ],
  [
    'an interval longer than a timer can be',
    { projectId: 'p_x', maxIntervalSeconds: 2_147_484 },
    ['maxIntervalSeconds must be 2147483 (24 d 20 h) or less, got 2147484'],
  ],
  [
    'durations that no calendar can hold',
    {
      projectId: 'p_x',
      outageGraceSeconds: 1e15,
      goal: { type: 'DRAINED', writesStoppedAt: 1_795_392_000, marginSeconds: 1e15 },
    },
    [
      'goal.marginSeconds must be 31449600 (364 d) or less, got 1000000000000000',
      'outageGraceSeconds must be 31449600 (364 d) or less, got 1000000000000000',
    ],
  ],
])('refuses %s', (_, input, problems) => {
  expect(problemsOf(input)).toEqual(problems);
});

test('refuses with every problem at once', () => {
  const input = {
    projectId: '../admin',
    goal: { type: 'SYNCED', maxLagSeconds: -1, hold: 60 },
    failedGraceSeconds: '2m',
    minIntervalSeconds: 60,
    maxIntervalSeconds: 10,
    speed: 'fast',
  };
  expect(problemsOf(input)).toEqual([
    expect.stringContaining('project id "../admin"'),
    'goal.maxLagSeconds must be a whole number, 0 or more, got -1',
    'goal has no field "hold"; it has type, maxLagSeconds, holdSeconds',
    'failedGraceSeconds must be a whole number, 0 or more, got "2m"',
    expect.stringContaining('unknown field "speed"; known are projectId, goal'),
    'maxIntervalSeconds (10) must not be below minIntervalSeconds (60)',
  ]);
});
