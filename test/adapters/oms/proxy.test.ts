import { connect, createServer, type Socket } from 'node:net';
import { proxyFor } from '../../../lambda/adapters/oms/http/proxy';
import { InvalidInput } from '../../../lambda/core/model/errors';
import type { Observation } from '../../../lambda/core/model/progress';
import { type Behaviour, fixture, type Peer, replyFrom, startPeer } from './peer';
import { clientFor, PASSWORD, USERNAME } from './run';

const OMS = 'http://oms.example.com:8089';

describe('the proxy for an endpoint', () => {
  test.each([
    [OMS, {}, null],
    [OMS, { HTTP_PROXY: 'http://proxy:3128' }, 'http://proxy:3128, from HTTP_PROXY'],
    [OMS, { http_proxy: 'http://proxy:3128', HTTP_PROXY: 'http://other' }, 'http://proxy:3128, from http_proxy'],
    [OMS, { HTTPS_PROXY: 'http://proxy:3128' }, null],
    ['https://oms.example.com', { HTTPS_PROXY: 'http://proxy:3128' }, 'http://proxy:3128, from HTTPS_PROXY'],
    ['https://oms.example.com', { HTTP_PROXY: 'http://proxy:3128' }, null],
    [OMS, { ALL_PROXY: 'socks5://proxy:1080' }, 'socks5://proxy:1080, from ALL_PROXY'],
    [OMS, { HTTP_PROXY: '', ALL_PROXY: 'http://all:1' }, 'http://all:1, from ALL_PROXY'],
    [OMS, { HTTP_PROXY: 'proxy:3128' }, 'http://proxy:3128, from HTTP_PROXY'],
    [OMS, { HTTP_PROXY: 'http://user:hunter22@proxy:3128' }, 'http://proxy:3128, from HTTP_PROXY'],
  ])('%s with %j is %j', (endpoint, env, shown) => {
    expect(proxyFor(endpoint, env)?.shown ?? null).toBe(shown);
  });

  test.each([
    ['http://localhost:8089', ''],
    ['http://127.0.0.1:8089', ''],
    ['http://[::1]:8089', ''],
    [OMS, '*'],
    [OMS, 'oms.example.com'],
    [OMS, 'other, OMS.EXAMPLE.COM'],
    [OMS, '.example.com'],
    [OMS, '*.example.com'],
    [OMS, 'example.com:8089'],
    ['http://10.1.2.3:8089', '10.0.0.0/8'],
    ['http://10.1.2.3:8089', '10.1.2.3'],
    ['http://[fd00::5]:8089', 'fd00::/8'],
    ['http://[fd00::5]:8089', 'fd00::5'],
  ])('%s is none where NO_PROXY is %j', (endpoint, exceptions) => {
    expect(proxyFor(endpoint, { ALL_PROXY: 'http://proxy:3128', NO_PROXY: exceptions })).toBeNull();
  });

  test.each([
    [OMS, 'example.com:80'],
    [OMS, 'notexample.com'],
    [OMS, 'ms.example.com'],
    ['http://11.1.2.3:8089', '10.0.0.0/8'],
    ['http://10.1.2.3:8089', 'fd00::/8'],
    ['http://10.1.2.3.example.com', '10.0.0.0/8'],
  ])('%s is one where NO_PROXY is %j', (endpoint, exceptions) => {
    expect(proxyFor(endpoint, { ALL_PROXY: 'http://proxy:3128', NO_PROXY: exceptions })).not.toBeNull();
  });

  test.each(['http://', 'socks5://', 'ftp://proxy:21', 'user:hunter22@proxy:x', 'http://user:%zz@proxy'])(
    'refuses %s, and does not repeat it',
    (proxy) => {
      const read = () => proxyFor(OMS, { HTTP_PROXY: proxy });
      expect(read).toThrow(InvalidInput);
      expect(read).toThrow(
        'HTTP_PROXY is not the address of a proxy; expected one such as http://proxy.example.com:3128',
      );
    },
  );
});

describe('a poll through a proxy', () => {
  const open: { close(): Promise<void> }[] = [];
  afterEach(async () => {
    for (const one of open.splice(0)) await one.close();
    for (const name of ['HTTP_PROXY', 'HTTPS_PROXY']) delete process.env[name];
  });

  async function peerWith(behave: Behaviour, options = {}): Promise<Peer> {
    const peer = await startPeer(behave, options);
    open.push(peer);
    return peer;
  }

  async function pollThrough(proxy: string, endpoint: string, ca?: string): Promise<Observation> {
    process.env.HTTP_PROXY = proxy;
    process.env.HTTPS_PROXY = proxy;
    const client = clientFor(endpoint, { requestTimeoutMs: 3_000, ...(ca === undefined ? {} : { ca }) });
    open.push(client);
    return client.poll('p_x');
  }

  /** A proxy that opens a tunnel to this port, wherever it is asked to. */
  async function tunnelTo(port: number): Promise<{ port: number; lines: string[] }> {
    const lines: string[] = [];
    const sockets = new Set<Socket>();
    const keep = (socket: Socket) => sockets.add(socket.on('error', () => {}));
    const server = createServer((socket) => {
      keep(socket);
      socket.once('data', (head) => {
        lines.push(head.toString().split('\r\n')[0] ?? '');
        const target = connect(port, '127.0.0.1');
        keep(target);
        socket.write('HTTP/1.1 200 Connection established\r\n\r\n');
        socket.pipe(target).pipe(socket);
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    open.push({
      close: () =>
        new Promise((resolve) => {
          for (const socket of sockets) socket.destroy();
          server.close(() => resolve());
        }),
    });
    const address = server.address();
    return { port: typeof address === 'object' && address !== null ? address.port : 0, lines };
  }

  test('asks the proxy for plain HTTP, with the credentials of OMS', async () => {
    const proxy = await peerWith((socket) => socket.end(replyFrom('success-with-nulls.json')));
    expect((await pollThrough(`http://127.0.0.1:${proxy.port}`, OMS)).outcome).toBe('OK');
    expect(proxy.requests[0]).toMatch(
      /^GET http:\/\/oms\.example\.com:8089\/api\/omsp\/v2\/migrations\/p_x\/progress /,
    );
    expect(proxy.requests[0]).toContain(Buffer.from(`${USERNAME}:${PASSWORD}`).toString('base64'));
  });

  test('tunnels to HTTPS, and verifies the certificate of OMS, not one of the proxy', async () => {
    const oms = await peerWith((socket) => socket.end(replyFrom('success-with-nulls.json')), { tls: true });
    const proxy = await tunnelTo(oms.port);
    const through = (host: string) =>
      pollThrough(`http://127.0.0.1:${proxy.port}`, `https://${host}:8443`, fixture('tls/ca.pem').toString());
    expect(await through('oms.example.com')).toMatchObject({
      outcome: 'OmsUnreachable',
      problem: expect.stringContaining("the server's certificate is for another host name"),
    });
    expect(oms.requests).toEqual([]);
    expect(proxy.lines[0]).toBe('CONNECT oms.example.com:8443 HTTP/1.1');
  });

  test('encrypts what it sends to a proxy that is named with https, as plain HTTP and through a tunnel', async () => {
    const ca = fixture('tls/ca.pem').toString();
    const proxy = await peerWith((socket) => socket.end(replyFrom('success-with-nulls.json')), { tls: true });
    const plain = await pollThrough(`https://user:hunter22@127.0.0.1:${proxy.port}`, OMS, ca);
    expect(plain.outcome).toBe('OK');
    expect(proxy.requests[0]).toContain(
      `proxy-authorization: Basic ${Buffer.from('user:hunter22').toString('base64')}\r\n`,
    );
    const opening = await peerWith((socket) => socket.write('HTTP/1.1 200 OK\r\n\r\n'), { tls: true });
    const inner = await pollThrough(`https://127.0.0.1:${opening.port}`, 'https://oms.example.com', ca);
    expect(inner.outcome).toBe('OmsUnreachable');
    expect(opening.requests[0]).toMatch(
      /^CONNECT oms\.example\.com:443 HTTP\/1\.1\r\nhost: oms\.example\.com:443\r\n/i,
    );
  });

  /** A SOCKS5 proxy that connects to this port, wherever it is asked to; it keeps what it was asked, in hex. */
  async function socksTo(port: number, { password = '', reply = 0 } = {}): Promise<{ port: number; asked: string[] }> {
    const asked: string[] = [];
    const sockets = new Set<Socket>();
    const keep = (socket: Socket) => sockets.add(socket.on('error', () => {}));
    const server = createServer((socket) => {
      keep(socket);
      let step = password === '' ? 1 : 0;
      let greeted = false;
      const onData = (bytes: Buffer) => {
        asked.push(bytes.toString('hex'));
        if (!greeted) {
          greeted = true;
          // Byte by byte, as a slow network may deliver it.
          socket.write(Buffer.from([5]));
          setTimeout(() => socket.write(Buffer.from([step === 0 ? 2 : 0])), 5);
        } else if (step === 0) {
          step = 1;
          socket.write(Buffer.from([1, bytes.subarray(-Buffer.byteLength(password)).toString() === password ? 0 : 1]));
        } else {
          socket.off('data', onData);
          socket.write(Buffer.from([5, reply, 0, 1, 0, 0, 0, 0, 0, 0]));
          if (reply !== 0) return;
          const target = connect(port, '127.0.0.1');
          keep(target);
          socket.pipe(target).pipe(socket);
        }
      };
      socket.on('data', onData);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    open.push({
      close: () =>
        new Promise((resolve) => {
          for (const socket of sockets) socket.destroy();
          server.close(() => resolve());
        }),
    });
    const address = server.address();
    return { port: typeof address === 'object' && address !== null ? address.port : 0, asked };
  }

  test.each([
    ['http://oms.example.com:8089', `050100030f${Buffer.from('oms.example.com').toString('hex')}1f99`],
    ['http://10.1.2.3:8089', '050100010a0102031f99'],
    ['http://[fd00::5:6]:8089', `05010004fd00${'0000'.repeat(5)}000500061f99`],
  ])('goes to %s by SOCKS5, and the proxy resolves the name', async (endpoint, request) => {
    const oms = await peerWith((socket) => socket.end(replyFrom('success-with-nulls.json')));
    const proxy = await socksTo(oms.port);
    expect((await pollThrough(`socks5://127.0.0.1:${proxy.port}`, endpoint)).outcome).toBe('OK');
    expect(proxy.asked).toEqual(['050100', request]);
    expect(oms.requests[0]).toMatch(/^GET \/api\/omsp\/v2\/migrations\/p_x\/progress /);
  });

  test('signs in to a SOCKS5 proxy, and verifies the certificate of OMS through it', async () => {
    const oms = await peerWith((socket) => socket.end(replyFrom('success-with-nulls.json')), { tls: true });
    const proxy = await socksTo(oms.port, { password: 'hünter' });
    const ca = fixture('tls/ca.pem').toString();
    const observation = await pollThrough(`socks5://user:h%C3%BCnter@127.0.0.1:${proxy.port}`, 'https://10.1.2.3', ca);
    expect(observation).toMatchObject({ problem: expect.stringContaining('is for another host name') });
    expect(proxy.asked[2]).toBe('050100010a01020301bb');
  });

  test.each([
    [
      'a wrong password',
      { password: 'right' },
      'user:wrong@',
      'the SOCKS proxy does not accept the user name and password in its',
    ],
    ['no password', { password: 'right' }, '', 'the SOCKS proxy does not accept the user name and password in its'],
    ['a rule against the host', { reply: 2 }, '', 'the proxy does not open a connection to this host and port'],
    ['no server behind it', { reply: 5 }, '', 'connection refused'],
  ])('is unreachable through a SOCKS5 proxy with %s', async (_what, behaviour, user, problem) => {
    const proxy = await socksTo(1, behaviour);
    const observation = await pollThrough(`socks5://${user}127.0.0.1:${proxy.port}`, OMS);
    expect(observation).toMatchObject({ outcome: 'OmsUnreachable', problem: expect.stringContaining(problem) });
  });

  const ASKS = 'HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n';
  const REFUSES = 'HTTP/1.1 403 Forbidden\r\nVia: 1.1 squid\r\nContent-Length: 0\r\n\r\n';

  test.each([
    [OMS, 'asks for credentials of its own', ASKS, 'a proxy asks for a user name and password of its own (HTTP 407)'],
    ['https://oms.example.com', 'asks for credentials of its own', ASKS, 'a proxy asks for a user name and password'],
    [OMS, 'refuses', REFUSES, 'came from a proxy or gateway in front of OMS (via: 1.1 squid)'],
    ['https://oms.example.com', 'refuses', REFUSES, 'the proxy does not open a connection to this host and port'],
  ])('to %s is unreachable where the proxy %s, and no retry helps', async (endpoint, _how, reply, problem) => {
    const proxy = await peerWith((socket) => socket.end(reply));
    const observation = await pollThrough(`http://user:hunter22@127.0.0.1:${proxy.port}`, endpoint);
    expect(observation).toMatchObject({ outcome: 'OmsUnreachable', problem: expect.stringContaining(problem) });
    expect(JSON.stringify(observation)).not.toContain('hunter22');
    expect(proxy.requests).toHaveLength(1);
  });

  test('is unreachable where the proxy is not there, and names the proxy', async () => {
    const proxy = await startPeer(() => {});
    await proxy.close();
    expect(await pollThrough(`http://127.0.0.1:${proxy.port}`, OMS)).toMatchObject({
      outcome: 'OmsUnreachable',
      problem: expect.stringMatching(
        /connection refused.*\(through the proxy http:\/\/127\.0\.0\.1:\d+, from HTTP_PROXY\)$/,
      ),
    });
  });
});
