/** An engine: an emulator of AWS, started as a process. */
import { type ChildProcess, spawn } from 'node:child_process';
import { createWriteStream } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { pythonTools } from '../../support/python-tools';
import { AwsApi } from './aws-api';

export interface Engine {
  readonly name: string;
  readonly api: AwsApi;
  readonly accountId: string;
  stop(): Promise<void>;
}

export interface EngineOptions {
  /** Lambda invocations are sent to `<lambdaUrl>/<function>`. */
  readonly lambdaUrl: string;
  /** Factor on the duration of Wait states and retry intervals. */
  readonly waitScale: number;
  /** For files of the engine. */
  readonly folder: string;
}

export const python = (): string => join(pythonTools(join(__dirname, '../requirements.txt')), 'python');

export async function startProcess(
  name: string,
  args: (port: number) => { readonly args: readonly string[]; readonly env: Readonly<Record<string, string>> },
  options: EngineOptions,
  accountId: string,
): Promise<Engine> {
  const port = await freePort();
  const { args: words, env } = args(port);
  const child = spawn(python(), words, {
    cwd: options.folder,
    env: { PATH: process.env.PATH ?? '', HOME: options.folder, ...FAKE_KEYS, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  // Also if this process exits early.
  process.once('exit', () => child.kill('SIGKILL'));
  const log = createWriteStream(join(options.folder, `${name}.log`));
  child.stdout?.pipe(log);
  child.stderr?.pipe(log);
  const endpoint = `http://127.0.0.1:${port}`;
  await ready(child, endpoint, `${name} (log: ${options.folder}/${name}.log)`);
  return { name, api: new AwsApi(endpoint), accountId, stop: () => stop(child) };
}

const FAKE_KEYS = {
  AWS_ACCESS_KEY_ID: 'test',
  AWS_SECRET_ACCESS_KEY: 'test',
  AWS_DEFAULT_REGION: 'us-east-1',
  AWS_EC2_METADATA_DISABLED: 'true',
  PYTHONDONTWRITEBYTECODE: '1',
};

export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => resolve(port));
    });
  });
}

const STARTS_WITHIN_MS = 120_000;

async function ready(child: ChildProcess, endpoint: string, what: string): Promise<void> {
  for (const endsAt = Date.now() + STARTS_WITHIN_MS; Date.now() < endsAt; ) {
    if (child.exitCode !== null) throw new Error(`${what} ended with ${child.exitCode}`);
    const answers = await fetch(`${endpoint}/`).then(
      () => true,
      () => false,
    );
    if (answers) return;
    await pause(200);
  }
  await stop(child);
  throw new Error(`${what} did not start`);
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  child.kill('SIGTERM');
  const killer = setTimeout(() => child.kill('SIGKILL'), 5_000);
  await ended;
  clearTimeout(killer);
}
