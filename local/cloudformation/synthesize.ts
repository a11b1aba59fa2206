/** Synthesizes the stack in a process of its own: what runs on a laptop then is what deploys. */
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CheckFailed, Interrupted } from '../../lambda/core/model/errors';
import { type Env, withoutAws } from './sandbox';

/** The apps of bin/ that the package carries. */
export type SynthesizedApp = 'packaged-app' | 'cutover-demo';

export interface SynthesizeOptions {
  /** Settings of the app, as `-c name=value` gives them. */
  readonly context: Readonly<Record<string, unknown>>;
  /** Default `packaged-app`: the stack that deploys. */
  readonly app?: SynthesizedApp;
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
        // Whether CloudFormation would take the template is for who deploys it, and costs more than all of the synth.
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
/** Of the checkout, or of the package that this file was bundled into. */
const ROOT = join(__dirname, IS_SOURCE ? '../..' : '..');

/** The app as this file itself is: source where it runs from source, built where it was built. */
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
