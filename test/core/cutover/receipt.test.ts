/** What an operator reads: the receipt and the manual action. */
import type { CutoverBookkeeping, CutoverOptions, StepName } from '../../../lambda/contract/requests/cutover';
import { receiptText } from '../../../lambda/core/cutover/receipt';
import type { CutoverRecord } from '../../../lambda/core/cutover/record';
import { play } from '../../support/run';
import { ok, SECOND, T0 } from '../../support/values/observations';
import { CutoverSetup, SYNCED_RESULT } from './setup';

type Close = Partial<Extract<CutoverBookkeeping, { action: 'close' }>>;

/** A cutover that began the steps and needs an operator. */
async function needsOperator(settings: CutoverOptions, steps: readonly StepName[], close: Close = {}) {
  const cutover = new CutoverSetup();
  await cutover.begin('run-1', settings);
  for (const step of steps) {
    await cutover.act({ action: 'beginStep', state: cutover.state(), step });
    cutover.harness.now += 10 * SECOND;
  }
  const failed = { at: steps.at(-1) ?? '' };
  const error = { Error: 'Boom', Cause: 'no' };
  const state = cutover.state();
  const { end } = await cutover.act({ action: 'close', state, outcome: 'NEEDS_OPERATOR', failed, error, ...close });
  return { cutover, cause: end.cause, record: (await cutover.record()) as CutoverRecord };
}

describe('the receipt', () => {
  test('begins with the result, the writes and the manual action', async () => {
    const { record } = await needsOperator({}, ['stopWrites']);
    expect(receiptText(record)).toBe(
      [
        'Receipt of cutover run-1',
        'Project    p_x',
        'Outcome    NEEDS_OPERATOR (CutoverNeedsOperator): stopWrites failed: Boom: no',
        'Writes     STOPPED, or may be, since 2026-11-23 00:00:00 UTC',
        'Fence      none: stopWrites was begun, and no end of it was recorded',
        'Started    2026-11-23 00:00:00 UTC',
        'Ended      2026-11-23 00:00:10 UTC',
        '',
        'MANUAL ACTION REQUIRED',
        '  Writes to the source are stopped, or may be. Traffic was not switched.',
        '  Do manually now what your step resumeWrites does, then check that the source accepts writes.',
        '',
        'Gates (times in UTC)',
        '  none reached',
        '',
        'Approval   not required',
        '',
        'Steps',
        '  2026-11-23 00:00:00  stopWrites    ended 2026-11-23 00:00:10; stopWrites failed: Boom: no',
      ].join('\n'),
    );
  });

  test('shows that OMS reports FINISHED although a copy phase is below 100 %', async () => {
    const cutover = new CutoverSetup();
    await cutover.begin('run-1', {});
    const finished = ok(T0, { status: 'FINISHED', fullMigrationProgress: 63 });
    const { last: result } = play([finished], { goal: { type: 'SWITCHED' } });
    await cutover.act({ action: 'recordGate', state: cutover.state(), gate: 'SWITCHED', result });
    expect(receiptText((await cutover.record()) as CutoverRecord)).toContain(
      'reverse synchronization is off, but full migration is at 63 %: compare the target with the source',
    );
  });

  test('of an unfinished cutover shows its phase, its gates and its approval', async () => {
    const cutover = new CutoverSetup();
    await cutover.begin('run-1', { approvalSeconds: 3600 });
    await cutover.act({ action: 'recordGate', state: cutover.state(), gate: 'READY', result: SYNCED_RESULT });
    await cutover.act({ action: 'requestApproval', state: cutover.state(), result: SYNCED_RESULT });
    const text = receiptText((await cutover.record()) as CutoverRecord);
    expect(text).toContain('Phase      APPROVAL');
    expect(text).toContain('Writes     never stopped');
    expect(text).toContain(`required: lag 30 s or less for 60 s; snapshot ${SYNCED_RESULT.checkId}`);
    expect(text).toContain(`requested on snapshot ${SYNCED_RESULT.checkId}: no answer yet`);
  });
});

describe('the manual action', () => {
  const BACK =
    'To go back: do manually what your step resumeWrites does, but only if nothing was written to the target.';
  const BACK_IN_OMS =
    'To go back: if OMS was switched over, switch it back first; until then the source must not accept writes. Then do manually what your step resumeWrites does.';

  test.each<[string, CutoverOptions, readonly StepName[], Close, readonly string[]]>([
    [
      'after a failed verify',
      { verify: true },
      ['stopWrites', 'verify'],
      {},
      ['To go forward: fix what failed (verify), then do manually what your step switchTraffic does.', BACK],
    ],
    [
      'after a failed switchover',
      { verify: true, switchover: 'step' },
      ['stopWrites', 'switchover'],
      {},
      [
        'OMS may have been switched over: check the project in the OMS console.',
        'To go forward: fix what failed (switchover), then do manually what your steps verify and switchTraffic do.',
        BACK_IN_OMS,
      ],
    ],
    [
      'after a switchover that its operator did not complete',
      { switchover: 'operator' },
      ['stopWrites', 'switchover'],
      {},
      [
        'To go forward: complete the forward switchover in the OMS console, then do manually what your step switchTraffic does.',
        BACK_IN_OMS,
      ],
    ],
    [
      'after a failed switchTraffic and a failed rollback',
      { rollback: true },
      ['stopWrites', 'switchTraffic'],
      { repairError: { Error: 'Boom' } },
      [
        'Your step rollback failed too.',
        'To go forward: check how much your step switchTraffic has done, and do the rest manually.',
        BACK,
      ],
    ],
  ])('%s says how to continue and how to go back', async (_, settings, steps, close, lines) => {
    const { cutover, cause, record } = await needsOperator(settings, steps, close);
    const action = record.ending?.byHand ?? '';
    expect(action.split('\n')).toEqual(expect.arrayContaining(['Writes to the source are stopped.', ...lines]));
    expect(cause).toBe(`${record.ending?.message}\nMANUAL ACTION REQUIRED\n${action}`);
    expect(cutover.harness.notified.at(-1)?.body.replace(/\s+/g, ' ')).toContain(action.replace(/\s+/g, ' '));
  });
});

test('a rollback that failed after the drain was checked again is named as what failed', async () => {
  const cutover = new CutoverSetup();
  await cutover.begin('run-1', { rollback: true });
  const state = cutover.state();
  await cutover.act({ action: 'beginStep', state, step: 'stopWrites' });
  await cutover.act({ action: 'recordGate', state, gate: 'DRAINED', result: { ...SYNCED_RESULT, verdict: 'MET' } });
  const { end } = await cutover.act({
    action: 'close',
    state,
    outcome: 'NEEDS_OPERATOR',
    failed: { at: '6 Drained again' },
    error: { Error: 'DeadlineExceeded' },
    repairError: { Error: 'Boom' },
  });
  expect(end.cause).toContain('6 Drained again failed: DeadlineExceeded; then rollback failed too: Boom');
});

describe('the commands of an e-mail', () => {
  test('quote a run whose name a shell would interpret', async () => {
    const cutover = new CutoverSetup();
    await cutover.begin('night(1)', { approvalSeconds: 3600 });
    await cutover.act({ action: 'requestApproval', state: cutover.state('night(1)'), result: SYNCED_RESULT });
    expect(cutover.harness.notified[0]?.body).toContain(
      "  oms-cutover approve --project p_x --run 'night(1)' --table table",
    );
  });
});
