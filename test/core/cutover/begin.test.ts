/** The beginning of a cutover: its name, its input, one at a time for each project. */
import { CutoverSetup } from './setup';

describe('the beginning of a cutover', () => {
  test.each([
    ['of another project', { projectId: 'p_y', input: {}, execution: 'arn:two:run-1' }],
    ['of another pipeline', { execution: 'arn:two:run-1' }],
  ])('is refused under the name of an execution %s', async (_, theirs) => {
    const cutover = new CutoverSetup();
    const begin = (more: object) =>
      cutover.act({
        action: 'begin',
        state: { ...cutover.state(), execution: 'arn:one:run-1', ...more },
        settings: {},
      });
    expect(await begin({})).toMatchObject({ next: 'GO' });
    expect(await begin({})).toMatchObject({ next: 'GO' });
    expect(await begin(theirs)).toMatchObject({
      next: 'END',
      end: { error: 'InvalidInput', cause: expect.stringContaining('start this one under another name') },
    });
    expect((await cutover.record())?.ending).toBeNull();
  });

  test('is refused while another cutover of the project is running; the running one may begin again', async () => {
    const cutover = new CutoverSetup();
    expect((await cutover.begin('run-1')).next).toBe('GO');
    expect((await cutover.begin('run-1')).next).toBe('GO');
    const second = await cutover.begin('run-2');
    expect(second).toMatchObject({ next: 'END', end: { error: 'CutoverAlreadyRunning' } });
    expect(second.end.cause).toContain('run-1');
    // A retry is refused too.
    expect((await cutover.begin('run-2')).end.error).toBe('CutoverAlreadyRunning');
  });

  test('is possible again when the other cutover has ended', async () => {
    const cutover = new CutoverSetup();
    await cutover.begin('run-1');
    await cutover.act({
      action: 'close',
      state: cutover.state(),
      outcome: 'FAILED',
      error: { Error: 'MigrationFailed' },
    });
    expect((await cutover.begin('run-2')).next).toBe('GO');
    expect(await cutover.begin('run-1')).toMatchObject({ next: 'END', end: { error: 'InvalidInput' } });
  });

  test('is possible for one of many at a time', async () => {
    const cutover = new CutoverSetup();
    const replies = await Promise.all(Array.from({ length: 10 }, (_, i) => cutover.begin(`r${i}`)));
    expect(replies.filter(({ next }) => next === 'GO')).toHaveLength(1);
  });

  const started = async (input: unknown, projectId?: string) => {
    const cutover = new CutoverSetup();
    const state = { run: 'run-1', rehearse: false, input, ...(projectId === undefined ? {} : { projectId }) };
    const reply = await cutover.act({ action: 'begin', state, settings: {} });
    return { cutover, reply };
  };

  test.each([
    [{ projectId: 'p_x' }, false],
    [{ projectId: 'p_x', rehearse: false }, false],
    [{ projectId: 'p_x', rehearse: true }, true],
    [{ projectId: 'p_x', rehearse: true, data: { ticket: 'OPS-7', research: [{ notes: null }] } }, true],
    [{ projectId: 'p_x', AWS_STEP_FUNCTIONS_STARTED_BY_EXECUTION_ID: 'arn:aws:states:::execution:a:b' }, false],
  ])('accepts %j, rehearsal: %s', async (input, rehearse) => {
    const { cutover, reply } = await started(input);
    expect(reply).toMatchObject({ next: 'GO', cutover: { projectId: 'p_x', rehearse, input } });
    expect((await cutover.record())?.settings.rehearse).toBe(rehearse);
  });

  test.each([
    [null, 'the input must be an object such as {"projectId":"p_x","rehearse":true}, got null'],
    [[{ projectId: 'p_x', rehearse: true }], 'the input must be an object'],
    ['{"projectId":"p_x","rehearse":true}', 'the input must be an object'],
    [{}, 'projectId is required'],
    [{ rehearse: true }, 'projectId is required'],
    [{ projectId: 7 }, 'projectId must be a text such as p_x, got 7'],
    [{ projectId: null }, 'projectId must be a text such as p_x, got null'],
    [{ projectId: 'p x' }, 'holds white space'],
    [{ projectId: 'p_x', rehearse: 'true' }, 'rehearse must be true or false, without quotes, got "true"'],
    [{ projectId: 'p_x', rehearse: 1 }, 'rehearse must be true or false, without quotes, got 1'],
    [{ projectId: 'p_x', rehearse: null }, 'rehearse must be true or false, without quotes, got null'],
    [{ projectId: 'p_x', rehearse: 'false' }, 'rehearse must be true or false, without quotes, got "false"'],
    [
      { projectId: 'p_x', Rehearse: true },
      'unknown field "Rehearse"; known are projectId, rehearse, data: did you mean rehearse?',
    ],
    [{ projectId: 'p_x', ' rehearse ': true }, 'did you mean rehearse?'],
    [{ projectId: 'p_x', rehearsal: true }, 'did you mean rehearse?'],
    [
      { projectId: 'p_x', dryRun: true },
      'unknown field "dryRun"; known are projectId, rehearse, data: what your own steps need goes into data',
    ],
    [JSON.parse('{"projectId":"p_x","__proto__":{"rehearse":true}}'), 'unknown field "__proto__"'],
    [{ projectId: 'p_x', data: { rehearse: true } }, '"data.rehearse" has no effect: rehearse goes beside data'],
    [{ projectId: 'p_x', data: { command: [{ Rehearsal: true }] } }, '"data.command.0.Rehearsal" has no effect'],
    [{ projectId: 'p_x', data: '{"rehearse":true}' }, 'data must be an object'],
  ])('refuses %j, with nothing stored', async (input, problem) => {
    const { cutover, reply } = await started(input);
    expect(reply).toMatchObject({
      next: 'END',
      end: { error: 'InvalidInput', cause: expect.stringContaining(problem) },
    });
    expect(reply.end.cause).toContain('nothing was touched; start the cutover again');
    expect([cutover.cutovers.runs.size, cutover.cutovers.records.size]).toEqual([0, 0]);
  });

  test('names every problem at once', async () => {
    const { reply } = await started({ projectId: 'p x', rehearse: 'yes', dry: true });
    for (const name of ['project id', 'rehearse must', '"dry"']) expect(reply.end.cause).toContain(name);
  });

  test('of a pipeline for one project requires no project in its input, and refuses another project', async () => {
    expect((await started({ rehearse: true }, 'p_x')).reply.cutover).toMatchObject({
      projectId: 'p_x',
      rehearse: true,
    });
    const { cutover, reply } = await started({ projectId: 'p_y' }, 'p_x');
    expect(reply.end).toMatchObject({
      error: 'InvalidInput',
      cause: expect.stringContaining('must be "p_x" or left out'),
    });
    expect([cutover.cutovers.runs.size, cutover.cutovers.records.size]).toEqual([0, 0]);
  });
});
