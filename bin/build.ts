/**
 * Bundles what runs: the handlers (with the AWS SDK inside, so that they load quickly and behave the same everywhere), the command line, and
 * the app that its demo synthesizes.
 * The same sources give the same bytes, hence the same asset hash: an unchanged handler is not deployed again.
 */
import { chmodSync, existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { type BuildOptions, build } from 'esbuild';
import { BUNDLED_FROM, type BundledFrom, digestOf } from './bundled-from';

const root = join(__dirname, '..');

const BUNDLED: BuildOptions = {
  // Unused code can be removed from the SDK's ES module builds only.
  mainFields: ['module', 'main'],
  // Otherwise dynamic imports stay in the bundle and need a loader that some hosts, such as a test runner, do not have.
  supported: { 'dynamic-import': false },
  // Node has the web's own fetch, so ofetch's build for such runtimes does: the one for Node carries a polyfill of 108 KiB.
  conditions: ['module', 'wintercg'],
};

const LAMBDA_CLIENT: BuildOptions = {
  entryPoints: ['lambda/adapters/aws/lambda-client.ts'],
  outfile: 'dist/lambda/check/lambda-client.js',
  minify: true,
  mainFields: ['module', 'main'],
};

const HANDLER: BuildOptions = {
  ...BUNDLED,
  minify: true,
  // A file of its own, below: few invocations need it, and each start would read its 350 KiB.
  external: ['./lambda-client'],
};

const CHECK_HANDLER: BuildOptions = {
  ...HANDLER,
  entryPoints: ['lambda/check-handler.ts'],
  outfile: 'dist/lambda/check/index.js',
};

/** Without OMS in it. */
const CUTOVER_HANDLER: BuildOptions = {
  ...HANDLER,
  entryPoints: ['lambda/cutover-handler.ts'],
  outfile: 'dist/lambda/cutover/index.js',
};

const WATCHDOG_HANDLER: BuildOptions = {
  ...HANDLER,
  entryPoints: ['lambda/watchdog-handler.ts'],
  outfile: 'dist/lambda/watchdog/index.js',
};

/** Alone, so that a shell completion or a script that asks for the version does not load the rest. */
const COMMAND: BuildOptions = {
  ...BUNDLED,
  entryPoints: ['bin/oms-cutover.ts'],
  outfile: 'dist/oms-cutover.js',
  external: ['./command-line.js'],
};

const COMMAND_LINE: BuildOptions = {
  ...BUNDLED,
  minify: true,
  entryPoints: ['bin/command-line.ts'],
  outfile: 'dist/command-line.js',
  // Inside, the AWS SDK loads in a third of the time that its many files take.
  external: ['aws-cdk-lib', 'constructs', 'aws-local-stepfunctions', 'dynalite', 'ofetch'],
};

/** For the demo, which synthesizes the stack without the source. */
const PACKAGED_APP: BuildOptions = {
  entryPoints: ['bin/packaged-app.ts'],
  outfile: 'dist/packaged-app.js',
  packages: 'external',
};

/** The stack of `demo --scenario cutover`. */
const CUTOVER_DEMO: BuildOptions = {
  entryPoints: ['bin/cutover-demo.ts'],
  outfile: 'dist/cutover-demo.js',
  packages: 'external',
};

const ALL = [
  CHECK_HANDLER,
  LAMBDA_CLIENT,
  CUTOVER_HANDLER,
  WATCHDOG_HANDLER,
  COMMAND,
  COMMAND_LINE,
  PACKAGED_APP,
  CUTOVER_DEMO,
];

interface Bundle {
  readonly text: string;
  /** The files of this repository that are in it, by their path from its root. */
  readonly sources: readonly string[];
}

async function bundle(options: BuildOptions): Promise<Bundle> {
  const result = await build({
    ...options,
    absWorkingDir: root,
    bundle: true,
    platform: 'node',
    target: 'node20',
    format: 'cjs',
    legalComments: 'none',
    sourcemap: false,
    logLevel: 'warning',
    write: false,
    metafile: true,
  });
  const [output] = result.outputFiles;
  if (output === undefined) throw new Error(`esbuild gave no output for ${String(options.outfile)}`);
  const sources = Object.keys(result.metafile.inputs).filter((input) => !input.includes('node_modules/'));
  return { text: output.text, sources };
}

/** Renamed into place, so that a file is never read half-written; unchanged files are not touched. */
function put(file: string, text: string, mode: number): void {
  if (!existsSync(file) || readFileSync(file, 'utf8') !== text) {
    mkdirSync(dirname(file), { recursive: true });
    const beside = `${file}.${process.pid}.tmp`;
    writeFileSync(beside, text);
    renameSync(beside, file);
  }
  chmodSync(file, mode);
}

async function main(): Promise<void> {
  const missing = ALL.flatMap((options) => options.entryPoints as string[]).filter(
    (entry) => !existsSync(join(root, entry)),
  );
  if (missing.length > 0) throw new Error(`nothing to bundle at ${missing.join(', ')}`);
  const bundledFrom: Record<string, BundledFrom> = {};
  for (const options of ALL) {
    const file = join(root, String(options.outfile));
    const { text, sources } = await bundle(options);
    bundledFrom[String(options.outfile)] = digestOf(root, sources);
    const shebang = options === COMMAND && !text.startsWith('#!') ? '#!/usr/bin/env node\n' : '';
    put(file, shebang + text, options === COMMAND ? 0o755 : 0o644);
    console.log(`${relative(root, file)}  ${Math.ceil(Buffer.byteLength(text) / 1024)} KiB`);
  }
  put(join(root, BUNDLED_FROM), `${JSON.stringify(bundledFrom)}\n`, 0o644);
}

main().catch((error: Error) => {
  // esbuild has printed its own.
  if (!('errors' in error)) console.error(`build: ${error.message}`);
  process.exitCode = 1;
});
