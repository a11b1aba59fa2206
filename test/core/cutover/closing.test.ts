/** The end of a cutover: closed once, notified once, no matter who reports it. */

import { receiptText } from '../../../lambda/core/cutover/receipt';
import type { CutoverRecord } from '../../../lambda/core/cutover/record';
import { withEnding, withStepBegun } from '../../../lambda/core/cutover/transitions';
import { initialState } from '../../../lambda/core/model/project-state';
import { MINUTE, SECOND, T0 } from '../../support/values/observations';
import { CutoverSetup, SYNCED_RESULT } from './setup';

const NEEDS_OPERATOR = '[oms-cutover] p_x cutover FAILED, MANUAL ACTION REQUIRED: writes may be stopped';

describe('a notification of a cutover that was refused by SNS', () => {
  const refusing = async () => {
    const cutover = new CutoverSetup();
    await cutover.begin('run-1', { approvalSeconds: 3600 });
    cutover.harness.refusal = new Error('SNS is down');
    return cutover;
  };
  const ENDED = { run: 'run-1', status: 'FAILED', error: 'CutoverNeedsOperator' };
  const close = (cutover: CutoverSetup) =>
    cutover.act({ action: 'close', state: cutover.state(), outcome: 'NEEDS_OPERATOR', error: { Error: 'Boom' } });

  test('is sent by the next poll for the answer', async () => {
    const cutover = await refusing();
    const asked = await cutover.act({ action: 'requestApproval', state: cutover.state(), result: SYNCED_RESULT });
    expect(cutover.subjects).toEqual([]);
    cutover.harness.refusal = null;
    await cutover.act({ action: 'checkApproval', state: asked.cutover });
    expect(cutover.subjects).toEqual(['[oms-cutover] p_x cutover waits for approval until 2026-11-23 01:00 UTC']);
  });

  test('is sent by the rule on the end of executions, which tries until it is', async () => {
    const cutover = await refusing();
    await close(cutover);
    await expect(cutover.ended(ENDED)).rejects.toThrow('could not be sent yet');
    cutover.harness.refusal = null;
    await cutover.ended(ENDED);
    expect(cutover.subjects).toEqual([NEEDS_OPERATOR]);
    await cutover.ended(ENDED);
    expect(cutover.subjects).toHaveLength(1);
  });

  test('is sent by a second attempt where the first died before sending it', async () => {
    const cutover = await refusing();
    const { store } = cutover.harness;
    const putState = store.putState.bind(store);
    store.putState = async (projectState, expected) => {
      await putState(projectState, expected);
      store.putState = putState;
      throw new Error('killed');
    };
    await expect(close(cutover)).rejects.toThrow('killed');
    cutover.harness.refusal = null;
    cutover.harness.now += SECOND;
    await close(cutover);
    expect(cutover.subjects).toEqual([NEEDS_OPERATOR]);
  });
});

describe('the end of a cutover', () => {
  const stopped = async () => {
    const cutover = new CutoverSetup();
    await cutover.begin();
    await cutover.act({ action: 'beginStep', state: cutover.state(), step: 'stopWrites' });
    return cutover;
  };

  test('is notified once with the receipt, however often it is repeated, and the first end counts', async () => {
    const cutover = await stopped();
    cutover.harness.now += 12 * SECOND;
    const failed = { at: 'stopWrites' };
    const close = { action: 'close', state: cutover.state(), failed, error: { Error: 'Boom', Cause: 'no' } } as const;
    const reply = await cutover.act({ ...close, outcome: 'ROLLED_BACK' });
    expect(reply.end).toEqual({
      error: 'CutoverRolledBack',
      cause: 'stopWrites failed: Boom: no; the source takes writes again',
    });
    expect(await cutover.act({ ...close, outcome: 'NEEDS_OPERATOR' })).toEqual(reply);
    expect(cutover.subjects).toEqual(['[oms-cutover] p_x cutover ROLLED BACK, the source takes writes again']);
    expect(cutover.harness.notified[0]?.body).toContain('stopped for 12 s');
  });

  test.each([1_990, 1_996, 1_997, 4_990])(
    'with a cause that is cut after %s characters, within an emoji, closes the receipt with well-formed text',
    async (length) => {
      const cutover = new CutoverSetup();
      await cutover.begin();
      const error = { Error: 'E', Cause: `${'x'.repeat(length)}${'🚀'.repeat(20)}` };
      await cutover.act({ action: 'beginStep', state: cutover.state(), step: 'stopWrites' });
      await cutover.act({
        action: 'close',
        state: cutover.state(),
        outcome: 'NEEDS_OPERATOR',
        error,
        failed: { at: 'stopWrites' },
        repairError: error,
      });
      const record = await cutover.record();
      expect(record?.ending?.outcome).toBe('NEEDS_OPERATOR');
      expect(record?.ending?.message).toContain('…; then resumeWrites failed too: E: xxx');
      for (const text of [record?.ending?.message, record?.steps[0]?.problem, receiptText(record as CutoverRecord)])
        expect(text).not.toMatch(/\p{Cs}/u);
      for (const { body } of cutover.harness.notified) expect(body).not.toMatch(/\p{Cs}/u);
    },
  );

  test('with the longest cause of Step Functions leaves room in the item', async () => {
    const cutover = new CutoverSetup();
    await cutover.begin();
    await cutover.act({ action: 'beginStep', state: cutover.state(), step: 'stopWrites' });
    await cutover.ended({ run: 'run-1', status: 'FAILED', error: 'E', cause: '切'.repeat(32_768) });
    const { ending } = (await cutover.record()) as CutoverRecord;
    expect(ending?.message).toMatch(
      /^the execution ended FAILED \(E: 切+…\) at STOP_WRITES; the source takes writes again$/,
    );
    expect(ending?.message.length).toBeLessThan(2_150);
  });

  test('of the longest possible cutover fits into an item, in characters of three bytes', async () => {
    const cutover = new CutoverSetup();
    await cutover.begin('run-1', { approvalSeconds: 3600 });
    const wide = '切'.repeat(32_768);
    const error = { Error: 'E', Cause: wide };
    for (let question = 0; question < 10; question += 1) {
      for (let i = 0; i < 6; i += 1) {
        const result = {
          ...SYNCED_RESULT,
          checkId: `c${question}-${i}`,
          reason: { ...SYNCED_RESULT.reason, message: wide },
        };
        await cutover.act({ action: 'recordGate', state: cutover.state(), gate: 'DRAINED', result });
      }
      await cutover.act({ action: 'requestApproval', state: cutover.state(), result: SYNCED_RESULT });
      await cutover.act({ action: 'voidApproval', state: cutover.state(), error });
    }
    const full = (await cutover.record()) as CutoverRecord;
    const closing = {
      outcome: 'NEEDS_OPERATOR',
      code: 'E',
      message: wide,
      failedAt: 'stopWrites',
      repairFailed: true,
    } as const;
    const bytes = Buffer.byteLength(JSON.stringify(withEnding(withStepBegun(full, 'stopWrites', T0), closing, T0)));
    expect(full.gates).toHaveLength(60);
    expect(full.asked).toHaveLength(10);
    expect(bytes).toBeLessThan(400_000);
  });

  test('of an execution that was aborted after the switchover requires manual action', async () => {
    const cutover = await stopped();
    await cutover.act({ action: 'beginStep', state: cutover.state(), step: 'switchover' });
    expect(await cutover.ended({ run: 'run-1', status: 'ABORTED' })).toBe('NEEDS_OPERATOR');
    expect(cutover.harness.notified[0]?.attributes).toMatchObject({ change: 'cutover', importance: 'HIGH' });
    expect(cutover.harness.notified[0]?.body).toContain('resumeWrites');
  });

  test('that requires manual action ends a mute', async () => {
    const cutover = await stopped();
    const { store } = cutover.harness;
    const before = { ...initialState('p_x'), version: 1, mutedUntil: cutover.harness.now + 60 * MINUTE };
    await store.putState(before, { expectedVersion: 0 });
    await cutover.resume({ project: 'p_x', run: 'run-1', end: { status: 'ABORTED' } }, () => {
      throw new Error('the source does not answer');
    });
    expect(cutover.subjects).toEqual([NEEDS_OPERATOR]);
  });

  test.each([
    ['ABORTED', undefined, 'ABORTED'],
    ['TIMED_OUT', undefined, 'ABORTED'],
    ['FAILED', 'States.Runtime', 'FAILED'],
  ])('of an execution that ended %s before writes were stopped is recorded', async (status, error, closed) => {
    const cutover = new CutoverSetup();
    await cutover.begin();
    expect(await cutover.ended({ run: 'run-1', status, ...(error ? { error } : {}) })).toBe(closed);
  });

  test('is the one that the execution reports, where only its bookkeeping failed', async () => {
    const rolled = await stopped();
    const end = { run: 'run-1', status: 'FAILED', error: 'CutoverRolledBack', cause: 'why' };
    expect(await rolled.ended(end)).toBe('ROLLED_BACK');
    const switched = await stopped();
    expect(await switched.ended({ run: 'run-1', status: 'SUCCEEDED' })).toBe('SWITCHED');
  });

  test('of an execution of another pipeline with the same name is ignored', async () => {
    const cutover = new CutoverSetup();
    const state = { ...cutover.state(), execution: 'arn:one:run-1' };
    await cutover.act({ action: 'begin', state, settings: {} });
    const other = { run: 'run-1', execution: 'arn:two:run-1', status: 'SUCCEEDED' };
    expect(await cutover.ended(other)).toBeNull();
    expect((await cutover.record())?.ending).toBeNull();
    const own = { run: 'run-1', execution: 'arn:one:run-1', status: 'ABORTED' };
    expect(await cutover.ended(own)).toBe('ABORTED');
  });

  test('is ignored for a run that is not a cutover', async () => {
    expect(await new CutoverSetup().ended({ run: 'other', status: 'ABORTED' })).toBeNull();
  });

  test('is final: no step begins after it', async () => {
    const cutover = await stopped();
    await cutover.ended({ run: 'run-1', status: 'ABORTED' });
    await expect(
      cutover.act({ action: 'beginStep', state: cutover.state(), step: 'switchTraffic' }),
    ).rejects.toMatchObject({
      code: 'CutoverOver',
    });
  });
});
