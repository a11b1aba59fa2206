import { spawn } from 'node:child_process';
import dns from 'node:dns';
import { connect, createServer } from 'node:net';
import { join } from 'node:path';
import { rootCertificates } from 'node:tls';
import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync } from 'node:zlib';
import type { OmsClient } from '../../../lambda/adapters/oms/client';
import { CheckFailed, Interrupted, InvalidInput } from '../../../lambda/core/model/errors';
import type { Observation } from '../../../lambda/core/model/progress';
import type { Credentials, CredentialsSource } from '../../../lambda/core/ports';
import { type Behaviour, FIXTURES, fixture, jsonReply, type Peer, replyFrom, startPeer } from './peer';
import { clientFor, fixedCredentials, PASSWORD, USERNAME } from './run';
import { NOW } from './situations';

const open: { close(): Promise<void> }[] = [];
afterEach(async () => {
  for (const one of open.splice(0)) await one.close();
});

async function peerWith(behave: Behaviour, options: Parameters<typeof startPeer>[1] = {}): Promise<Peer> {
  const peer = await startPeer(behave, options);
  open.push(peer);
  return peer;
}

function clientOf(peer: Peer, options: Parameters<typeof clientFor>[1] = {}, scheme = 'http'): OmsClient {
  const client = clientFor(`${scheme}://127.0.0.1:${peer.port}`, { requestTimeoutMs: 5_000, ...options });
  open.push(client);
  return client;
}

const serving =
  (name: string): Behaviour =>
  (socket) =>
    socket.end(replyFrom(name));

const authorizationOf = (request: string | undefined) =>
  Buffer.from(/authorization: Basic (\S+)/i.exec(request ?? '')?.[1] ?? '', 'base64').toString('utf8');

function problemOf(observation: Observation): string {
  return observation.outcome === 'OK' ? '' : observation.problem;
}

test('a poll ends early where the caller asks for it, and never later than the request time-out', async () => {
  const peer = await peerWith(() => {});
  const client = clientOf(peer, { requestTimeoutMs: 400 });
  expect(problemOf(await client.poll('p_x', { withinMs: 100 }))).toContain('within 0.1 s');
  expect(problemOf(await client.poll('p_x', { withinMs: 60_000 }))).toContain('within 0.4 s');
});

test('a status with blanks or invisible characters around it is not the known status', async () => {
  for (const status of [' FINISHED ', 'FINISHED\n', 'FINISHED\u200b']) {
    const peer = await peerWith((socket) => socket.end(jsonReply(JSON.stringify({ success: true, data: { status } }))));
    const observation = await clientOf(peer).poll('p_x');
    expect(observation).toMatchObject({ outcome: 'OK', progress: { status: 'FINISHED (unusual spelling)' } });
  }
});

describe('the request', () => {
  test('goes to the documented path, with Basic authorization in UTF-8', async () => {
    const peer = await peerWith(serving('success-with-nulls.json'));
    const observation = await clientOf(peer).poll('p_x');
    expect(observation.outcome).toBe('OK');
    expect(peer.requests[0]).toMatch(/^GET \/api\/omsp\/v2\/migrations\/p_x\/progress HTTP\/1\.1\r\n/);
    expect(authorizationOf(peer.requests[0])).toBe(`${USERNAME}:${PASSWORD}`);
  });

  test('of a synchronisation project goes to its own path', async () => {
    const peer = await peerWith(serving('sync-success.json'));
    await clientOf(peer, { kind: 'sync' }).poll('p_x');
    expect(peer.requests[0]).toMatch(/^GET \/api\/omsp\/v2\/sync\/p_x\/progress /);
  });

  test('of the 4.1.1 calls is a POST with the id as JSON', async () => {
    const peer = await peerWith(serving('new-calls-success.json'));
    await clientOf(peer, { api: '4.1.1' }).poll('np_x');
    expect(peer.requests[0]).toMatch(/^POST \/api\/v2\?Action=DescribeProjectProgress /);
    expect(peer.requests[0]).toMatch(/content-type: application\/json/i);
    expect(peer.requests[0]).toMatch(/\r\n\r\n\{"id":"np_x"\}$/);
  });

  test('keeps the base path of the endpoint and drops slashes at its end', async () => {
    const peer = await peerWith(serving('success-with-nulls.json'));
    const client = clientFor(`http://127.0.0.1:${peer.port}/oms//`);
    open.push(client);
    await client.poll('p_x');
    expect(peer.requests[0]).toMatch(/^GET \/oms\/api\/omsp\/v2\/migrations\/p_x\/progress /);
  });

  test('escapes unusual characters in an id', async () => {
    const peer = await peerWith(serving('success-with-nulls.json'));
    await clientOf(peer).poll('p_é;a=b&c:1@x');
    expect(peer.requests[0]).toMatch(/^GET \/api\/omsp\/v2\/migrations\/p_%C3%A9%3Ba%3Db%26c%3A1%40x\/progress /);
  });

  test.each(['..', '.', '', 'a/b', 'a\\b', 'a?b', 'a#b', 'a%2fb', 'a b', 'a\nb', 'x'.repeat(10_000)])(
    'refuses the id %j before anything is sent',
    async (id) => {
      const peer = await peerWith(serving('success-with-nulls.json'));
      await expect(clientOf(peer).poll(id)).rejects.toThrow(InvalidInput);
      expect(peer.requests).toEqual([]);
    },
  );

  test('uses one connection for one check after another', async () => {
    const body = fixture('success-with-nulls.json');
    const head = `HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n`;
    const peer = await peerWith((socket) => socket.write(Buffer.concat([Buffer.from(head), body])));
    const client = clientOf(peer);
    for (let check = 0; check < 5; check++) {
      expect((await client.poll('p_x')).outcome).toBe('OK');
      // A connection is free again a moment after its answer; checks are seconds apart.
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    expect(peer.requests).toHaveLength(5);
    expect(peer.sockets).toBe(1);
  });
});

test('a connection is not kept for more than a minute, so that a failover by DNS is noticed', async () => {
  const body = fixture('success-with-nulls.json');
  const head = `HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n`;
  const peer = await peerWith((socket) => socket.write(Buffer.concat([Buffer.from(head), body])));
  const client = clientOf(peer);
  const start = Date.now();
  const pollAfter = async (ms: number) => {
    const now = jest.spyOn(Date, 'now').mockReturnValue(start + ms);
    await client.poll('p_x');
    now.mockRestore();
    await new Promise((resolve) => setTimeout(resolve, 20));
    return peer.sockets;
  };
  expect(await pollAfter(0)).toBe(1);
  expect(await pollAfter(50_000)).toBe(1);
  expect(await pollAfter(61_000)).toBe(2);
});

test('a poll under way ends when the client is closed, without another request', async () => {
  const peer = await peerWith(() => setTimeout(() => void client.close(), 10));
  const client = clientOf(peer);
  expect((await client.poll('p_x')).outcome).toBe('OmsUnreachable');
  expect(peer.sockets).toBe(1);
});

test('each address of a name gets a fifth of the request time-out before the next is tried, not 250 ms', async () => {
  // A server that never accepts: its queue is full, so that the kernel drops what comes, as a dead host does.
  const script =
    'require("net").createServer().listen({ port: 0, host: "127.0.0.1", backlog: 1 }, function () {' +
    'process.stdout.write(String(this.address().port), () => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0)) })';
  const dead = spawn(process.execPath, ['-e', script]);
  const port = await new Promise<number>((resolve) => dead.stdout.once('data', (line) => resolve(Number(line))));
  const queue = Array.from({ length: 4 }, () => connect(port, '127.0.0.1').on('error', () => {}));
  await new Promise((resolve) => setTimeout(resolve, 200));
  const good = createServer((socket) => {
    socket.on('error', () => {}).on('data', () => socket.end(replyFrom('success-with-nulls.json')));
  });
  await new Promise<void>((resolve) => good.listen(port, '127.0.0.2', resolve));
  const lookup: object = (_host: string, _options: unknown, found: (error: null, addresses: unknown[]) => void) =>
    found(
      null,
      ['127.0.0.1', '127.0.0.2'].map((address) => ({ address, family: 4 })),
    );
  const resolver = jest.spyOn(dns, 'lookup').mockImplementation(lookup as typeof dns.lookup);
  const client = clientFor(`http://oms.example:${port}`, { requestTimeoutMs: 4_000 });
  const began = performance.now();
  const observation = await client.poll('p_x');
  const tookMs = performance.now() - began;
  resolver.mockRestore();
  await client.close();
  for (const socket of queue) socket.destroy();
  dead.kill();
  good.close();
  expect(observation.outcome).toBe('OK');
  expect(tookMs).toBeGreaterThan(700);
});

describe('the observation', () => {
  test('carries the time at which the answered try began, not the first one', async () => {
    let now = NOW;
    const peer = await peerWith((socket, count) => {
      now += 1_000;
      socket.end(replyFrom(count === 1 ? '503-with-words.http' : 'success-with-nulls.json'));
    });
    const observation = await clientOf(peer, { clock: { now: () => now } }).poll('p_x');
    expect(observation).toMatchObject({ outcome: 'OK', requestedAt: NOW + 1_000, answeredAt: NOW + 2_000 });
  });

  test.each([
    ['clock-right.http', 0],
    ['clock-an-hour-ahead.http', 3_600_000],
    ['bad-date.http', null],
    ['success-with-nulls.json', null],
  ])('of %s measures a clock skew of %p ms', async (name, skew) => {
    const peer = await peerWith(serving(name));
    expect((await clientOf(peer).poll('p_x')).clockSkewMs).toBe(skew);
  });

  test('holds the message of OMS on one line, without control characters', async () => {
    const peer = await peerWith(serving('words-with-control-characters.json'));
    expect((await clientOf(peer).poll('p_x')).said.message).toBe('line one line two [31m red end');
  });

  test('holds the message of OMS in the encoding that the header names', async () => {
    const body = Buffer.from('{"success":false,"message":"\xc7\xa8\xd2\xc6"}', 'latin1');
    const head = 'HTTP/1.1 200 OK\r\nContent-Type: application/json; charset=GBK\r\nConnection: close\r\n\r\n';
    const peer = await peerWith((socket) => socket.end(Buffer.concat([Buffer.from(head), body])));
    expect((await clientOf(peer).poll('p_x')).said.message).toBe('迁移');
  });

  test('holds what OMS said when it refused', async () => {
    const peer = await peerWith(serving('refused-with-error-detail.json'));
    expect((await clientOf(peer).poll('p_x')).said).toEqual({
      code: 'GHANA-OPERIE000000',
      message: '[GHANA-OPERIE000000]: Internal error.',
      requestId: 'd41d8cd98f',
      level: 'ERROR',
      reason: 'The metadata database does not answer.',
      proposal: 'Contact the administrator.',
    });
  });

  test.each([
    ['gzip', gzipSync],
    ['x-gzip', gzipSync],
    ['deflate', deflateSync],
    ['deflate', deflateRawSync],
    ['br', brotliCompressSync],
    ['deflate, gzip', (body: Buffer) => gzipSync(deflateSync(body))],
    ['identity', (body: Buffer) => body],
  ])('is read from a body packed by %s', async (encoding, pack) => {
    const packed = pack(fixture('success-with-nulls.json'));
    const peer = await peerWith((socket) => socket.end(jsonReply(packed, [`Content-Encoding: ${encoding}`])));
    expect(await clientOf(peer).poll('p_x')).toMatchObject({ outcome: 'OK', progress: { status: 'RUNNING' } });
  });

  test('has the message of a refusal whose packed body is cut off', async () => {
    const body = gzipSync(JSON.stringify({ success: false, code: 'OMS_STARTING', message: 'OMS is starting.' }));
    const cut = body.subarray(0, body.length - 4);
    const head = `HTTP/1.1 403 Forbidden\r\nContent-Encoding: gzip\r\nContent-Length: ${cut.length}\r\n\r\n`;
    const peer = await peerWith((socket) => socket.end(Buffer.concat([Buffer.from(head), cut])));
    expect((await clientOf(peer).poll('p_x')).said.message).toBe('OMS is starting.');
  });

  test('survives a reply of 500 KB that is closed at once, many times over', async () => {
    const { data } = JSON.parse(fixture('success-with-nulls.json').toString()) as { data: object };
    const body = JSON.stringify({ success: true, message: 'x'.repeat(500_000), data });
    const peer = await peerWith((socket) => socket.end(jsonReply(body)));
    const client = clientOf(peer, { requestTimeoutMs: 30_000 });
    const polls = await Promise.all(Array.from({ length: 20 }, () => client.poll('p_x')));
    expect(polls.map(({ outcome }) => outcome)).toEqual(Array(20).fill('OK'));
  });

  test('leaves no connection open to a server that refuses and never completes its page', async () => {
    let closed = Promise.resolve();
    const peer = await peerWith((socket) => {
      closed = new Promise((resolve) => socket.on('close', () => resolve()));
      socket.write('HTTP/1.1 401 Unauthorized\r\nContent-Length: 100\r\n\r\n<');
    });
    const client = clientOf(peer);
    expect((await client.poll('p_x')).outcome).toBe('OmsRejectedCredentials');
    await closed;
  });

  test('a poll is given up at once when the caller gives up', async () => {
    const giveUp = new AbortController();
    const peer = await peerWith(() => giveUp.abort());
    await expect(clientOf(peer, { requestTimeoutMs: 60_000 }).poll('p_x', { signal: giveUp.signal })).rejects.toThrow(
      Interrupted,
    );
    await expect(clientOf(peer).poll('p_x', { signal: giveUp.signal })).rejects.toThrow(Interrupted);
    expect(peer.requests).toHaveLength(1);
  });
});

describe('credentials', () => {
  const rotating = (...each: (Credentials | Error)[]): CredentialsSource & { reads: string[] } => {
    const reads: string[] = [];
    const next = (how: string) => async () => {
      reads.push(how);
      const given = each[Math.min(reads.length, each.length) - 1];
      if (given === undefined || given instanceof Error) throw given;
      return given;
    };
    return { reads, read: next('read'), reread: next('reread') };
  };
  const old = { username: 'dba', password: 'old-password' };
  const fresh = { username: 'dba', password: 'new-password' };
  const accepting =
    ({ username, password }: Credentials, refusal = '401.http'): Behaviour =>
    (socket, _count, request) =>
      socket.end(
        replyFrom(authorizationOf(request) === `${username}:${password}` ? 'success-with-nulls.json' : refusal),
      );

  test.each(['401.http', '403.http', 'redirect-to-login.http'])(
    'that were rotated heal by themselves after %s',
    async (refusal) => {
      const peer = await peerWith(accepting(fresh, refusal));
      const credentials = rotating(old, fresh);
      expect((await clientOf(peer, { credentials }).poll('p_x')).outcome).toBe('OK');
      expect(credentials.reads).toEqual(['read', 'reread']);
      expect(peer.requests).toHaveLength(2);
    },
  );

  test('that did not change are sent once only, so that no account is locked', async () => {
    const peer = await peerWith(serving('401.http'));
    const credentials = rotating(old, old);
    expect((await clientOf(peer, { credentials }).poll('p_x')).outcome).toBe('OmsRejectedCredentials');
    expect(peer.requests).toHaveLength(1);
  });

  test('that are wrong after a change too are not tried a third time', async () => {
    const peer = await peerWith(serving('401.http'));
    const credentials = rotating(old, fresh);
    expect((await clientOf(peer, { credentials }).poll('p_x')).outcome).toBe('OmsRejectedCredentials');
    expect(peer.requests).toHaveLength(2);
  });

  test('that cannot be read again leave the rejection standing', async () => {
    const peer = await peerWith(serving('401.http'));
    const credentials = rotating(old, new Error('no such secret'));
    expect((await clientOf(peer, { credentials }).poll('p_x')).outcome).toBe('OmsRejectedCredentials');
  });

  test('that cannot be read at all are our own failure, not an outcome of OMS', async () => {
    const peer = await peerWith(serving('success-with-nulls.json'));
    const observation = clientOf(peer, { credentials: rotating(new Error('throttled')) }).poll('p_x');
    await expect(observation).rejects.toBeInstanceOf(CheckFailed);
    await expect(observation).rejects.toThrow('the credentials for OMS could not be read');
  });

  test.each([
    ['dba', ' secret', 'the password begins or ends with a blank'],
    ['dba', 'secret\r', 'the password contains a line break'],
    ['"dba"', 'secret', 'the user name stands in quotes'],
    ['dba ', '“secret”', 'the user name begins or ends with a blank, the password stands in quotes'],
  ])('that OMS rejects are examined for traces of copying: %j and %j', async (username, password, hint) => {
    const peer = await peerWith(serving('401.http'));
    const observation = await clientOf(peer, { credentials: rotating({ username, password }) }).poll('p_x');
    expect(problemOf(observation)).toMatch(new RegExp(`does not accept the user name and password \\(${hint}\\)$`));
    expect(JSON.stringify(observation)).not.toContain('secret');
  });

  test('that never come end at the deadline', async () => {
    const peer = await peerWith(serving('success-with-nulls.json'));
    const credentials = { read: () => new Promise<never>(() => {}), reread: () => new Promise<never>(() => {}) };
    const observation = clientOf(peer, { credentials, requestTimeoutMs: 50 }).poll('p_x');
    await expect(observation).rejects.toBeInstanceOf(CheckFailed);
    await expect(observation).rejects.toThrow('the credentials for OMS could not be read within 50 ms');
  });

  test.each([
    ['as it is', (password: string) => password],
    ['in base64', (password: string) => Buffer.from(`${USERNAME}:${password}`).toString('base64')],
    ['escaped for a URL', encodeURIComponent],
    ['escaped for HTML', (password: string) => password.replace('&', '&amp;').replace('"', '&quot;')],
  ])('echoed by OMS %s are redacted everywhere', async (_how, echoed) => {
    const text = `user ${USERNAME}, password ${PASSWORD}, ${echoed(PASSWORD)}`;
    const fields = ['status', 'importance', 'currentStep', 'fullMigrationProgress', 'incrSyncCheckpoint'];
    const replies = [
      JSON.stringify({ success: false, code: text, message: text, advice: text, errorDetail: { reason: text } }),
      JSON.stringify({ success: true, message: text, data: Object.fromEntries(fields.map((field) => [field, text])) }),
      text,
    ];
    for (const reply of replies) {
      for (const status of ['200 OK', '401 Unauthorized', '503 Service Unavailable']) {
        const raw = jsonReply(reply, [
          `Location: /login/${encodeURIComponent(PASSWORD)}`,
          `Date: ${text.slice(0, 20)}`,
        ]);
        const bytes = Buffer.from(raw.toString('utf8').replace('200 OK', status));
        const peer = await peerWith((socket) => socket.end(bytes));
        const observation = JSON.stringify(await clientOf(peer, { requestTimeoutMs: 150 }).poll('p_x'));
        expect(observation).not.toContain(JSON.stringify(PASSWORD).slice(1, -1));
        expect(observation).not.toContain(echoed(PASSWORD));
      }
    }
  });
});

describe('certificates', () => {
  const ca = fixture('tls/ca.pem').toString();

  test('of a private authority are accepted when the authority is given', async () => {
    const peer = await peerWith(serving('success-with-nulls.json'), { tls: true });
    expect((await clientOf(peer, { ca }, 'https').poll('p_x')).outcome).toBe('OK');
  });

  test('of a private authority are accepted through NODE_EXTRA_CA_CERTS, also where another authority is given', async () => {
    process.env.NODE_EXTRA_CA_CERTS = join(FIXTURES, 'tls/ca.pem');
    const peer = await peerWith(serving('success-with-nulls.json'), { tls: true });
    const client = clientOf(peer, { ca: rootCertificates[0] ?? '' }, 'https');
    delete process.env.NODE_EXTRA_CA_CERTS;
    expect((await client.poll('p_x')).outcome).toBe('OK');
  });

  test.each([
    ['another authority', rootCertificates[0] ?? '', 'does not lead to the authority given with --ca / omsCa (CN='],
    [
      "the server's own certificate",
      fixture('tls/server.pem').toString(),
      "--ca / omsCa (CN=localhost) holds a server's certificate; give the certificate of the authority that signed it",
    ],
  ])('are refused where %s is given, and the message says so', async (_what, given, problem) => {
    const peer = await peerWith(serving('success-with-nulls.json'), { tls: true });
    const observation = await clientOf(peer, { ca: given }, 'https').poll('p_x');
    expect(observation.outcome).toBe('OmsUnreachable');
    expect(problemOf(observation)).toContain(problem);
    expect(peer.requests).toEqual([]);
  });

  test('are refused where the server names another authority than the given one', async () => {
    const peer = await peerWith(serving('success-with-nulls.json'), { tls: 'chain' });
    const observation = await clientOf(peer, { ca: rootCertificates[0] ?? '' }, 'https').poll('p_x');
    expect(problemOf(observation)).toContain('signed by another authority than the one given with --ca / omsCa (CN=');
  });

  test('are refused without it, and no password is sent', async () => {
    const peer = await peerWith(serving('success-with-nulls.json'), { tls: true });
    const observation = await clientOf(peer, {}, 'https').poll('p_x');
    expect(problemOf(observation)).toMatch(
      /signed by an unknown certificate authority; give the CA certificate with --ca \/ omsCa$/,
    );
    expect(peer.requests).toEqual([]);
  });

  test('for another host are named as such', async () => {
    const peer = await peerWith(serving('success-with-nulls.json'), { tls: true });
    const client = clientFor(`https://127.0.0.2:${peer.port}`, { ca, requestTimeoutMs: 2_000 });
    open.push(client);
    // The peer listens on 127.0.0.1 only; where 127.0.0.2 is another host, it does not answer.
    expect(problemOf(await client.poll('p_x'))).toMatch(/connection refused|no connection in time/);
  });

  test('requested from a port that speaks plain HTTP leave OMS unreachable', async () => {
    const peer = await peerWith(serving('success-with-nulls.json'));
    const observation = await clientOf(peer, { requestTimeoutMs: 500 }, 'https').poll('p_x');
    expect(observation.outcome).toBe('OmsUnreachable');
  });

  test.each([
    ['', 'the CA for OMS holds no certificate; expected PEM text that begins with "-----BEGIN CERTIFICATE-----"'],
    [
      '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----',
      'the CA for OMS is damaged: certificate 1 of 1 cannot be read',
    ],
  ])('refuses a CA file with %j', (text, problem) => {
    expect(() => clientFor('https://127.0.0.1:1', { ca: text })).toThrow(InvalidInput);
    expect(() => clientFor('https://127.0.0.1:1', { ca: text })).toThrow(problem);
  });
});

describe('Retry-After', () => {
  test('is honoured where it fits into the deadline', async () => {
    const peer = await peerWith((socket, count) =>
      socket.end(replyFrom(count === 1 ? '429-retry-after-now.http' : 'success-with-nulls.json')),
    );
    expect((await clientOf(peer).poll('p_x')).outcome).toBe('OK');
    expect(peer.requests).toHaveLength(2);
  });

  test("as a date counts from the server's own clock", async () => {
    const date = 'Date: Tue, 23 Aug 2022 07:22:20 GMT\r\nRetry-After: Tue, 23 Aug 2022 07:23:20 GMT';
    const peer = await peerWith((socket) =>
      socket.end(`HTTP/1.1 503 Service Unavailable\r\n${date}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n`),
    );
    const observation = await clientOf(peer, { credentials: fixedCredentials() }).poll('p_x');
    expect(problemOf(observation)).toContain('Retry-After: Tue, 23 Aug 2022 07:23:20 GMT');
    expect(peer.requests).toHaveLength(1);
  });
});
