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

  test.each(['http://', 'ftp://proxy:21', 'user:hunter22@proxy:x'])('refuses %s, and does not repeat it', (proxy) => {
    const read = () => proxyFor(OMS, { HTTP_PROXY: proxy });
    expect(read).toThrow(InvalidInput);
    expect(read).toThrow(
      'HTTP_PROXY is not the address of a proxy; expected one such as http://proxy.example.com:3128',
    );
  });
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
