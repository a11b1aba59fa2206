/** Receives invocations from engines: `POST /<function>` with the event; the response has the reply or the error. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export type Invoke = (functionName: string, event: unknown) => Promise<unknown>;

export class LambdaHost {
  readonly url: string;
  /** Can be replaced at any time. */
  invoke: Invoke;
  /** Failures of asynchronous invocations. */
  readonly failures: string[] = [];
  private readonly server: Server;

  private constructor(server: Server, invoke: Invoke) {
    this.server = server;
    this.invoke = invoke;
    this.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  }

  static async start(invoke: Invoke): Promise<LambdaHost> {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const host = new LambdaHost(server, invoke);
    server.on('request', (request, response) => void host.answer(request, response));
    return host;
  }

  close(): Promise<void> {
    return new Promise((resolve) => {
      this.server.close(() => resolve());
      this.server.closeAllConnections();
    });
  }

  private async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const name = decodeURIComponent((request.url ?? '/').slice(1));
    const work = bodyOf(request).then((body) => this.invoke(name, JSON.parse(body)));
    if (request.headers['x-invocation-type'] === 'Event') {
      response.end('null');
      await work.catch((error: Error) => this.failures.push(`${name}: ${error.name}: ${error.message}`));
      return;
    }
    try {
      response.end(JSON.stringify((await work) ?? null));
    } catch (thrown) {
      const { name: errorType, message: errorMessage } = thrown as Error;
      response.setHeader('X-Function-Error', 'Unhandled');
      response.end(JSON.stringify({ errorType, errorMessage, trace: [] }));
    }
  }
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('utf8') || '{}';
}
