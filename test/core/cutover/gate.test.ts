/** The gates: a round of their wait, and OMS's own verification. */
import { gateRound } from '../../../lambda/core/cutover/gate';
import { failed, SECOND, syncing, T0 } from '../../support/observations';
import { CutoverSetup, SYNCED_RESULT } from './setup';

describe('full verification', () => {
  test.each([
    ['continues where it is clean', { state: 'CLEAN', message: 'none' }, 'GO'],
    ['continues where there is none', { state: 'NOT_THERE', message: 'none' }, 'GO'],
    ['waits while it runs', { state: 'UNDER_WAY', message: 'RUNNING' }, 'WAIT'],
    ['waits where its result is unknown', { state: 'UNKNOWN', message: '?' }, 'WAIT'],
    ['waits where it found differences', { state: 'DIFFERENT', message: '7 differences' }, 'WAIT'],
  ] as const)('%s', async (_, verification, next) => {
    const cutover = new CutoverSetup();
    cutover.verification = verification;
    await cutover.begin();
    expect(
      (await cutover.act({ action: 'recordGate', state: cutover.state(), gate: 'READY', result: SYNCED_RESULT })).next,
    ).toBe(next);
  });

  test('is checked again after an approval, which is void where the verification is no longer clean', async () => {
    const cutover = new CutoverSetup();
    cutover.verification = { state: 'CLEAN', message: 'none' };
    await cutover.begin('run-1', { approvalSeconds: 3600 });
    await cutover.act({ action: 'recordGate', state: cutover.state(), gate: 'READY', result: SYNCED_RESULT });
    await cutover.act({ action: 'requestApproval', state: cutover.state(), result: SYNCED_RESULT });
    await cutover.answer(true);
    cutover.verification = { state: 'DIFFERENT', message: '9 differences' };
    const again = { action: 'recordGate', state: cutover.state(), gate: 'READY_AGAIN', result: SYNCED_RESULT } as const;
    expect(await cutover.act(again)).toMatchObject({ next: 'AGAIN' });
    const record = await cutover.record();
    expect(record).toMatchObject({ question: 2, phase: 'READY' });
    expect(record?.asked[0]?.voidBecause).toBe('VerificationNotClean: 9 differences');
    expect(cutover.subjects).toContain('[oms-cutover] p_x cutover approval is void');
  });

  test('notifies again when the number of differences changes', async () => {
    const cutover = new CutoverSetup();
    await cutover.begin();
    for (const message of ['3 differences', '5 differences', '5 differences']) {
      cutover.verification = { state: 'DIFFERENT', message };
      await cutover.act({ action: 'recordGate', state: cutover.state(), gate: 'READY', result: SYNCED_RESULT });
    }
    expect(cutover.harness.notified.map(({ body }) => /\d differences/.exec(body)?.[0])).toEqual([
      '3 differences',
      '5 differences',
    ]);
  });

  test('notifies of differences once', async () => {
    const cutover = new CutoverSetup();
    cutover.verification = { state: 'DIFFERENT', message: '7 differences' };
    await cutover.begin();
    for (let i = 0; i < 3; i += 1)
      await cutover.act({
        action: 'recordGate',
        state: cutover.state(),
        gate: 'READY',
        result: { ...SYNCED_RESULT, checkId: `c${i}` },
      });
    expect(cutover.subjects).toEqual(['[oms-cutover] p_x cutover waits: verification found differences']);
  });
});

describe('a poll of a cutover', () => {
  const refused = failed(T0 + SECOND, 'OmsRejectedCredentials');
  const request = { projectId: 'p_x', goal: { type: 'DRAINED', writesStoppedAt: T0 / 1000 } };

  test('tolerates rejected credentials while writes are stopped, because the gate before was accepted with them', async () => {
    const cutover = new CutoverSetup([refused]);
    const { result } = await gateRound({ action: 'poll', writes: 'STOPPED', wait: { request } }, cutover.ports);
    expect(result).toMatchObject({ verdict: 'NOT_YET', reason: { code: 'OmsRejectedCredentials' } });
  });

  test.each(['night-1', 'night(1)', 'ticket@42', 'a+b', 'Umzug_Ä', '切换'])(
    'notices a cancellation of a run with any name that Step Functions allows: %s',
    async (run) => {
      const cutover = new CutoverSetup([syncing(T0 + SECOND, 900)]);
      await cutover.begin(run);
      await cutover.answer(false, run);
      const execution = `arn:aws:states:eu-central-1:111122223333:execution:Cutover:${run}`;
      const wait = { request: { projectId: 'p_x', goal: { type: 'SYNCED' } }, execution };
      expect((await cutover.poll(wait)).result.reason.code).toBe('CutoverCancelled');
    },
  );
});
