/** Further invocations of the function, against a server in the place of AWS Lambda. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { selfInvocation } from '../../../lambda/adapters/aws/self-invocation';

async function withLambda(status: number, work: (config: object, requests: string[]) => Promise<void>): Promise<void> {
  const requests: string[] = [];
  const server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk) => {
      body += chunk;
    });
    request.on('end', () => {
      requests.push(`${request.method} ${request.url} ${request.headers['x-amz-invocation-type']} ${body}`);
      const error = status < 400 ? '' : '{"message":"no"}';
      response.writeHead(status, { 'x-amzn-errortype': 'AccessDeniedException' }).end(error);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  try {
    const credentials = { accessKeyId: 'a', secretAccessKey: 's' };
    await work({ endpoint: `http://127.0.0.1:${port}`, region: 'eu-central-1', credentials, maxAttempts: 1 }, requests);
  } finally {
    server.close();
    server.closeAllConnections();
  }
}

const EVENT = { projects: 'all', intervalSeconds: 300, part: { index: 1, of: 3 } } as const;

test('another invocation of the function is started and not waited for', async () => {
  await withLambda(202, async (config, requests) => {
    await selfInvocation('check', config)(EVENT);
    expect(requests).toEqual([`POST /2015-03-31/functions/check/invocations Event ${JSON.stringify(EVENT)}`]);
  });
});

test('refuses in words where Lambda does not accept it', async () => {
  await withLambda(403, async (config) => {
    await expect(selfInvocation('check', config)(EVENT)).rejects.toMatchObject({
      code: 'CheckFailed',
      message: 'could not start another invocation of check: AccessDeniedException: no',
    });
  });
});

test('refuses outside AWS, where there is no function', async () => {
  await expect(selfInvocation(undefined, {})(EVENT)).rejects.toThrow('only a deployed function');
});
