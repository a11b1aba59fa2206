/** The approval: requested, answered, expired, void, and a cancellation before it. */
import { MINUTE, syncing, T0 } from '../../support/values/observations';
import { CutoverSetup, SYNCED_RESULT, SYNCED_WAIT } from './setup';

describe('an approval', () => {
  const asked = async (cutover: CutoverSetup) => {
    await cutover.begin('run-1', { approvalSeconds: 3600 });
    await cutover.act({ action: 'recordGate', state: cutover.state(), gate: 'READY', result: SYNCED_RESULT });
    await cutover.act({ action: 'requestApproval', state: cutover.state(), result: SYNCED_RESULT });
    return cutover;
  };

  test('is requested once, with the evidence and the commands that answer', async () => {
    const cutover = await asked(new CutoverSetup());
    await cutover.act({ action: 'requestApproval', state: cutover.state(), result: SYNCED_RESULT });
    expect(cutover.subjects).toEqual(['[oms-cutover] p_x cutover waits for approval until 2026-11-23 01:00 UTC']);
    const [mail] = cutover.harness.notified;
    expect(mail?.body).toContain('oms-cutover approve --project p_x --run run-1 --table table');
    expect(mail?.body).toContain(SYNCED_RESULT.checkId);
    expect(mail?.attributes.importance).toBe('HIGH');
  });

  test('lets the cutover continue, and records who gave it', async () => {
    const cutover = await asked(new CutoverSetup());
    expect((await cutover.act({ action: 'checkApproval', state: cutover.state() })).next).toBe('WAIT');
    await cutover.answer(true);
    expect((await cutover.act({ action: 'checkApproval', state: cutover.state() })).next).toBe('GO');
    expect((await cutover.record())?.asked).toMatchObject([{ decision: 'APPROVED', by: 'dba' }]);
    await expect(cutover.answer(false)).rejects.toThrow('too late: dba already answered APPROVED');
    expect((await cutover.act({ action: 'beginStep', state: cutover.state(), step: 'stopWrites' })).next).toBe('GO');
    await expect(cutover.answer(false)).rejects.toThrow('writes are stopped already');
  });

  test('that is rejected, or not given in time, ends the cutover', async () => {
    const refused = await asked(new CutoverSetup());
    await refused.answer(false);
    expect(await refused.act({ action: 'checkApproval', state: refused.state() })).toMatchObject({
      next: 'END',
      end: { error: 'CutoverRejected' },
    });
    const late = await asked(new CutoverSetup());
    late.harness.now += 61 * MINUTE;
    const reply = await late.act({ action: 'checkApproval', state: late.state() });
    expect(reply.end).toMatchObject({ error: 'CutoverRejected', cause: expect.stringContaining('not approved by') });
    await expect(late.answer(true)).rejects.toThrow('ended at');
  });

  test('is void when the migration is no longer ready: notified, and requested again', async () => {
    const cutover = await asked(new CutoverSetup());
    await cutover.answer(true);
    await cutover.act({ action: 'checkApproval', state: cutover.state() });
    const error = { Error: 'DeadlineExceeded', Cause: 'lag 900 s' };
    expect((await cutover.act({ action: 'voidApproval', state: cutover.state(), error })).next).toBe('AGAIN');
    expect((await cutover.act({ action: 'voidApproval', state: cutover.state(), error })).next).toBe('AGAIN');
    expect(cutover.subjects.at(-1)).toBe('[oms-cutover] p_x cutover approval is void');
    await expect(cutover.answer(true)).rejects.toThrow('has not requested an approval yet');
    await expect(
      cutover.act({ action: 'beginStep', state: cutover.state(), step: 'stopWrites' }),
    ).rejects.toMatchObject({
      code: 'CutoverNotApproved',
    });
  });

  test('is not needed to cancel: the next poll ends the wait, and the receipt is closed', async () => {
    const cutover = new CutoverSetup([syncing(T0, 900), syncing(T0 + 5 * MINUTE, 900)]);
    await cutover.begin('run-1', { approvalSeconds: 3600 });
    const first = await cutover.poll(SYNCED_WAIT);
    expect(first).toMatchObject({ next: 'WAIT', result: { verdict: 'NOT_YET', reason: { code: 'LagTooHigh' } } });
    await cutover.answer(false);
    const second = await cutover.poll(first.wait);
    expect(second).toMatchObject({ next: 'DONE', result: { verdict: 'FAILED', reason: { code: 'CutoverCancelled' } } });
    expect(second.wait.checks).toBe(2);
    await cutover.closeAsCaught(second);
    expect((await cutover.record())?.ending?.outcome).toBe('CANCELLED');
    expect(cutover.subjects).toEqual(['[oms-cutover] p_x cutover cancelled']);
  });

  test('of one run does not affect the wait of another run, and the wait of an ended run ends', async () => {
    const cutover = new CutoverSetup([syncing(T0, 900), syncing(T0 + 5 * MINUTE, 900), syncing(T0 + 10 * MINUTE, 900)]);
    await cutover.begin('run-1', { approvalSeconds: 3600 });
    await cutover.answer(false);
    const cancelled = await cutover.poll(SYNCED_WAIT);
    expect(cancelled.next).toBe('DONE');
    await cutover.closeAsCaught(cancelled);
    // Started after the e-mail on the first run's end, before the wait of that run has ended.
    await cutover.begin('run-2', { approvalSeconds: 3600 });
    expect(await cutover.poll(SYNCED_WAIT)).toMatchObject({
      next: 'DONE',
      result: { reason: { code: 'CutoverCancelled' } },
    });
    expect((await cutover.poll({ ...SYNCED_WAIT, execution: SYNCED_WAIT.execution.replace(/1$/, '2') })).next).toBe(
      'WAIT',
    );
  });

  test('does not end the polls that follow it', async () => {
    const cutover = new CutoverSetup([syncing(T0, 900)]);
    await asked(cutover);
    await cutover.answer(true);
    expect((await cutover.poll(SYNCED_WAIT)).next).toBe('WAIT');
  });

  test('is not accepted where none is required; the cutover can be cancelled until it stops writes', async () => {
    const cutover = new CutoverSetup();
    await cutover.begin();
    await expect(cutover.answer(true)).rejects.toThrow('requires no approval');
    await cutover.answer(false);
    expect(await cutover.act({ action: 'beginStep', state: cutover.state(), step: 'stopWrites' })).toMatchObject({
      next: 'END',
      end: { error: 'CutoverCancelled' },
    });
    expect((await cutover.record())?.ending?.outcome).toBe('CANCELLED');
  });
});

describe('the approval of a rehearsal', () => {
  test('says that it is a rehearsal', async () => {
    const cutover = new CutoverSetup();
    await cutover.begin('run-1', { approvalSeconds: 3600, rehearse: true });
    await cutover.act({ action: 'requestApproval', state: cutover.state(), result: SYNCED_RESULT });
    expect(cutover.subjects).toEqual([
      '[oms-cutover] p_x cutover rehearsal waits for approval until 2026-11-23 01:00 UTC',
    ]);
    expect(cutover.harness.notified[0]?.body).toContain(
      'This is a rehearsal: none of your steps runs, and writes are not stopped.',
    );
  });
});
