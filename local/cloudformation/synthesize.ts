/** Synthesizes the stack in a child process, so that what runs locally is what deploys. */
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CheckFailed, Interrupted } from '../../lambda/core/model/errors';
import { type Env, withoutAws } from './sandbox';

/** The apps of bin/ in the package. */
export type SynthesizedApp = 'packaged-app' | 'cutover-demo';

export interface SynthesizeOptions {
  /** Settings of the app, as given with `-c name=value`. */
  readonly context: Readonly<Record<string, unknown>>;
  /** Default `packaged-app`, the stack that deploys. */
  readonly app?: SynthesizedApp;
  /** Default: a new temporary folder. */
  readonly outdir?: string;
  readonly signal?: AbortSignal;
  readonly env?: Env;
}

export interface Synthesized {
  /** The cloud assembly. */
  readonly directory: string;
  /** Deletes a temporary folder. */
  remove(): void;
}

/** @throws CheckFailed with the app's error output. */
export async function synthesize({
  context,
  app = 'packaged-app',
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
      {
        ...withoutAws(env),
        CDK_OUTDIR: directory,
        CDK_CONTEXT_JSON: JSON.stringify(context),
        // Template validation takes longer than the rest of the synth, and deployment does it.
        CDK_VALIDATION: 'false',
      },
      signal,
    );
  } catch (error) {
    remove();
    throw error;
  }
  return { directory, remove };
}

const IS_SOURCE = __filename.endsWith('.ts');
/** The root of the checkout or of the package. */
const ROOT = join(__dirname, IS_SOURCE ? '../..' : '..');

/** The app's source where this file runs from source, else its bundle. */
function appCommand(app: SynthesizedApp): readonly string[] {
  if (IS_SOURCE) return ['--import', 'tsx', join(ROOT, `bin/${app}.ts`)];
  return [join(__dirname, `${app}.js`)];
}

function run(args: readonly string[], env: Env, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, args, {
      cwd: ROOT,
      env: env as NodeJS.ProcessEnv,
      stdio: ['ignore', 'ignore', 'pipe'],
      ...(signal ? { signal } : {}),
    });
    const chunks: Buffer[] = [];
    child.stderr.on('data', (chunk: Buffer) => chunks.push(chunk));
    child.once('error', (error) =>
      reject(signal?.aborted ? new Interrupted() : new CheckFailed('the synth cannot be started', error)),
    );
    child.once('close', (code) => {
      if (code === 0) return resolve();
      const output = Buffer.concat(chunks).toString('utf8').trim();
      reject(new CheckFailed(`the stack cannot be synthesized (exit status ${code}): ${output || 'no error output'}`));
    });
  });
}
