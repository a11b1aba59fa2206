import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { DynamoDBClient, GetItemCommand } from '@aws-sdk/client-dynamodb';
import { REQUEST } from '../lambda/cutover-wiring';

test('a call to AWS that is never answered ends, and is not only warned of', async () => {
  const silent = createServer(() => {});
  await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
  const client = new DynamoDBClient({
    ...REQUEST,
    // As wired, only sooner.
    requestHandler: { ...REQUEST.requestHandler, requestTimeout: 50 },
    maxAttempts: 1,
    endpoint: `http://127.0.0.1:${(silent.address() as AddressInfo).port}`,
    region: 'us-east-1',
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
  });
  const call = client.send(new GetItemCommand({ TableName: 't', Key: { pk: { S: 'p_x' }, sk: { S: 'STATE' } } }));
  await expect(call).rejects.toMatchObject({ name: 'TimeoutError', code: 'ETIMEDOUT' });
  client.destroy();
  silent.closeAllConnections();
  await new Promise((resolve) => silent.close(resolve));
});
