import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { OmsClient } from '../../../lambda/adapters/oms/client';
import { systemClock } from '../../../lambda/adapters/system';

const envelope = (data: unknown) =>
  JSON.stringify({ success: true, errorDetail: null, code: null, message: null, data });
const VERIFIER = (status: string) => ({ order: 4, name: 'FULL_VERIFIER', status, progress: 100 });
const STEPS = [{ order: 1, name: 'FULL_TRANSFER', status: 'FINISHED', progress: 100 }];

/** An OMS that answers each action as it is told; an action without an answer it does not have. */
async function ask(
  answers: Readonly<Record<string, string>>,
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
      const body = answers[action];
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

describe('what OMS says of a full verification', () => {
  test('is clean where it is finished and found no difference', async () => {
    const { found, bodies } = await ask({
      DescribeProjectSteps: envelope([...STEPS, VERIFIER('FINISHED')]),
      ListProjectFullVerifyResult: envelope({ differentNumber: 0, fullVerifyTableStatistics: [] }),
    });
    expect(found).toEqual({ state: 'CLEAN', message: 'full verification found no difference' });
    expect(bodies).toEqual([
      'DescribeProjectSteps {"id":"np_x"}',
      'ListProjectFullVerifyResult {"projectId":"np_x","pageNumber":1,"pageSize":1}',
    ]);
  });

  test.each([
    ['differences', [VERIFIER('FINISHED')], envelope({ differentNumber: 7 }), 'DIFFERENT'],
    ['one that still runs', [VERIFIER('RUNNING')], envelope({ differentNumber: 0 }), 'UNDER_WAY'],
    ['no count', [VERIFIER('FINISHED')], envelope({}), 'UNKNOWN'],
    ['a count that is none', [VERIFIER('FINISHED')], envelope({ differentNumber: '0' }), 'UNKNOWN'],
    ['a result that is no JSON', [VERIFIER('FINISHED')], '<html>', 'UNKNOWN'],
    ['no verification in the project', STEPS, envelope({}), 'NOT_THERE'],
    [
      'no verification but that of what follows',
      [...STEPS, { name: 'INCR_VERIFIER', status: 'RUNNING' }],
      '',
      'NOT_THERE',
    ],
    [
      'a verification that is done, beside that of what follows',
      [{ name: 'INCR_VERIFIER', status: 'RUNNING' }, VERIFIER('FINISHED')],
      envelope({ differentNumber: 0 }),
      'CLEAN',
    ],
    ['a new word for it', [...STEPS, { name: 'FULL_VERIFY', status: 'RUNNING' }], envelope({}), 'UNDER_WAY'],
    ['no steps at all', [], envelope({}), 'UNKNOWN'],
    ['steps without their names', [{ stepName: 'FULL_VERIFIER', status: 'RUNNING' }], envelope({}), 'UNKNOWN'],
  ])('takes %s for what it is', async (_, steps, result, state) => {
    const { found } = await ask({ DescribeProjectSteps: envelope(steps), ListProjectFullVerifyResult: result });
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
