/** What many failing polls cost a server that is already down. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { OmsClient } from '../../../lambda/adapters/oms/client';

describe('retries', () => {
  test.each([503, 429])('are few where OMS answers %d to everybody', async (status) => {
    let requests = 0;
    const server = createServer((_, response) => {
      requests += 1;
      response.writeHead(status, { 'retry-after': '0' }).end();
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const oms = new OmsClient({
      endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
      api: '3.3',
      kind: 'migration',
      credentials: {
        read: async () => ({ username: 'u', password: 'p' }),
        reread: async () => ({ username: 'u', password: 'p' }),
      },
      requestTimeoutMs: 10_000,
      clock: Date,
    });
    try {
      const polls = await Promise.all(Array.from({ length: 100 }, (_, i) => oms.poll(`p_${i}`)));
      expect(new Set(polls.map(({ outcome }) => outcome))).toEqual(new Set(['OmsUnreachable']));
      expect(polls[0]).toMatchObject({ retryAfterMs: 0 });
      expect(requests).toBeLessThanOrEqual(104);
    } finally {
      await oms.close();
      server.close();
      server.closeAllConnections();
    }
  });
});
