import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { OmsClient } from '../../../lambda/adapters/oms/client';
import { systemClock } from '../../../lambda/adapters/system';

const envelope = (data: unknown) =>
  JSON.stringify({ success: true, errorDetail: null, code: null, message: null, data });
const VERIFIER = (status: string, progress: unknown = 100) => ({ order: 4, name: 'FULL_VERIFIER', status, progress });
const result = (differentNumber: unknown, ...resultTypes: string[]) =>
  envelope({
    differentNumber,
    fullVerifyTableStatistics: resultTypes.map((resultType, index) => ({
      sourceSchemaName: 'shop',
      sourceTableName: `t${index}`,
      resultType,
    })),
  });
const STEPS = [{ order: 1, name: 'FULL_TRANSFER', status: 'FINISHED', progress: 100 }];

/** An OMS with these answers; it does not have an action without one. */
async function ask(
  answers: Readonly<Record<string, string | ((body: string) => string)>>,
  api: 'auto' | '3.3' = 'auto',
  before: '4.1.1' | null = null,
) {
  const bodies: string[] = [];
  const server = createServer((request, response) => {
    const action = new URL(request.url ?? '/', 'http://oms').searchParams.get('Action') ?? '';
    let text = '';
    request.on('data', (chunk) => {
      text += chunk;
    });
    request.on('end', () => {
      bodies.push(`${action} ${text}`);
      const found = answers[action];
      const body = typeof found === 'function' ? found(text) : found;
      response.writeHead(body === undefined ? 404 : 200, { 'Content-Type': 'application/json' }).end(body ?? '');
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const credentials = { username: 'u', password: 'p' };
  const client = new OmsClient({
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    api,
    kind: 'migration',
    credentials: { read: async () => credentials, reread: async () => credentials },
    requestTimeoutMs: 3_000,
    clock: systemClock,
  });
  try {
    return { found: await client.verification('np_x', before), bodies };
  } finally {
    await client.close();
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
}

describe('a full verification', () => {
  test('names the tables that differ', async () => {
    const { found } = await ask({
      DescribeProjectSteps: envelope([VERIFIER('RUNNING')]),
      ListProjectFullVerifyResult: result(3, 'CONSISTENT', 'INCONSISTENT', 'TARGET_TABLE_NOT_EXIST'),
    });
    expect(found.message).toBe(
      'full verification found 3 differences; shop.t1: INCONSISTENT, shop.t2: TARGET_TABLE_NOT_EXIST; it must find none',
    );
  });

  test('is read page by page', async () => {
    const pages = [
      result(0, ...Array.from({ length: 150 }, () => 'CONSISTENT')),
      result(0, 'CONSISTENT', 'TARGET_TABLE_NOT_EXIST'),
    ];
    const { found } = await ask({
      DescribeProjectSteps: envelope([VERIFIER('RUNNING')]),
      ListProjectFullVerifyResult: (body) => pages[(JSON.parse(body) as { pageNumber: number }).pageNumber - 1] ?? '',
    });
    expect(found).toEqual({
      state: 'DIFFERENT',
      message: 'full verification found shop.t1: TARGET_TABLE_NOT_EXIST; it must find none',
    });
  });

  test('is unknown where its pages end before every table has come', async () => {
    const { found } = await ask({
      DescribeProjectSteps: envelope([VERIFIER('RUNNING')]),
      ListProjectFullVerifyResult: JSON.stringify({ success: true, totalCount: 9, data: { differentNumber: 0 } }),
    });
    expect(found).toEqual({ state: 'UNKNOWN', message: 'OMS gave the results of only 0 of 9 tables' });
  });

  test('is clean where it is finished and found no difference', async () => {
    const { found, bodies } = await ask({
      DescribeProjectSteps: envelope([...STEPS, VERIFIER('FINISHED')]),
      ListProjectFullVerifyResult: envelope({ differentNumber: 0, fullVerifyTableStatistics: [] }),
    });
    expect(found).toEqual({ state: 'CLEAN', message: 'full verification found no difference' });
    expect(bodies).toEqual([
      'DescribeProjectSteps {"id":"np_x"}',
      'ListProjectFullVerifyResult {"projectId":"np_x","pageNumber":1,"pageSize":150}',
    ]);
  });

  test.each([
    ['differences', [VERIFIER('FINISHED')], envelope({ differentNumber: 7 }), 'DIFFERENT'],
    ['one that still runs', [VERIFIER('RUNNING', 99)], result(0), 'UNDER_WAY'],
    ['one that runs without saying how far it is', [VERIFIER('RUNNING', null)], result(0), 'UNDER_WAY'],
    ['one that is FINISHED at 63 %', [VERIFIER('FINISHED', 63)], result(0), 'UNDER_WAY'],
    ['one that is suspended at 100 %', [VERIFIER('SUSPEND')], result(0), 'UNDER_WAY'],
    ['one that goes on RUNNING at 100 %', [VERIFIER('RUNNING')], result(0, 'CONSISTENT', 'BOTH_EMPTY'), 'CLEAN'],
    ['one that goes on RUNNING at 100 as text', [VERIFIER('RUNNING', '100')], result(0, 'CONSISTENT'), 'CLEAN'],
    ['differences while it goes on RUNNING at 100 %', [VERIFIER('RUNNING')], result(3, 'INCONSISTENT'), 'DIFFERENT'],
    ['a table that is missing on the target', [VERIFIER('RUNNING')], result(0, 'TARGET_TABLE_NOT_EXIST'), 'DIFFERENT'],
    ['a table of another schema', [VERIFIER('RUNNING')], result(0, 'CONSISTENT', 'SCHEMA_MISMATCH'), 'DIFFERENT'],
    ['a table that is still verified', [VERIFIER('RUNNING')], result(0, 'CONSISTENT', 'RUNNING'), 'UNDER_WAY'],
    ['a table that could not be verified', [VERIFIER('RUNNING')], result(0, 'RUNTIME_EXCEPTION'), 'UNKNOWN'],
    ['a table with a new result', [VERIFIER('RUNNING')], result(0, 'MOSTLY_CONSISTENT'), 'UNKNOWN'],
    [
      'two counts in one reply',
      [VERIFIER('RUNNING')],
      '{"success":true,"data":{"differentNumber":7,"differentNumber":0}}',
      'UNKNOWN',
    ],
    [
      'two results of one table',
      [VERIFIER('RUNNING')],
      '{"success":true,"data":{"differentNumber":0,"fullVerifyTableStatistics":[{"resultType":"INCONSISTENT","resultType":"CONSISTENT"}]}}',
      'UNKNOWN',
    ],
    [
      'the result of another project',
      [VERIFIER('RUNNING')],
      envelope({ projectId: 'np_other', differentNumber: 0 }),
      'UNKNOWN',
    ],
    ['the steps of another project', [{ ...VERIFIER('RUNNING'), projectId: 'np_other' }], result(0), 'UNKNOWN'],
    ['no count', [VERIFIER('FINISHED')], envelope({}), 'UNKNOWN'],
    ['a count that is not a number', [VERIFIER('FINISHED')], envelope({ differentNumber: '0' }), 'UNKNOWN'],
    ['a result that is not JSON', [VERIFIER('FINISHED')], '<html>', 'UNKNOWN'],
    ['no verification in the project', STEPS, envelope({}), 'NOT_THERE'],
    [
      'no verification but the incremental one',
      [...STEPS, { name: 'INCR_VERIFIER', status: 'RUNNING' }],
      '',
      'NOT_THERE',
    ],
    [
      'a verification that is complete, beside the incremental one',
      [{ name: 'INCR_VERIFIER', status: 'RUNNING' }, VERIFIER('FINISHED')],
      envelope({ differentNumber: 0 }),
      'CLEAN',
    ],
    ['a new name for it', [...STEPS, { name: 'FULL_VERIFY', status: 'RUNNING' }], envelope({}), 'UNDER_WAY'],
    ['no steps at all', [], envelope({}), 'UNKNOWN'],
    ['steps without their names', [{ stepName: 'FULL_VERIFIER', status: 'RUNNING' }], envelope({}), 'UNKNOWN'],
  ])('reads %s as what it is', async (_, steps, results, state) => {
    const { found } = await ask({ DescribeProjectSteps: envelope(steps), ListProjectFullVerifyResult: results });
    expect(found.state).toBe(state);
  });

  test.each([
    ['a call that is not there', {}],
    ['an HTML page', { DescribeProjectSteps: '<html>maintenance</html>' }],
    [
      'words that sound like a missing call',
      { DescribeProjectSteps: JSON.stringify({ success: false, code: 'X', message: 'Invalid API session' }) },
    ],
  ])('is unknown on %s, where this OMS has had the calls', async (_, answers) => {
    expect((await ask(answers as Record<string, string>, 'auto', '4.1.1')).found.state).toBe('UNKNOWN');
  });

  test('is not there before 4.1.1, and unknown where OMS refuses', async () => {
    expect((await ask({}, '3.3')).found.state).toBe('NOT_THERE');
    expect((await ask({})).found.state).toBe('NOT_THERE');
    const refused = JSON.stringify({ success: false, code: 'GHANA-OPERIE000000', message: 'no' });
    expect((await ask({ DescribeProjectSteps: refused })).found.state).toBe('UNKNOWN');
  });
});
