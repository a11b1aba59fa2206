/** The gates: a round of their wait, and OMS's own verification. */
import type { GateResult } from '../../../lambda/contract/requests/cutover';
import { gateRound } from '../../../lambda/core/cutover/gate';
import type { Verification } from '../../../lambda/core/ports';
import { failed, ok, SECOND, syncing, T0 } from '../../support/values/observations';
import { CutoverSetup, SYNCED_RESULT } from './setup';

function found(state: Verification['state'], message: string): GateResult {
  return { ...SYNCED_RESULT, verification: { state, message } };
}

describe('full verification', () => {
  test.each([
    ['continues where it is clean', found('CLEAN', 'none'), 'GO'],
    ['continues where there is none', found('NOT_THERE', 'none'), 'GO'],
    ['waits while it runs', found('UNDER_WAY', 'RUNNING'), 'WAIT'],
    ['waits where its result is unknown', found('UNKNOWN', '?'), 'WAIT'],
    ['waits where it found differences', found('DIFFERENT', '7 differences'), 'WAIT'],
  ] as const)('%s', async (_, result, next) => {
    const cutover = new CutoverSetup();
    await cutover.begin();
    expect((await cutover.act({ action: 'recordGate', state: cutover.state(), gate: 'READY', result })).next).toBe(
      next,
    );
  });

  test('waits where the check did not report it, and continues where the cutover does not ask for it', async () => {
    const { verification: _, ...result } = SYNCED_RESULT;
    for (const [run, settings, next] of [
      ['asks', {}, 'WAIT'],
      ['does-not', { verification: false }, 'GO'],
    ] as const) {
      const cutover = new CutoverSetup();
      await cutover.begin(run, settings);
      const command = { action: 'recordGate', state: cutover.state(run), gate: 'READY', result } as const;
      expect(await cutover.act(command)).toMatchObject({ next });
    }
  });

  test('is checked again after an approval, which is void where the verification is no longer clean', async () => {
    const cutover = new CutoverSetup();
    const clean = found('CLEAN', 'none');
    await cutover.begin('run-1', { approvalSeconds: 3600 });
    await cutover.act({ action: 'recordGate', state: cutover.state(), gate: 'READY', result: clean });
    await cutover.act({ action: 'requestApproval', state: cutover.state(), result: clean });
    await cutover.answer(true);
    const result = found('DIFFERENT', '9 differences');
    const again = { action: 'recordGate', state: cutover.state(), gate: 'READY_AGAIN', result } as const;
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
      const result = found('DIFFERENT', message);
      await cutover.act({ action: 'recordGate', state: cutover.state(), gate: 'READY', result });
    }
    expect(cutover.harness.notified.map(({ body }) => /\d differences/.exec(body)?.[0])).toEqual([
      '3 differences',
      '5 differences',
    ]);
  });

  test('notifies of differences once', async () => {
    const cutover = new CutoverSetup();
    await cutover.begin();
    for (let i = 0; i < 3; i += 1) {
      const result = { ...found('DIFFERENT', '7 differences'), checkId: `c${i}` };
      await cutover.act({ action: 'recordGate', state: cutover.state(), gate: 'READY', result });
    }
    expect(cutover.subjects).toEqual(['[oms-cutover] p_x cutover waits: verification found differences']);
  });
});

describe('a poll of a cutover', () => {
  test('that meets the goal asks OMS for its verification, unless the cutover does not want it', async () => {
    for (const [run, settings, verification] of [
      ['asks', {}, { state: 'DIFFERENT', message: '7 differences' }],
      ['does-not', { verification: false }, undefined],
    ] as const) {
      const cutover = new CutoverSetup([ok(T0 + SECOND, { status: 'FINISHED' })]);
      cutover.verification = { state: 'DIFFERENT', message: '7 differences' };
      await cutover.begin(run, settings);
      const execution = `arn:aws:states:eu-central-1:111122223333:execution:Cutover:${run}`;
      const { result } = await cutover.poll({ request: { projectId: 'p_x', goal: { type: 'FINISHED' } }, execution });
      expect([result.verdict, result.verification]).toEqual(['MET', verification]);
    }
  });

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
      const round = await cutover.poll(wait);
      expect(round.result.reason.code).toBe('CutoverCancelled');
      // A poll only reads the record; the execution then closes it.
      expect((await cutover.record(run))?.ending).toBeNull();
      await cutover.closeAsCaught(round, run);
      expect((await cutover.record(run))?.ending).toMatchObject({
        outcome: 'CANCELLED',
        code: 'CutoverCancelled',
        message: expect.stringMatching(/^cancelled by dba at /),
      });
    },
  );
});
