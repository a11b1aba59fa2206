/** ministack runs Lambda functions as Node processes. */
import { type Engine, type EngineOptions, startProcess } from './engine';

export function startMinistack(options: EngineOptions): Promise<Engine> {
  return startProcess(
    'ministack',
    (port) => ({
      args: ['-m', 'ministack'],
      env: {
        GATEWAY_PORT: String(port),
        BIND_HOST: '127.0.0.1',
        LAMBDA_EXECUTOR: 'local',
        SFN_WAIT_SCALE: String(options.waitScale),
        TMPDIR: options.folder,
        S3_DATA_DIR: options.folder,
        STATE_DIR: options.folder,
        LOG_LEVEL: 'WARNING',
      },
    }),
    options,
    '000000000000',
  );
}
