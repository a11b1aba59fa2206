import { join } from 'node:path';
import { describeExample } from './support-example';
import type { ExampleRun, Play } from './support-run-example';

const PROJECT = 'p_4gmn25m4rvwg';
const ENDPOINT = '/shop/database-endpoint';
const WRITES_ALLOWED = '/shop/writes-allowed';
const SOURCE = 'mysql.shop.internal:3306';
const TARGET = 'oceanbase.shop.internal:2883';
const VERIFY = 'shop-verify-target';
const SOON = join(__dirname, 'fixtures/soon-in-sync.json');
const NEVER_READY = join(__dirname, 'fixtures/never-in-sync.json');
const NEVER_DRAINED = join(__dirname, 'fixtures/never-drained.json');
const OFF = `${WRITES_ALLOWED} = false`;
const ON = `${WRITES_ALLOWED} = true`;

describeExample(
  'cutover',
  ({ model, play }) => {
    const cutOver = (situation: Partial<Play> = {}) =>
      play({
        projects: { [PROJECT]: SOON },
        machine: { output: 'CutoverArn', input: { projectId: PROJECT } },
        answer: 'approve',
        functions: { [VERIFY]: null },
        parameters: { [ENDPOINT]: SOURCE, [WRITES_ALLOWED]: 'true' },
        ...situation,
      });
    /** The calls of AWS in order, without retries. */
    const done = ({ calls }: ExampleRun) =>
      calls
        .map(([resource, input]) => {
          const { Name, Value } = input as { Name?: string; Value?: string };
          return Value === undefined ? `${resource.split(':').at(-1)}${Name ? ` ${Name}` : ''}` : `${Name} = ${Value}`;
        })
        .filter((call, at, all) => call !== all[at - 1]);
    const subjects = ({ messages }: ExampleRun) => messages.map(({ subject = '' }) => subject).join('\n');

    test('the outputs have what the operator needs: the state machine and the table', () => {
      const { machines, tables } = model();
      expect(machines.map(({ arn }) => arn)).toContain(model().output('CutoverArn'));
      expect(tables.map(({ name }) => name)).toEqual([model().output('TableName')]);
    });

    test('it stops writes, verifies the target, switches the endpoint, and only then allows writes', async () => {
      const run = await cutOver();
      expect(run.execution).toMatchObject({ status: 'SUCCEEDED' });
      expect(done(run)).toEqual([OFF, VERIFY, `${ENDPOINT} = ${TARGET}`, ON]);
      expect(run.parameters).toEqual({ [ENDPOINT]: TARGET, [WRITES_ALLOWED]: 'true' });
      expect(run.cutover).toMatchObject({
        ending: { outcome: 'SWITCHED' },
        fence: { readBy: 'clock', marginSeconds: 30 },
      });
      expect(run.cutover?.gates.map(({ gate }) => gate)).toEqual(['READY', 'READY_AGAIN', 'DRAINED', 'DRAINED_AGAIN']);
      expect(subjects(run)).toContain('waits for approval');
      // The fence is not before the application has read the parameter.
      const stop = run.cutover?.steps.find(({ step }) => step === 'stopWrites');
      const effectiveFor =
        Date.parse(String(run.cutover?.fence?.writesStoppedAt)) - Date.parse(String(stop?.startedAt));
      expect(effectiveFor).toBeGreaterThanOrEqual(45_000);
    });

    test('a failed verification: writes continue at the source, and it ends in CutoverRolledBack', async () => {
      const run = await cutOver({ functions: { [VERIFY]: 'RowsDiffer' } });
      expect(run.execution).toMatchObject({ status: 'FAILED', error: 'CutoverRolledBack' });
      expect(done(run)).toEqual([OFF, VERIFY, `getParameter ${ENDPOINT}`, ON]);
      expect(run.parameters).toEqual({ [ENDPOINT]: SOURCE, [WRITES_ALLOWED]: 'true' });
      expect(subjects(run)).toContain('cutover ROLLED BACK');
    });

    test('a lost answer to stopping writes: writes are resumed, and it ends in CutoverRolledBack', async () => {
      const run = await cutOver({ broken: [{ name: WRITES_ALLOWED, value: 'false', worked: true }] });
      expect(run.execution).toMatchObject({ status: 'FAILED', error: 'CutoverRolledBack' });
      expect(done(run)).toEqual([OFF, ON]);
      expect(run.parameters).toEqual({ [ENDPOINT]: SOURCE, [WRITES_ALLOWED]: 'true' });
    });

    test('a target that is never drained: writes continue at the source, and it ends in CutoverRolledBack', async () => {
      const run = await cutOver({ projects: { [PROJECT]: NEVER_DRAINED } });
      expect(run.execution).toMatchObject({
        status: 'FAILED',
        error: 'CutoverRolledBack',
        cause: expect.stringContaining('4 Drained failed: DeadlineExceeded'),
      });
      expect(done(run)).toEqual([OFF, ON]);
      expect(run.parameters).toEqual({ [ENDPOINT]: SOURCE, [WRITES_ALLOWED]: 'true' });
      expect(run.cutover?.gates.map(({ gate }) => gate)).toEqual(['READY', 'READY_AGAIN']);
      expect(subjects(run)).toContain('cutover ROLLED BACK');
    });

    test('an endpoint that cannot be set: nothing is switched, and writes continue at the source', async () => {
      const run = await cutOver({ broken: [{ name: ENDPOINT, value: TARGET, worked: false }] });
      expect(run.execution).toMatchObject({ status: 'FAILED', error: 'CutoverRolledBack' });
      expect(run.parameters).toEqual({ [ENDPOINT]: SOURCE, [WRITES_ALLOWED]: 'true' });
    });

    test('a lost answer to setting the endpoint: no rollback, and it ends in CutoverNeedsOperator', async () => {
      const run = await cutOver({ broken: [{ name: ENDPOINT, value: TARGET, worked: true }] });
      expect(run.execution).toMatchObject({ status: 'FAILED', error: 'CutoverNeedsOperator' });
      expect(run.parameters).toEqual({ [ENDPOINT]: TARGET, [WRITES_ALLOWED]: 'false' });
      expect(subjects(run)).toContain('cutover FAILED, MANUAL ACTION REQUIRED');
    });

    test('a migration that is not ready within six hours: it ends in DeadlineExceeded, and runs no step', async () => {
      const run = await cutOver({ projects: { [PROJECT]: NEVER_READY } });
      expect(run.execution).toMatchObject({ status: 'FAILED', error: 'DeadlineExceeded' });
      expect(run.hours).toBeCloseTo(6, 1);
      expect(run.calls).toEqual([]);
    });

    test('a rejection ends it in CutoverRejected, and runs no step', async () => {
      const run = await cutOver({ answer: 'reject' });
      expect(run.execution).toMatchObject({ status: 'FAILED', error: 'CutoverRejected' });
      expect(run.calls).toEqual([]);
    });
  },
  { validated: true },
);
