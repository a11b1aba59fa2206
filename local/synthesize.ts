/** Synthesizes the stack in a process of its own: what runs on a laptop then is what deploys. */
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { CheckFailed, Interrupted } from '../lambda/core/errors';
import { type Env, withoutAws } from './sandbox';

export interface SynthesizeOptions {
  /** Settings of the app, as `-c name=value` gives them. */
  readonly context: Readonly<Record<string, unknown>>;
  /** Which app of bin/. Default `app`, the one that deploys. */
  readonly app?: 'app' | 'cutover-demo';
  /** Where to write; absent: a new temporary folder. */
  readonly outdir?: string;
  readonly signal?: AbortSignal;
  readonly env?: Env;
}

export interface Synthesized {
  /** The cloud assembly. */
  readonly directory: string;
  /** Deletes it, where it is a temporary one. */
  remove(): void;
}

/** Throws CheckFailed with the app's own words where it cannot be synthesized. */
export async function synthesize({
  context,
  app = 'app',
  outdir,
  signal,
  env = process.env,
}: SynthesizeOptions): Promise<Synthesized> {
  const directory = outdir ?? mkdtempSync(join(tmpdir(), 'oms-cutover-'));
  const remove = () => {
    if (outdir === undefined) rmSync(directory, { recursive: true, force: true });
  };
  try {
    await run(
      appCommand(app),
      { ...withoutAws(env), CDK_OUTDIR: directory, CDK_CONTEXT_JSON: JSON.stringify(context) },
      signal,
    );
  } catch (error) {
    remove();
    throw error;
  }
  return { directory, remove };
}

interface Command {
  readonly args: readonly string[];
  readonly cwd: string;
}

/** The app beside this file: the source in a checkout, its build in a published package (where there is neither tsx nor the source). */
function appCommand(app: string, from: string = __dirname): Command {
  for (let folder = from; folder !== dirname(folder); folder = dirname(folder)) {
    if (!existsSync(join(folder, 'package.json'))) continue;
    const [source, built] = [join(folder, `bin/${app}.ts`), join(folder, `dist/${app}.js`)];
    if (existsSync(source) && canRunTypeScript(folder)) return { args: ['--import', 'tsx', source], cwd: folder };
    if (existsSync(built)) return { args: [built], cwd: folder };
    throw new CheckFailed(
      `the stack cannot be synthesized: neither ${source} (with tsx installed) nor ${built} is there`,
    );
  }
  throw new CheckFailed(`the stack cannot be synthesized: no package around ${from}`);
}

function canRunTypeScript(folder: string): boolean {
  try {
    require.resolve('tsx', { paths: [folder] });
    return true;
  } catch {
    return false;
  }
}

function run({ args, cwd }: Command, env: Env, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, args, {
      cwd,
      env: env as NodeJS.ProcessEnv,
      stdio: ['ignore', 'ignore', 'pipe'],
      ...(signal ? { signal } : {}),
    });
    const words: Buffer[] = [];
    child.stderr.on('data', (chunk: Buffer) => words.push(chunk));
    child.once('error', (error) =>
      reject(signal?.aborted ? new Interrupted() : new CheckFailed('the synth could not be started', error)),
    );
    child.once('close', (code) => {
      if (code === 0) return resolve();
      const said = Buffer.concat(words).toString('utf8').trim();
      reject(
        new CheckFailed(`the stack cannot be synthesized (exit status ${code}): ${said || 'the app said nothing'}`),
      );
    });
  });
}
