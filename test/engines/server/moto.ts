/** moto has the Step Functions interpreter of LocalStack's community edition. */
import { join } from 'node:path';
import { type Engine, type EngineOptions, startProcess } from './engine';

export function startMoto(options: EngineOptions): Promise<Engine> {
  return startProcess(
    'moto',
    (port) => ({
      args: [join(__dirname, 'moto_server.py')],
      env: {
        MOTO_PORT: String(port),
        LAMBDA_URL: options.lambdaUrl,
        WAIT_SCALE: String(options.waitScale),
      },
    }),
    options,
    '123456789012',
  );
}
