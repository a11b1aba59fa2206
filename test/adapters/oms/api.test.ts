import type { OmsClient } from '../../../lambda/adapters/oms/client';
import type { OmsApi } from '../../../lambda/contract/oms';
import type { Observation } from '../../../lambda/core/model/progress';
import { type Behaviour, fixture, jsonReply, type Peer, replyFrom, startPeer } from './peer';
import { clientFor } from './run';

const open: { close(): Promise<void> }[] = [];
afterEach(async () => {
  for (const one of open.splice(0)) await one.close();
});

/** An OMS that answers each family of calls with a fixture. */
async function omsWith(answers: {
  old: string;
  new: string;
  steps?: string;
}): Promise<Peer & { answers: typeof answers }> {
  const current = { ...answers };
  const behave: Behaviour = (socket, _count, request) => {
    const steps = current.steps && request.includes('Action=DescribeProjectSteps');
    const name = request.startsWith('GET') ? current.old : steps ? current.steps : current.new;
    socket.end(replyFrom(name ?? '404.http'));
  };
  const peer = await startPeer(behave);
  open.push(peer);
  return Object.assign(peer, { answers: current });
}

function auto(peer: Peer): OmsClient {
  const client = clientFor(`http://127.0.0.1:${peer.port}`, { api: 'auto', requestTimeoutMs: 5_000 });
  open.push(client);
  return client;
}

const methods = (peer: Peer) => peer.requests.map((request) => request.split(' ')[0]).join(' ');
const hint = (api: OmsApi) => ({ api: async () => api });
const summary = ({ outcome, api }: Observation) => `${outcome} ${api}`;

describe('with --api auto', () => {
  test('the old calls are found at once, and remembered', async () => {
    const peer = await omsWith({ old: 'success-with-nulls.json', new: '404.http' });
    const client = auto(peer);
    expect(summary(await client.poll('p_x'))).toBe('OK 3.3');
    expect(summary(await client.poll('p_x'))).toBe('OK 3.3');
    expect(methods(peer)).toBe('GET GET');
  });

  test.each(['404.http', 'html-with-200.http', '501.http'])(
    'the new calls are found where the old one answers %s, and remembered',
    async (missing) => {
      const peer = await omsWith({ old: missing, new: 'new-calls-success.json' });
      const client = auto(peer);
      expect(summary(await client.poll('np_x'))).toBe('OK 4.1.1');
      expect(summary(await client.poll('np_x'))).toBe('OK 4.1.1');
      expect(methods(peer)).toBe('GET POST POST');
    },
  );

  test("a new client begins where the project's memory says", async () => {
    const peer = await omsWith({ old: '404.http', new: 'new-calls-success.json' });
    expect(summary(await auto(peer).poll('np_x', hint('4.1.1')))).toBe('OK 4.1.1');
    expect(methods(peer)).toBe('POST');
  });

  test('a hint that cannot be read does not fail the poll', async () => {
    const peer = await omsWith({ old: 'success-with-nulls.json', new: '404.http' });
    const observation = await auto(peer).poll('p_x', { api: () => Promise.reject(new Error('the store is away')) });
    expect(summary(observation)).toBe('OK 3.3');
  });

  test('an upgrade is noticed, and so is a downgrade', async () => {
    const peer = await omsWith({ old: 'success-with-nulls.json', new: '404.http' });
    const client = auto(peer);
    await client.poll('np_x');
    Object.assign(peer.answers, { old: '404.http', new: 'new-calls-success.json' });
    expect(summary(await client.poll('np_x'))).toBe('OK 4.1.1');
    Object.assign(peer.answers, { old: 'success-with-nulls.json', new: '404.http' });
    expect(summary(await client.poll('p_x'))).toBe('OK 3.3');
  });

  test.each(['401.http', '403.http', 'redirect-to-login.http'])(
    'a rejection by the first family (%s) ends the search',
    async (rejection) => {
      const peer = await omsWith({ old: rejection, new: 'new-calls-success.json' });
      expect(summary(await auto(peer).poll('p_x'))).toBe('OmsRejectedCredentials null');
      expect(methods(peer)).toBe('GET');
    },
  );

  test('a rejection by the other family is not hidden', async () => {
    const peer = await omsWith({ old: '404.http', new: '401.http' });
    expect(summary(await auto(peer).poll('p_x'))).toBe('OmsRejectedCredentials null');
  });

  test.each(['project-unknown.json', 'refused-with-error-detail.json', '500-without-a-body.http', 'data-null.json'])(
    'a refusal with a code of OMS, and an error of the server (%s), are no reason to try the other family',
    async (name) => {
      const peer = await omsWith({ old: name, new: 'new-calls-success.json' });
      expect((await auto(peer).poll('p_x')).outcome).not.toBe('OK');
      expect(methods(peer)).not.toContain('POST');
    },
  );

  test('where neither is there, both answers are shown', async () => {
    const peer = await omsWith({ old: '404.http', new: 'html-with-200.http' });
    const observation = await auto(peer).poll('p_x');
    expect(summary(observation)).toBe('OmsBadReply null');
    expect(observation).toMatchObject({
      problem: expect.stringMatching(/^neither family of calls is there.*404.*POST \/api\/v2.*an HTML page/),
    });
  });

  /** An OMS that refuses the new calls in these words. */
  const refusing = async (refusal: object, old: string): Promise<Peer> => {
    const peer = await startPeer((socket, _count, request) =>
      socket.end(
        request.startsWith('POST') ? jsonReply(JSON.stringify({ success: false, ...refusal })) : replyFrom(old),
      ),
    );
    open.push(peer);
    return peer;
  };

  test.each([
    ['in English', { code: 'INVALID_ACTION', message: 'The action is not supported.' }],
    ['in Chinese', { message: '不支持的接口' }],
    ['by a code of its framework', { code: '500', message: 'NoHandlerFoundException' }],
    ['without a message', {}],
  ])('a refusal %s, without a code of OMS, is a reason to try the other family', async (_how, refusal) => {
    const peer = await refusing(refusal, 'success-with-nulls.json');
    expect(summary(await auto(peer).poll('p_x', hint('4.1.1')))).toBe('OK 3.3');
  });

  test('a refusal without a code of OMS stands where the other family is not there', async () => {
    const peer = await refusing({ message: '系统繁忙' }, '404.http');
    const observation = await auto(peer).poll('p_x', hint('4.1.1'));
    expect(observation).toMatchObject({
      outcome: 'OmsRefused',
      problem: expect.stringMatching(/^neither family of calls is there.*系统繁忙.*404/),
    });
  });
});

describe('a failed project under the 4.1.1 calls', () => {
  const failed = jsonReply(fixture('new-calls-success.json').toString().replace('"RUNNING"', '"FAILED"'));
  const behaving =
    (steps: Behaviour): Behaviour =>
    (socket, count, request) =>
      request.includes('DescribeProjectSteps') ? steps(socket, count, request) : socket.end(failed);

  const observationWith = async (steps: Behaviour): Promise<Observation> => {
    const peer = await startPeer(behaving(steps));
    open.push(peer);
    const client = clientFor(`http://127.0.0.1:${peer.port}`, { api: '4.1.1' });
    open.push(client);
    return client.poll('np_x');
  };

  test('brings the failed step with its code and message', async () => {
    const steps = [
      { name: 'STRUCT_TRANSFER', status: 'FINISHED' },
      {
        name: 'FULL_TRANSFER',
        status: 'FAILED',
        extraInfo: {
          errorDetails: [
            {
              code: 'CM-RESOAT1111',
              level: 'ERROR',
              message: 'Duplicate key.',
              reason: 'Two rows.',
              proposal: 'Remove one.',
            },
          ],
        },
      },
    ];
    const observation = await observationWith((socket) =>
      socket.end(jsonReply(JSON.stringify({ success: true, data: steps }))),
    );
    expect(observation.outcome).toBe('OK');
    expect(observation.said).toMatchObject({
      failedStep: 'FULL_TRANSFER',
      failedStepCode: 'CM-RESOAT1111',
      failedStepMessage: 'Duplicate key.',
      level: 'ERROR',
      reason: 'Two rows.',
      proposal: 'Remove one.',
    });
  });

  test('brings the code of a failed step that has no details', async () => {
    const steps = [{ name: 'FULL_TRANSFER', status: 'FAILED', extraInfo: { errorCode: 1062, errorMsg: 'Duplicate.' } }];
    const observation = await observationWith((socket) =>
      socket.end(jsonReply(JSON.stringify({ success: true, data: steps }))),
    );
    expect(observation.said).toMatchObject({ failedStepCode: '1062', failedStepMessage: 'Duplicate.' });
  });

  test('brings a failed step whose reply is larger than a progress reply may be', async () => {
    const steps = [{ name: 'FULL_TRANSFER', status: 'FAILED', extraInfo: { errorMsg: 'at x.y.z\n'.repeat(300_000) } }];
    const observation = await observationWith((socket) =>
      socket.end(jsonReply(JSON.stringify({ success: true, data: steps }))),
    );
    expect(observation.said.failedStep).toBe('FULL_TRANSFER');
  });

  test.each<[string, Behaviour]>([
    ['is refused', (socket) => socket.end(replyFrom('401.http'))],
    ['stalls', () => {}],
    [
      'is answered with those of another project',
      (socket) =>
        socket.end(
          jsonReply('{"success":true,"data":[{"projectId":"np_other","name":"FULL_TRANSFER","status":"FAILED"}]}'),
        ),
    ],
    ['makes no sense', (socket) => socket.end(jsonReply('{"success":true,"data":[1,null,{"status":"FAILED"}]}'))],
  ])('is still observed when the request for the steps %s', async (_how, steps) => {
    const observation = await observationWith(steps);
    expect(observation.outcome).toBe('OK');
    expect(observation.said.failedStep).toBeUndefined();
  });
});

describe('the list of projects', () => {
  const page = (from: number, count: number, totalCount: number | null) => {
    const data = Array.from({ length: count }, (_, index) => ({
      id: `np_${from + index}`,
      name: `project ${from + index}`,
      type: index % 2 ? 'SYNC' : 'MIGRATION',
      status: 'RUNNING',
    }));
    return jsonReply(JSON.stringify({ success: true, totalCount, data }));
  };
  const listing = async (behave: Behaviour, options = {}) => {
    const peer = await startPeer(behave);
    open.push(peer);
    const client = clientFor(`http://127.0.0.1:${peer.port}`, { api: 'auto', requestTimeoutMs: 5_000, ...options });
    open.push(client);
    return client.listProjects();
  };

  test('comes page by page, 150 at a time', async () => {
    const asked: string[] = [];
    const projects = await listing((socket, count, request) => {
      asked.push(request.slice(request.indexOf('{')));
      socket.end(page((count - 1) * 150, count === 3 ? 20 : 150, 320));
    });
    expect(asked.sort()).toEqual([1, 2, 3].map((pageNumber) => `{"pageNumber":${pageNumber},"pageSize":150}`));
    expect(projects).toHaveLength(320);
    expect(projects).toContainEqual({ id: 'np_319', name: 'project 319', kind: 'sync', status: 'RUNNING' });
  });

  test('comes in four requests at a time where OMS says how many pages there are', async () => {
    let underWay = 0;
    let most = 0;
    const projects = await listing((socket, _, request) => {
      const { pageNumber } = JSON.parse(request.slice(request.indexOf('{')));
      underWay += 1;
      most = Math.max(most, underWay);
      setTimeout(() => {
        underWay -= 1;
        socket.end(page((pageNumber - 1) * 150, pageNumber === 21 ? 5 : 150, 3_005));
      }, 20);
    });
    expect(projects).toHaveLength(3_005);
    expect(most).toBe(4);
  });

  test('ends with a short page where OMS gives no total', async () => {
    expect(await listing((socket, count) => socket.end(page(count * 150, count === 2 ? 3 : 150, null)))).toHaveLength(
      153,
    );
  });

  test('comes whole where a page has 150 projects of 8.6 KB each', async () => {
    const data = Array.from({ length: 150 }, (_, index) => ({
      id: `np_${index}`,
      status: 'RUNNING',
      extraInfo: 'x'.repeat(8_600),
    }));
    const projects = await listing((socket) =>
      socket.end(jsonReply(JSON.stringify({ success: true, totalCount: 150, data }))),
    );
    expect(projects).toHaveLength(150);
  });

  test('leaves out entries that cannot be watched', async () => {
    const data = [{ id: 'np_1', status: 'RUNNING' }, { id: '../x', status: 'RUNNING' }, { id: 'np_2' }, null, 7];
    const projects = await listing((socket) => socket.end(jsonReply(JSON.stringify({ success: true, data }))));
    expect(projects).toEqual([{ id: 'np_1', name: null, kind: 'migration', status: 'RUNNING' }]);
  });

  test.each<[string, Behaviour, string, string]>([
    ['a wrong password', (socket) => socket.end(replyFrom('401.http')), 'OmsRejectedCredentials', 'HTTP 401'],
    [
      'the same page for ever',
      (socket) => socket.end(page(0, 150, 9_999)),
      'OmsBadReply',
      'has 9999 projects, but lists only 150',
    ],
    [
      'a fleet without end',
      (socket, count) => socket.end(page(count * 150, 150, null)),
      'OmsBadReply',
      'more than 150000 projects',
    ],
    [
      'a project under two ids',
      (socket) =>
        socket.end(jsonReply('{"success":true,"data":[{"id":"np_1","projectId":"np_2","status":"RUNNING"}]}')),
      'OmsBadReply',
      'two ids: np_1 and np_2',
    ],
    [
      'an id twice',
      (socket) => socket.end(jsonReply('{"success":true,"data":[{"id":"np_1","id":"np_2","status":"RUNNING"}]}')),
      'OmsBadReply',
      'two ids: np_1 and np_2',
    ],
    [
      'a page of more than 8 MiB',
      (socket) => socket.end(jsonReply(`{"success":true,"data":[],"message":"${'x'.repeat(9 * 1024 * 1024)}"}`)),
      'OmsBadReply',
      'more than 8 MiB',
    ],
    [
      'data that is not a list',
      (socket) => socket.end(jsonReply('{"success":true,"data":{}}')),
      'OmsBadReply',
      '"data" is not a list',
    ],
  ])('refuses to be short: %s', async (_what, behave, outcome, problem) => {
    expect(await listing(behave)).toEqual({ outcome, problem: expect.stringContaining(problem) });
  });

  test('is reported as missing where an older OMS does not have the call', async () => {
    expect(await listing((socket) => socket.end(replyFrom('404.http')))).toEqual({
      outcome: 'OmsBadReply',
      problem: expect.stringContaining('OMS lists projects from 4.1.1 on; before, name them'),
      missingCall: true,
    });
  });

  test('is not requested with the 3.3 calls', async () => {
    const asked: string[] = [];
    const projects = await listing((_socket, _count, request) => asked.push(request), { api: '3.3' });
    expect(projects).toMatchObject({ outcome: 'OmsRefused', missingCall: true });
    expect(asked).toEqual([]);
  });
});

describe('a project of the other kind', () => {
  const UNKNOWN = 'project-unknown.json';
  const kinds = async (migration: string, sync: string) => {
    const peer = await startPeer((socket, _count, request) => {
      if (!request.startsWith('GET')) socket.end(replyFrom('404.http'));
      else if (request.includes('/sync/') && sync === 'silence') return;
      else socket.end(replyFrom(request.includes('/sync/') ? sync : migration));
    });
    open.push(peer);
    return peer;
  };
  const problemAt = async (peer: Peer, options: Partial<Parameters<typeof clientFor>[1]> = {}) => {
    const client = clientFor(`http://127.0.0.1:${peer.port}`, { requestTimeoutMs: 5_000, ...options });
    open.push(client);
    const observation = await client.poll('p_x');
    expect(observation.outcome).toBe('OmsProjectNotFound');
    return observation.outcome === 'OK' ? '' : observation.problem;
  };

  test.each([
    [
      '3.3',
      'migration',
      UNKNOWN,
      'sync-success.json',
      'OMS has a synchronization project of this id: use --kind sync, or kind on a stack',
    ],
    ['auto', 'migration', UNKNOWN, 'sync-success.json', 'use --kind sync'],
    [
      'auto',
      'sync',
      'success-with-nulls.json',
      UNKNOWN,
      'OMS has a migration project of this id: use --kind migration, or kind on a stack',
    ],
  ] as const)('is suggested with --api %s --kind %s', async (api, kind, migration, sync, suggested) => {
    const peer = await kinds(migration, sync);
    expect(await problemAt(peer, { api, kind })).toContain(suggested);
    expect(methods(peer)).toBe('GET GET');
  });

  test.each([UNKNOWN, '404.http', '401.http', 'html-with-200.http', 'data-null.json', 'status-missing.json'])(
    'is not suggested where the other call answers %s',
    async (sync) => {
      expect(await problemAt(await kinds(UNKNOWN, sync))).not.toContain('--kind');
    },
  );

  test('is not waited for longer than two seconds', async () => {
    const began = performance.now();
    expect(await problemAt(await kinds(UNKNOWN, 'silence'), { requestTimeoutMs: 30_000 })).not.toContain('--kind');
    expect(performance.now() - began).toBeLessThan(5_000);
  });

  test('is not looked for where one call is for both kinds, or the project is there', async () => {
    const peer = await omsWith({ old: '404.http', new: UNKNOWN });
    const client = clientFor(`http://127.0.0.1:${peer.port}`, { api: '4.1.1' });
    open.push(client);
    await client.poll('np_x');
    expect(methods(peer)).toBe('POST');
    const there = await kinds('success-with-nulls.json', 'sync-success.json');
    const other = clientFor(`http://127.0.0.1:${there.port}`);
    open.push(other);
    await other.poll('p_x');
    expect(methods(there)).toBe('GET');
  });
});
