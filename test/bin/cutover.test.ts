/** A cutover on the command line: the demo that proves it, and the commands that see and answer one. */
import { join } from 'node:path';
import { DynamoDbCutovers } from '../../lambda/adapters/dynamodb/cutover-store';
import { newRecord, withApprovalRequest } from '../../lambda/core/cutover/transitions';
import { startEmbeddedDynamoDb } from '../../local/data/embedded-dynamodb';
import { LOCAL_TABLE } from '../../local/data/local-store';
import { cleanUp, newFolder, run } from '../support/command-line';
import { expectPage, readPage } from '../support/page';

const PAGE = 'docs/cutover-pipeline.md';

afterAll(cleanUp);

const SETTINGS = {
  maxLagSeconds: 30,
  holdSeconds: 60,
  drainTimeoutSeconds: 300,
  marginSeconds: 10,
  approvalSeconds: 3600,
  switchover: 'none',
  switchoverTimeoutSeconds: 1800,
  verification: true,
  verify: false,
  rollback: false,
  rehearse: false,
  stopWritesTimeoutSeconds: 900,
  lateStopSeconds: 900,
} as const;

/** A folder in which a cutover waits for an answer. */
async function waiting(): Promise<string> {
  const folder = join(newFolder(), 'data');
  const database = await startEmbeddedDynamoDb({ table: LOCAL_TABLE, folder });
  const client = database.client();
  const cutovers = new DynamoDbCutovers({ client, tableName: database.tableName });
  const { record } = withApprovalRequest(newRecord('p_x', 'run-1', SETTINGS, Date.now()), 'check1', Date.now());
  await cutovers.putCutover(record, { expectedVersion: 0 });
  await cutovers.putRunOwner('run-1', { project: 'p_x' });
  client.destroy();
  await database.close();
  return folder;
}

describe('the demo of a cutover', () => {
  test('switches with nothing missing, and prints the receipt', async () => {
    const { status, lines } = await run(['demo', '--scenario', 'cutover', '--json']);
    expect(lines.slice(-3).map(({ type }) => type)).toEqual(['receipt', 'proof', 'result']);
    const [receipt, proof, result] = lines.slice(-3);
    expect(receipt).toMatchObject({ run: 'demo-cutover', ending: { outcome: 'SWITCHED' }, fence: { readBy: 'step' } });
    const gates = (receipt?.gates ?? []) as readonly { gate: string }[];
    expect(gates.map(({ gate }) => gate)).toEqual(['READY', 'READY_AGAIN', 'DRAINED', 'SWITCHED']);
    expect(proof).toMatchObject({ fence: true, missing: 0 });
    expect(proof?.committed).toBeGreaterThan(1000);
    expect(result).toMatchObject({ verdict: 'MET', reason: { code: 'NothingMissing' } });
    expect(status).toBe(0);
  });

  test('prints the receipt and the result that the page shows', async () => {
    const { stdout } = await run(['demo', '--scenario', 'cutover']);
    const anySnapshot = (text: string) => text.replace(/snapshot [0-9a-f]+/g, 'snapshot …').split('\n');
    const end = stdout.slice(stdout.lastIndexOf('Receipt of cutover')).trimEnd();
    expectPage(PAGE, {
      says: anySnapshot(/```text\n(Receipt of cutover .*?)\n```/s.exec(readPage(PAGE))?.[1] ?? ''),
      // The last line is how long the demo took.
      does: anySnapshot(end).slice(0, -1),
    });
  });

  test('counts lost writes without a fence', async () => {
    const { status, lines } = await run(['demo', '--scenario', 'cutover', '--no-fence', '--json']);
    expect(lines.at(-2)).toMatchObject({ type: 'proof', fence: false });
    expect(lines.at(-2)?.missing).toBeGreaterThan(0);
    expect(status).toBe(1);
  });

  test('refuses --no-fence for a scenario without a cutover', async () => {
    const { status, stderr } = await run(['demo', '--scenario', 'failure', '--no-fence']);
    expect(stderr).toContain('--no-fence belongs to --scenario cutover');
    expect(status).toBe(2);
  });
});

describe('a cutover that waits for an answer', () => {
  test('is found by its run alone, and approved exactly once', async () => {
    const data = ['--data-dir', await waiting()];
    const status = await run(['status', '--run', 'run-1', '--json', ...data]);
    expect(status.lines).toEqual([
      expect.objectContaining({
        type: 'status',
        project: 'p_x',
        phase: 'APPROVAL',
        writesStopped: false,
        outcome: null,
      }),
    ]);
    expect((await run(['status', '--run', 'run-1', ...data])).stdout).toContain('waiting for approval until');
    const answer = ['--project', 'p_x', '--run', 'run-1', '--note', 'go', ...data];
    const approved = await run(['approve', ...answer, '--json']);
    expect(approved.lines).toEqual([
      expect.objectContaining({ type: 'decision', decision: 'APPROVED', note: 'go', by: expect.stringContaining('@') }),
    ]);
    const late = await run(['reject', ...answer]);
    expect([late.status, late.stderr]).toEqual([2, expect.stringContaining('already answered APPROVED')]);
    const receipt = await run(['receipt', '--run', 'run-1', ...data]);
    expect(receipt.stdout).toContain('Receipt of cutover run-1');
  });

  test.each([
    [['receipt', '--run', 'other'], 'give --table for a deployed stack'],
    [['approve', '--project', 'p_x', '--run', 'other'], 'no record of cutover other of project p_x is stored'],
    [['status'], '--run is required'],
    [['status', '--run', 'run-1', '--table', 't'], 'give either --table or --data-dir, not both'],
  ])('refuses %s', async (args, problem) => {
    const { status, stderr } = await run([...args, '--data-dir', await waiting()]);
    expect(stderr).toContain(problem);
    expect(status).toBe(2);
  });
});
