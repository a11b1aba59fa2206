import type { CutoverBookkeeping, CutoverSettings, CutoverState } from '../../../lambda/contract/cutover';
import { answerCutover } from '../../../lambda/core/cutover/answer';
import { cutoverAction } from '../../../lambda/core/cutover/bookkeeping';
import { executionEnded } from '../../../lambda/core/cutover/closing';
import { roomBeforeFence } from '../../../lambda/core/cutover/execution-history';
import { readFence, sourceAheadMs } from '../../../lambda/core/cutover/fence';
import { cutoverPoll } from '../../../lambda/core/cutover/poll';
import { receiptText } from '../../../lambda/core/cutover/receipt';
import type { CutoverRecord } from '../../../lambda/core/cutover/record';
import type { CutoverPorts } from '../../../lambda/core/cutover/records';
import { closed, stepBegun } from '../../../lambda/core/cutover/transitions';
import type { Verification } from '../../../lambda/core/cutover/verifier';
import type { Observation } from '../../../lambda/core/model/progress';
import { initialState } from '../../../lambda/core/model/project-state';
import { Harness } from '../../support/harness';
import { MemoryCutovers } from '../../support/memory-cutovers';
import { failed, MINUTE, SECOND, syncing, T0 } from '../../support/observations';
import { play } from '../../support/run';

const SEEN = play([syncing(T0, 3)], { goal: { type: 'SYNCED', maxLagSeconds: 30, holdSeconds: 60 } }).last;

const WISH = {
  request: { projectId: 'p_x', goal: { type: 'SYNCED' } },
  execution: 'arn:aws:states:eu-central-1:111122223333:execution:Cutover:run-1',
};

class Desk {
  readonly harness: Harness;
  readonly cutovers = new MemoryCutovers();
  verification: Verification | null = null;

  constructor(polls: readonly Observation[] = []) {
    this.harness = new Harness(polls);
  }

  get ports(): CutoverPorts {
    const { verification } = this;
    return {
      ...this.harness.ports(),
      cutovers: this.cutovers,
      tableName: 'table',
      ...(verification === null ? {} : { verifier: { verification: async () => verification } }),
    };
  }

  state(run = 'run-1'): CutoverState {
    return { projectId: 'p_x', run, rehearse: false, input: { projectId: 'p_x' } };
  }

  do(order: CutoverBookkeeping) {
    return cutoverAction(order, this.ports);
  }

  poll(wait: unknown) {
    return cutoverPoll({ action: 'poll', writes: 'GO_ON', wait }, this.ports);
  }

  begin(run = 'run-1', settings: object = {}) {
    return this.do({ action: 'begin', state: this.state(run), settings });
  }

  answer(approve: boolean, run = 'run-1') {
    return answerCutover({ project: 'p_x', run, approve, by: 'dba', now: this.harness.now }, this.cutovers);
  }

  record(run = 'run-1') {
    return this.cutovers.readCutover('p_x', run);
  }

  get subjects(): string[] {
    return this.harness.notified.map(({ subject }) => subject);
  }
}

const desk = () => new Desk();

describe('the beginning of a cutover', () => {
  test.each([
    ['of another project', { projectId: 'p_y', input: {}, execution: 'arn:two:run-1' }],
    ['of another pipeline, which may only rehearse', { execution: 'arn:two:run-1' }],
  ])('is refused under a name that an execution %s was the first to have', async (_, theirs) => {
    const one = desk();
    const begin = (more: object) =>
      one.do({ action: 'begin', state: { ...one.state(), execution: 'arn:one:run-1', ...more }, settings: {} });
    expect(await begin({})).toMatchObject({ next: 'GO' });
    expect(await begin({})).toMatchObject({ next: 'GO' });
    expect(await begin(theirs)).toMatchObject({
      next: 'END',
      end: { error: 'InvalidInput', cause: expect.stringContaining('start this one under another name') },
    });
    expect((await one.record())?.ending).toBeNull();
  });

  test('is refused while another one of the project is under way, and that one may begin again', async () => {
    const one = desk();
    expect((await one.begin('run-1')).next).toBe('GO');
    expect((await one.begin('run-1')).next).toBe('GO');
    const second = await one.begin('run-2');
    expect(second).toMatchObject({ next: 'END', end: { error: 'CutoverAlreadyRunning' } });
    expect(second.end.cause).toContain('run-1');
    // A retry of the refused one hears the same.
    expect((await one.begin('run-2')).end.error).toBe('CutoverAlreadyRunning');
  });

  test('is free again when the other one is over', async () => {
    const one = desk();
    await one.begin('run-1');
    await one.do({ action: 'close', state: one.state(), outcome: 'FAILED', error: { Error: 'MigrationFailed' } });
    expect((await one.begin('run-2')).next).toBe('GO');
    expect(await one.begin('run-1')).toMatchObject({ next: 'END', end: { error: 'InvalidInput' } });
  });

  test('lets only one of many through', async () => {
    const one = desk();
    const replies = await Promise.all(Array.from({ length: 10 }, (_, i) => one.begin(`r${i}`)));
    expect(replies.filter(({ next }) => next === 'GO')).toHaveLength(1);
  });

  const started = async (input: unknown, projectId?: string) => {
    const one = desk();
    const state = { run: 'run-1', rehearse: false, input, ...(projectId === undefined ? {} : { projectId }) };
    const reply = await one.do({ action: 'begin', state, settings: {} });
    return { one, reply };
  };

  test.each([
    [{ projectId: 'p_x' }, false],
    [{ projectId: 'p_x', rehearse: false }, false],
    [{ projectId: 'p_x', rehearse: true }, true],
    [{ projectId: 'p_x', rehearse: true, data: { ticket: 'OPS-7', research: [{ notes: null }] } }, true],
    [{ projectId: 'p_x', AWS_STEP_FUNCTIONS_STARTED_BY_EXECUTION_ID: 'arn:aws:states:::execution:a:b' }, false],
  ])('takes %j, and rehearses: %s', async (input, rehearse) => {
    const { one, reply } = await started(input);
    expect(reply).toMatchObject({ next: 'GO', cutover: { projectId: 'p_x', rehearse, input } });
    expect((await one.record())?.settings.rehearse).toBe(rehearse);
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
    [{ projectId: 'p_x', data: { rehearse: true } }, '"data.rehearse" is not heard: rehearse goes beside data'],
    [{ projectId: 'p_x', data: { order: [{ Rehearsal: true }] } }, '"data.order.0.Rehearsal" is not heard'],
    [{ projectId: 'p_x', data: '{"rehearse":true}' }, 'data must be an object'],
  ])('refuses %j, with nothing stored', async (input, problem) => {
    const { one, reply } = await started(input);
    expect(reply).toMatchObject({
      next: 'END',
      end: { error: 'InvalidInput', cause: expect.stringContaining(problem) },
    });
    expect(reply.end.cause).toContain('nothing was touched; start the cutover again');
    expect([one.cutovers.runs.size, one.cutovers.records.size]).toEqual([0, 0]);
  });

  test('names every problem at once', async () => {
    const { reply } = await started({ projectId: 'p x', rehearse: 'yes', dry: true });
    for (const name of ['project id', 'rehearse must', '"dry"']) expect(reply.end.cause).toContain(name);
  });

  test('of a pipeline for one project needs none in its input, and refuses another', async () => {
    expect((await started({ rehearse: true }, 'p_x')).reply.cutover).toMatchObject({
      projectId: 'p_x',
      rehearse: true,
    });
    const { one, reply } = await started({ projectId: 'p_y' }, 'p_x');
    expect(reply.end).toMatchObject({
      error: 'InvalidInput',
      cause: expect.stringContaining('must be "p_x" or left out'),
    });
    expect([one.cutovers.runs.size, one.cutovers.records.size]).toEqual([0, 0]);
  });
});

describe('the fence', () => {
  const step = { startedAt: T0, now: T0 + 3 * SECOND, aheadMs: 0, marginSeconds: 10 };

  test.each([
    ['as the step says it', { writesStoppedAt: '2026-11-23T00:00:02Z' }],
    ['as a Lambda task gives it', { Payload: { writesStoppedAt: T0 / 1000 + 2 } }],
  ])('is read %s, with no margin', (_, output) => {
    expect(readFence(output, undefined, step)).toEqual({
      writesStoppedAt: '2026-11-23T00:00:02.000Z',
      readBy: 'step',
      marginSeconds: 0,
    });
  });

  test('is our own time after the step where it gives none, later by what the source is ahead, never without a margin', () => {
    expect(readFence({}, undefined, step)).toEqual({
      writesStoppedAt: '2026-11-23T00:00:03.000Z',
      readBy: 'clock',
      marginSeconds: 10,
    });
    expect(readFence(null, undefined, { ...step, aheadMs: 5_000 }).writesStoppedAt).toBe('2026-11-23T00:00:08.000Z');
    expect(readFence(null, undefined, { ...step, marginSeconds: 0 }).marginSeconds).toBe(1);
  });

  test('is refused from our own clock where the source is further ahead than can be believed', () => {
    expect(() => readFence({}, undefined, { ...step, aheadMs: 61_000 })).toThrow(
      'seems to be 61 s ahead of ours, so our own time is no fence: have stopWrites return writesStoppedAt',
    );
  });

  test('knows of the greatest lead that the source was seen with, not of the last one only', () => {
    const lead = (at: number, ahead: number) => syncing(at, -ahead);
    const { projectState } = play([lead(T0, 40), lead(T0 + 10 * SECOND, 5)]);
    expect(sourceAheadMs(projectState)).toBe(40 * SECOND);
    expect(sourceAheadMs(play([lead(T0, 40), lead(T0 + 10 * SECOND, 61)]).projectState)).toBe(61 * SECOND);
    expect(sourceAheadMs(play([syncing(T0, 3)]).projectState)).toBe(0);
  });

  test.each([
    ['no time', { writesStoppedAt: 'soon' }, undefined],
    ['a time without an offset', { writesStoppedAt: '2026-11-23T00:00:02' }, undefined],
    ['one that is an hour old', { writesStoppedAt: '2026-11-22T23:00:02Z' }, undefined],
    ['one in an hour', { writesStoppedAt: '2026-11-23T01:00:02Z' }, undefined],
    ['nothing where the path leads', { fence: 1 }, 'fence.at'],
  ])('refuses %s', (_, output, path) => {
    expect(() => readFence(output, path, step)).toThrow(expect.objectContaining({ code: 'FenceUnreadable' }));
  });
});

describe('an approval', () => {
  const asked = async (one: Desk) => {
    await one.begin('run-1', { approvalSeconds: 3600 });
    await one.do({ action: 'recordGate', state: one.state(), gate: 'READY', result: SEEN });
    await one.do({ action: 'requestApproval', state: one.state(), result: SEEN });
    return one;
  };

  test('is asked for once, with the evidence and the command that answers', async () => {
    const one = await asked(desk());
    await one.do({ action: 'requestApproval', state: one.state(), result: SEEN });
    expect(one.subjects).toEqual(['[oms-cutover] p_x cutover waits for approval']);
    const [mail] = one.harness.notified;
    expect(mail?.body).toContain('oms-cutover approve --project p_x --run run-1 --table table');
    expect(mail?.body).toContain(SEEN.checkId);
    expect(mail?.attributes.importance).toBe('HIGH');
  });

  test('lets the cutover go on, and names who gave it', async () => {
    const one = await asked(desk());
    expect((await one.do({ action: 'checkApproval', state: one.state() })).next).toBe('WAIT');
    await one.answer(true);
    expect((await one.do({ action: 'checkApproval', state: one.state() })).next).toBe('GO');
    expect((await one.record())?.asked).toMatchObject([{ decision: 'APPROVED', by: 'dba' }]);
    await expect(one.answer(false)).rejects.toThrow('too late: dba was first, with APPROVED');
    expect((await one.do({ action: 'beginStep', state: one.state(), step: 'stopWrites' })).next).toBe('GO');
    await expect(one.answer(false)).rejects.toThrow('writes are stopped already');
  });

  test('that is refused, or does not come in time, ends the cutover', async () => {
    const refused = await asked(desk());
    await refused.answer(false);
    expect(await refused.do({ action: 'checkApproval', state: refused.state() })).toMatchObject({
      next: 'END',
      end: { error: 'CutoverRejected' },
    });
    const late = await asked(desk());
    late.harness.now += 61 * MINUTE;
    const reply = await late.do({ action: 'checkApproval', state: late.state() });
    expect(reply.end).toMatchObject({ error: 'CutoverRejected', cause: expect.stringContaining('nobody approved by') });
    await expect(late.answer(true)).rejects.toThrow('is over since');
  });

  test('of evidence that no longer holds is void, says so, and is asked for anew', async () => {
    const one = await asked(desk());
    await one.answer(true);
    await one.do({ action: 'checkApproval', state: one.state() });
    const error = { Error: 'DeadlineExceeded', Cause: 'lag 900 s' };
    expect((await one.do({ action: 'voidApproval', state: one.state(), error })).next).toBe('AGAIN');
    expect((await one.do({ action: 'voidApproval', state: one.state(), error })).next).toBe('AGAIN');
    expect(one.subjects.at(-1)).toBe('[oms-cutover] p_x cutover approval is void');
    await expect(one.answer(true)).rejects.toThrow('has not asked yet');
    await expect(one.do({ action: 'beginStep', state: one.state(), step: 'stopWrites' })).rejects.toMatchObject({
      code: 'CutoverNotApproved',
    });
  });

  test('can be cancelled before it is asked for: the next look of the wait says so, and has closed the receipt', async () => {
    const one = new Desk([syncing(T0, 900), syncing(T0 + 5 * MINUTE, 900)]);
    await one.begin('run-1', { approvalSeconds: 3600 });
    const first = await one.poll(WISH);
    expect(first).toMatchObject({ next: 'WAIT', result: { verdict: 'NOT_YET', reason: { code: 'LagTooHigh' } } });
    await one.answer(false);
    const second = await one.poll(first.wait);
    expect(second).toMatchObject({ next: 'DONE', result: { verdict: 'FAILED', reason: { code: 'CutoverCancelled' } } });
    expect(second.wait.checks).toBe(2);
    expect((await one.record())?.ending?.outcome).toBe('CANCELLED');
    expect(one.subjects).toEqual(['[oms-cutover] p_x cutover cancelled']);
  });

  test('given to one run is not heard by the wait of another, and the wait of a closed run ends', async () => {
    const one = new Desk([syncing(T0, 900), syncing(T0 + 5 * MINUTE, 900), syncing(T0 + 10 * MINUTE, 900)]);
    await one.begin('run-1', { approvalSeconds: 3600 });
    await one.answer(false);
    expect((await one.poll(WISH)).next).toBe('DONE');
    // Started on the mail of the first one's end, before that one's own wait has heard of it.
    await one.begin('run-2', { approvalSeconds: 3600 });
    expect(await one.poll(WISH)).toMatchObject({ next: 'DONE', result: { reason: { code: 'CutoverCancelled' } } });
    expect((await one.poll({ ...WISH, execution: WISH.execution.replace(/1$/, '2') })).next).toBe('WAIT');
  });

  test('that was given is no cancel: the looks after it go on', async () => {
    const one = new Desk([syncing(T0, 900)]);
    await asked(one);
    await one.answer(true);
    expect((await one.poll(WISH)).next).toBe('WAIT');
  });

  test('is not needed where none was wished for, and the cutover can be cancelled until it stops writes', async () => {
    const one = desk();
    await one.begin();
    await expect(one.answer(true)).rejects.toThrow('asks nobody');
    await one.answer(false);
    expect(await one.do({ action: 'beginStep', state: one.state(), step: 'stopWrites' })).toMatchObject({
      next: 'END',
      end: { error: 'CutoverCancelled' },
    });
    expect((await one.record())?.ending?.outcome).toBe('CANCELLED');
  });
});

describe('full verification', () => {
  test.each([
    ['goes on where it is clean', { state: 'CLEAN', message: 'none' }, 'GO'],
    ['goes on where there is none', { state: 'NOT_THERE', message: 'none' }, 'GO'],
    ['waits while it is under way', { state: 'UNDER_WAY', message: 'RUNNING' }, 'WAIT'],
    ['waits where it cannot be read', { state: 'UNKNOWN', message: '?' }, 'WAIT'],
    ['waits where it found differences', { state: 'DIFFERENT', message: '7 differences' }, 'WAIT'],
  ] as const)('%s', async (_, verification, next) => {
    const one = desk();
    one.verification = verification;
    await one.begin();
    expect((await one.do({ action: 'recordGate', state: one.state(), gate: 'READY', result: SEEN })).next).toBe(next);
  });

  test('is asked again after an approval, which is void where it is no longer clean', async () => {
    const one = desk();
    one.verification = { state: 'CLEAN', message: 'none' };
    await one.begin('run-1', { approvalSeconds: 3600 });
    await one.do({ action: 'recordGate', state: one.state(), gate: 'READY', result: SEEN });
    await one.do({ action: 'requestApproval', state: one.state(), result: SEEN });
    await one.answer(true);
    one.verification = { state: 'DIFFERENT', message: '9 differences' };
    const again = { action: 'recordGate', state: one.state(), gate: 'READY_AGAIN', result: SEEN } as const;
    expect(await one.do(again)).toMatchObject({ next: 'AGAIN' });
    const record = await one.record();
    expect(record).toMatchObject({ question: 2, phase: 'READY' });
    expect(record?.asked[0]?.voidBecause).toBe('VerificationNotClean: 9 differences');
    expect(one.subjects).toContain('[oms-cutover] p_x cutover approval is void');
  });

  test('tells of another number of differences too', async () => {
    const one = desk();
    await one.begin();
    for (const message of ['3 differences', '5 differences', '5 differences']) {
      one.verification = { state: 'DIFFERENT', message };
      await one.do({ action: 'recordGate', state: one.state(), gate: 'READY', result: SEEN });
    }
    expect(one.harness.notified.map(({ body }) => /\d differences/.exec(body)?.[0])).toEqual([
      '3 differences',
      '5 differences',
    ]);
  });

  test('tells of differences once', async () => {
    const one = desk();
    one.verification = { state: 'DIFFERENT', message: '7 differences' };
    await one.begin();
    for (let i = 0; i < 3; i += 1)
      await one.do({ action: 'recordGate', state: one.state(), gate: 'READY', result: { ...SEEN, checkId: `c${i}` } });
    expect(one.subjects).toEqual(['[oms-cutover] p_x cutover waits: verification found differences']);
  });
});

describe('a look of a cutover', () => {
  const refused = failed(T0 + SECOND, 'OmsRejectedCredentials');
  const request = { projectId: 'p_x', goal: { type: 'DRAINED', writesStoppedAt: T0 / 1000 } };

  test('takes a refused account for an episode while writes are stopped: the gate before has just been let in', async () => {
    const one = new Desk([refused]);
    const { result } = await cutoverPoll({ action: 'poll', writes: 'STOPPED', wait: { request } }, one.ports);
    expect(result).toMatchObject({ verdict: 'NOT_YET', reason: { code: 'OmsRejectedCredentials' } });
  });

  test.each(['night-1', 'night(1)', 'ticket@42', 'a+b', 'Umzug_Ä', '切换'])(
    'hears a cancel of a run of any name that Step Functions allows: %s',
    async (run) => {
      const one = new Desk([syncing(T0 + SECOND, 900)]);
      await one.begin(run);
      await one.answer(false, run);
      const execution = `arn:aws:states:eu-central-1:111122223333:execution:Cutover:${run}`;
      const wait = { request: { projectId: 'p_x', goal: { type: 'SYNCED' } }, execution };
      expect((await one.poll(wait)).result.reason.code).toBe('CutoverCancelled');
    },
  );
});

describe('the receipt', () => {
  test('says of a step that stops writes and did not end that no fence was read, and not that none were stopped', async () => {
    const one = desk();
    await one.begin();
    await one.do({ action: 'beginStep', state: one.state(), step: 'stopWrites' });
    await one.do({ action: 'close', state: one.state(), outcome: 'NEEDS_OPERATOR', error: { Error: 'Boom' } });
    const text = receiptText((await one.record()) as CutoverRecord);
    expect(text).toContain('Fence      none was read: the step that stops writes was begun, and its end was not seen');
    expect(text).toContain('Writes     stopped since');
  });
});

describe('a rehearsal', () => {
  test('says so when it asks', async () => {
    const one = desk();
    await one.begin('run-1', { approvalSeconds: 3600, rehearse: true });
    await one.do({ action: 'requestApproval', state: one.state(), result: SEEN });
    expect(one.subjects).toEqual(['[oms-cutover] p_x cutover waits for approval (rehearsal)']);
    expect(one.harness.notified[0]?.body).toContain('A rehearsal: none of your steps will be run, and writes go on.');
  });
});

describe('the history of the execution', () => {
  const order = (state: CutoverState) => ({ action: 'recordGate', state, gate: 'READY', result: SEEN }) as const;
  const waiting = async (settings: object = {}) => {
    const one = desk();
    one.verification = { state: 'UNDER_WAY', message: 'RUNNING' };
    await one.begin('run-1', settings);
    return one;
  };

  test('is counted round for round', async () => {
    const one = await waiting();
    const first = await one.do(order(one.state()));
    const second = await one.do(order(first.cutover));
    expect([first, second].map(({ cutover }) => cutover.historyEvents)).toEqual([29, 58]);
  });

  test('ends a cutover that would have no room left once writes are stopped, before it stops them', async () => {
    const one = await waiting();
    const reply = await one.do(order({ ...one.state(), historyEvents: 20_000 }));
    expect(reply).toMatchObject({ next: 'END', end: { error: 'DeadlineExceeded' } });
    expect(reply.end.cause).toMatch(/history .* has no room left .*; start a new one$/);
    expect((await one.record())?.ending?.outcome).toBe('FAILED');
  });

  test.each([
    ['the longest drains', { drainTimeoutSeconds: 3600 }],
    ['the longest switchover', { drainTimeoutSeconds: 3600, switchover: 'operator', switchoverTimeoutSeconds: 43_200 }],
  ])('keeps more room for %s than they may need', async (_, settings) => {
    const long = { ...(await (await waiting(settings)).record())?.settings } as CutoverSettings;
    const seconds = long.switchover === 'none' ? 7200 : 3600 + 43_200;
    expect(25_000 - roomBeforeFence(long)).toBeGreaterThan((11 * seconds) / 45 + 4_000);
    expect(roomBeforeFence(long)).toBeGreaterThan(5_000);
  });
});

describe('what a cutover tells, of a project at which nobody else looks', () => {
  const refusing = async () => {
    const one = desk();
    await one.begin('run-1', { approvalSeconds: 3600 });
    one.harness.refusal = new Error('SNS is down');
    return one;
  };
  const ENDED = { run: 'run-1', status: 'FAILED', error: 'CutoverNeedsOperator' };
  const close = (one: Desk) =>
    one.do({ action: 'close', state: one.state(), outcome: 'NEEDS_OPERATOR', error: { Error: 'Boom' } });

  test('is told by the next look for the answer, where the question could not be', async () => {
    const one = await refusing();
    const asked = await one.do({ action: 'requestApproval', state: one.state(), result: SEEN });
    expect(one.subjects).toEqual([]);
    one.harness.refusal = null;
    await one.do({ action: 'checkApproval', state: asked.cutover });
    expect(one.subjects).toEqual(['[oms-cutover] p_x cutover waits for approval']);
  });

  test('is told by the rule on the execution’s end, which is tried again until it is', async () => {
    const one = await refusing();
    await close(one);
    await expect(executionEnded(ENDED, one.ports)).rejects.toThrow('could not be told yet');
    one.harness.refusal = null;
    await executionEnded(ENDED, one.ports);
    expect(one.subjects).toEqual(['[oms-cutover] p_x cutover NEEDS AN OPERATOR']);
    await executionEnded(ENDED, one.ports);
    expect(one.subjects).toHaveLength(1);
  });

  test('is told by a second try where the first one died before it told', async () => {
    const one = await refusing();
    const { store } = one.harness;
    const putState = store.putState.bind(store);
    store.putState = async (projectState, expected) => {
      await putState(projectState, expected);
      store.putState = putState;
      throw new Error('killed');
    };
    await expect(close(one)).rejects.toThrow('killed');
    one.harness.refusal = null;
    one.harness.now += SECOND;
    await close(one);
    expect(one.subjects).toEqual(['[oms-cutover] p_x cutover NEEDS AN OPERATOR']);
  });
});

describe('the end', () => {
  const stopped = async () => {
    const one = desk();
    await one.begin();
    await one.do({ action: 'beginStep', state: one.state(), step: 'stopWrites' });
    return one;
  };

  test('is told once with the whole receipt, however often it is repeated, and the first one counts', async () => {
    const one = await stopped();
    one.harness.now += 12 * SECOND;
    const failed = { at: 'stopWrites' };
    const close = { action: 'close', state: one.state(), failed, error: { Error: 'Boom', Cause: 'no' } } as const;
    const reply = await one.do({ ...close, outcome: 'ROLLED_BACK' });
    expect(reply.end).toEqual({ error: 'CutoverRolledBack', cause: 'stopWrites failed: Boom: no; writes go on' });
    expect(await one.do({ ...close, outcome: 'NEEDS_OPERATOR' })).toEqual(reply);
    expect(one.subjects).toEqual(['[oms-cutover] p_x cutover ROLLED BACK']);
    expect(one.harness.notified[0]?.body).toContain('stopped for 12 s');
  });

  test.each([1_990, 1_996, 1_997, 4_990])(
    'with a cause that is cut after %s characters, within an emoji, closes the receipt with text that any store takes',
    async (length) => {
      const one = desk();
      await one.begin();
      const error = { Error: 'E', Cause: `${'x'.repeat(length)}${'🚀'.repeat(20)}` };
      await one.do({ action: 'beginStep', state: one.state(), step: 'stopWrites' });
      await one.do({
        action: 'close',
        state: one.state(),
        outcome: 'NEEDS_OPERATOR',
        error,
        failed: { at: 'stopWrites' },
        repairError: error,
      });
      const record = await one.record();
      expect(record?.ending?.outcome).toBe('NEEDS_OPERATOR');
      expect(record?.ending?.message).toContain('…; then resumeWrites failed too: E: xxx');
      for (const text of [record?.ending?.message, record?.steps[0]?.problem, receiptText(record as CutoverRecord)])
        expect(text).not.toMatch(/\p{Cs}/u);
      for (const { body } of one.harness.notified) expect(body).not.toMatch(/\p{Cs}/u);
    },
  );

  test('of an execution whose cause is as long as Step Functions lets it be leaves room in the item', async () => {
    const one = desk();
    await one.begin();
    await one.do({ action: 'beginStep', state: one.state(), step: 'stopWrites' });
    await executionEnded({ run: 'run-1', status: 'FAILED', error: 'E', cause: '切'.repeat(32_768) }, one.ports);
    const { ending } = (await one.record()) as CutoverRecord;
    expect(ending?.message).toMatch(/^the execution ended FAILED \(E: 切+…\) at STOP_WRITES$/);
    expect(ending?.message.length).toBeLessThan(2_100);
  });

  test('of the longest cutover there can be fits into an item, in the widest characters', async () => {
    const one = desk();
    await one.begin('run-1', { approvalSeconds: 3600 });
    const wide = '切'.repeat(32_768);
    const error = { Error: 'E', Cause: wide };
    for (let question = 0; question < 10; question += 1) {
      for (let i = 0; i < 6; i += 1) {
        const result = { ...SEEN, checkId: `c${question}-${i}`, reason: { ...SEEN.reason, message: wide } };
        await one.do({ action: 'recordGate', state: one.state(), gate: 'DRAINED', result });
      }
      await one.do({ action: 'requestApproval', state: one.state(), result: SEEN });
      await one.do({ action: 'voidApproval', state: one.state(), error });
    }
    const full = (await one.record()) as CutoverRecord;
    const closing = {
      outcome: 'NEEDS_OPERATOR',
      code: 'E',
      message: wide,
      failedAt: 'stopWrites',
      repairFailed: true,
    } as const;
    const bytes = Buffer.byteLength(JSON.stringify(closed(stepBegun(full, 'stopWrites', T0), closing, T0)));
    expect(full.gates).toHaveLength(60);
    expect(full.asked).toHaveLength(10);
    expect(bytes).toBeLessThan(400_000);
  });

  test('of an execution that was stopped calls the operator where writes may be stopped, loudly', async () => {
    const one = await stopped();
    expect(await executionEnded({ run: 'run-1', status: 'ABORTED' }, one.ports)).toEqual({ closed: 'NEEDS_OPERATOR' });
    expect(one.harness.notified[0]?.attributes).toMatchObject({ change: 'cutover', importance: 'HIGH' });
    expect(one.harness.notified[0]?.body).toContain('resumeWrites');
  });

  test('that calls the operator breaks a silence that somebody asked for', async () => {
    const one = await stopped();
    const { store } = one.harness;
    const before = { ...initialState('p_x'), version: 1, mutedUntil: one.harness.now + 60 * MINUTE };
    await store.putState(before, { expectedVersion: 0 });
    await executionEnded({ run: 'run-1', status: 'ABORTED' }, one.ports);
    expect(one.subjects).toEqual(['[oms-cutover] p_x cutover NEEDS AN OPERATOR']);
  });

  test.each([
    ['ABORTED', undefined, 'ABORTED'],
    ['TIMED_OUT', undefined, 'ABORTED'],
    ['FAILED', 'States.Runtime', 'FAILED'],
  ])('of an execution that ended %s before writes were stopped says so', async (status, error, closed) => {
    const one = desk();
    await one.begin();
    expect(await executionEnded({ run: 'run-1', status, ...(error ? { error } : {}) }, one.ports)).toEqual({ closed });
  });

  test('believes the execution where only its bookkeeping failed', async () => {
    const rolled = await stopped();
    const end = { run: 'run-1', status: 'FAILED', error: 'CutoverRolledBack', cause: 'why' };
    expect(await executionEnded(end, rolled.ports)).toEqual({ closed: 'ROLLED_BACK' });
    const switched = await stopped();
    expect(await executionEnded({ run: 'run-1', status: 'SUCCEEDED' }, switched.ports)).toEqual({ closed: 'SWITCHED' });
  });

  test('of another pipeline whose execution has the same name says nothing of this one', async () => {
    const one = desk();
    const state = { ...one.state(), execution: 'arn:one:run-1' };
    await one.do({ action: 'begin', state, settings: {} });
    const other = { run: 'run-1', execution: 'arn:two:run-1', status: 'SUCCEEDED' };
    expect(await executionEnded(other, one.ports)).toEqual({ closed: null });
    expect((await one.record())?.ending).toBeNull();
    const own = { run: 'run-1', execution: 'arn:one:run-1', status: 'ABORTED' };
    expect(await executionEnded(own, one.ports)).toEqual({ closed: 'ABORTED' });
  });

  test('is nothing to us where no cutover of ours has ended', async () => {
    expect(await executionEnded({ run: 'other', status: 'ABORTED' }, desk().ports)).toEqual({ closed: null });
  });

  test('lets nothing happen after it', async () => {
    const one = await stopped();
    await executionEnded({ run: 'run-1', status: 'ABORTED' }, one.ports);
    await expect(one.do({ action: 'beginStep', state: one.state(), step: 'switchTraffic' })).rejects.toMatchObject({
      code: 'CutoverOver',
    });
  });
});
