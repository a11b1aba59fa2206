/** Resuming writes: whoever asks for it, once for each run, and never where the target may have received writes. */
import { CutoverSetup } from './setup';

const RUN = { project: 'p_x', run: 'run-1' };
const GONE = { ...RUN, end: { status: 'GONE' } };
const fail = () => {
  throw new Error('the source does not answer');
};

async function stopped(settings: object = {}) {
  const cutover = new CutoverSetup();
  await cutover.begin('run-1', settings);
  await cutover.act({ action: 'beginStep', state: cutover.state(), step: 'stopWrites' });
  return cutover;
}

async function switching() {
  const cutover = await stopped();
  await cutover.act({ action: 'beginStep', state: cutover.state(), step: 'switchTraffic' });
  return cutover;
}

const outcome = async (cutover: CutoverSetup) => (await cutover.record())?.ending?.outcome;

describe('a request to resume writes', () => {
  const fromPipeline = (cutover: CutoverSetup) => ({
    cutover: cutover.state(),
    failed: { at: 'stopWrites' },
    error: { Error: 'Boom', Cause: 'no' },
    AWS_STEP_FUNCTIONS_STARTED_BY_EXECUTION_ID: 'arn',
  });

  test.each([
    ['the pipeline', fromPipeline, 'stopWrites failed: Boom: no; the source takes writes again'],
    ['a person', () => RUN, 'resumed by a person; the source takes writes again'],
    [
      'the watchdog, for an execution that no longer exists',
      () => GONE,
      'the execution no longer exists; the cutover was at STOP_WRITES; the source takes writes again',
    ],
  ])('from %s closes the run as rolled back', async (_, request, message) => {
    const cutover = await stopped();
    await cutover.resume(request(cutover));
    expect((await cutover.record())?.ending).toMatchObject({ outcome: 'ROLLED_BACK', message, byHand: null });
    expect(cutover.subjects).toEqual(['[oms-cutover] p_x cutover ROLLED BACK, the source takes writes again']);
  });

  test('is idempotent: the second one finds nothing to do', async () => {
    const cutover = await stopped();
    await cutover.resume(GONE);
    let runs = 0;
    const again = await cutover.resume(GONE, () => {
      runs += 1;
    });
    expect([runs, again.next, again.end.error]).toEqual([0, 'END', '']);
    expect(cutover.subjects).toHaveLength(1);
  });

  test('passes on what the execution was started with', async () => {
    const cutover = await stopped();
    const { cutover: state } = await cutover.act({ action: 'beginResume', request: GONE, execution: 'arn:resume:1' });
    expect(state.input).toEqual({ projectId: 'p_x' });
  });

  test('keeps the pipeline from taking another step', async () => {
    const cutover = await stopped();
    await cutover.act({ action: 'beginResume', request: GONE, execution: 'arn:resume:1' });
    const next = cutover.act({ action: 'beginStep', state: cutover.state(), step: 'switchTraffic' });
    await expect(next).rejects.toMatchObject({ code: 'CutoverOver' });
  });

  test('needs an operator where resumeWrites fails, and is rolled back when a person starts it again', async () => {
    const cutover = await stopped();
    const failed = await cutover.resume(GONE, fail);
    expect(failed.end.error).toBe('CutoverNeedsOperator');
    expect((await cutover.record())?.ending?.byHand).toContain('resumeWrites');
    await cutover.resume(RUN);
    expect((await cutover.record())?.ending).toMatchObject({ outcome: 'ROLLED_BACK', byHand: null });
  });

  test('needs an operator where three executions of the resume machine left the record open', async () => {
    const cutover = await stopped();
    const begin = (execution: string) => cutover.act({ action: 'beginResume', request: GONE, execution });
    for (const n of [1, 2, 3, 3]) expect((await begin(`arn:resume:${n}`)).next).toBe('GO');
    expect((await begin('arn:resume:4')).next).toBe('END');
    expect((await cutover.record())?.ending?.message).toContain('3 executions of it ended without a result');
  });

  test.each([
    ['the watchdog', GONE],
    ['the pipeline', undefined],
  ])('from %s runs nothing once the switchover has begun: an operator is needed', async (_, request) => {
    const cutover = await switching();
    const reply = await cutover.resume(request ?? fromPipeline(cutover), fail);
    expect(reply.next).toBe('END');
    expect(reply.end.error).toBe('CutoverNeedsOperator');
    expect(await outcome(cutover)).toBe('NEEDS_OPERATOR');
  });

  test('of a person is refused once the switchover has begun, and leaves the run as it is', async () => {
    const cutover = await switching();
    const { end } = await cutover.resume(RUN, fail);
    expect(end.error).toBe('CutoverNotResumable');
    expect(end.cause).toContain('the target may have received writes');
    expect(await outcome(cutover)).toBeUndefined();
  });

  test('of a person is refused for a run that has not stopped writes', async () => {
    const cutover = new CutoverSetup();
    await cutover.begin();
    expect((await cutover.resume(RUN, fail)).end.cause).toContain('has not stopped writes');
  });

  test('of a person is refused once another cutover has begun: its writes must stay stopped', async () => {
    const cutover = await stopped();
    await cutover.resume(GONE, fail);
    cutover.harness.now += 3_600_000;
    await cutover.begin('run-2');
    expect((await cutover.resume(RUN, fail)).end.cause).toContain('another cutover of p_x began after run-1');
  });

  test('that names no run is refused with every problem', async () => {
    const cutover = new CutoverSetup();
    const request = { project: 'p_x', runs: 'run-1' };
    const refused = cutover.act({ action: 'beginResume', request, execution: 'arn:resume:1' });
    await expect(refused).rejects.toThrow(
      /run is required[\s\S]*unknown field "runs"|unknown field "runs"[\s\S]*run is required/,
    );
  });
});

describe('a stopWrites that may end after writes were resumed', () => {
  const AGAIN = { ...RUN, again: true };

  test('has writes resumed again until it cannot end any more', async () => {
    const cutover = await stopped({ stopWritesTimeoutSeconds: 60, lateStopSeconds: 30 });
    await cutover.resume(GONE);
    let runs = 0;
    const count = () => {
      runs += 1;
    };
    cutover.harness.now += 90_000;
    await cutover.resume(AGAIN, count);
    cutover.harness.now += 130_000;
    await cutover.resume(AGAIN, count);
    expect(runs).toBe(1);
  });

  test('keeps another cutover from beginning meanwhile', async () => {
    const cutover = await stopped({ stopWritesTimeoutSeconds: 60, lateStopSeconds: 30 });
    await cutover.resume(GONE);
    expect((await cutover.begin('run-2')).end.error).toBe('CutoverAlreadyRunning');
    cutover.harness.now += 6 * 60_000;
    expect((await cutover.begin('run-3')).next).toBe('GO');
  });

  test('needs an operator where writes cannot be resumed again', async () => {
    const cutover = await stopped();
    await cutover.resume(GONE);
    await cutover.resume(AGAIN, fail);
    expect(await outcome(cutover)).toBe('NEEDS_OPERATOR');
  });

  test('is impossible once it has reported its fence', async () => {
    const cutover = await stopped();
    await cutover.act({ action: 'recordFence', state: cutover.state(), output: { output: {} } });
    await cutover.resume(GONE);
    expect((await cutover.begin('run-2')).next).toBe('GO');
  });
});
