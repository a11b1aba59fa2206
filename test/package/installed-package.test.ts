/** Somebody else's CDK app, with nothing in it but the package and what it says it needs. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { builtinModules } from 'node:module';
import { dirname, join } from 'node:path';
import { readStack } from '../../local/cloudformation/template';
import { InstalledPackage } from './installed-package';

const ROOT = join(__dirname, '../..');
const EXAMPLES = join(ROOT, 'examples');

let installed: InstalledPackage;
beforeAll(() => {
  installed = new InstalledPackage();
});
afterAll(() => installed.remove());

describe('what is in it', () => {
  test('what runs, its types, its pages, and nothing of the source', () => {
    const kinds = new Set(
      installed.files.map((file) =>
        file
          .replace(/^docs\/[\w.-]+\.(md|json)$/, 'docs/*')
          .replace(/^examples\/[\w-]+\/(README\.md|app\.ts|cdk\.json)$/, 'examples/*')
          .replace(/^dist\/lib\/(?:[\w-]+\/)?[\w-]+(\.d\.ts|\.js)$/, 'dist/lib/*$1')
          .replace(/^dist\/lambda\/contract\/(?:\w+\/)?[\w-]+(\.d\.ts|\.js)$/, 'dist/lambda/contract/*$1')
          .replace(/^dist\/lambda\/(?:check|cutover|watchdog)\/[\w-]+\.js$/, 'dist/lambda/*/*.js')
          .replace(/^dist\/[\w-]+\.js$/, 'dist/*.js'),
      ),
    );
    expect([...kinds].sort()).toEqual([
      'CHANGELOG.md',
      'CONTRIBUTING.md',
      'LICENSE',
      'README.md',
      'SECURITY.md',
      'dist/*.js',
      'dist/lambda/*/*.js',
      'dist/lambda/contract/*.d.ts',
      'dist/lambda/contract/*.js',
      'dist/lib/*.d.ts',
      'dist/lib/*.js',
      'docs/*',
      'examples/*',
      'package.json',
    ]);
  });

  test('every link of its pages leads to a file that came along', () => {
    const links = installed.files
      .filter((file) => file.endsWith('.md'))
      .flatMap((page) =>
        [...installed.read(page).matchAll(/\]\(([^)#\s]+)(?:#[^)]*)?\)/g)].map(([, to = '']) => ({ page, to })),
      )
      .filter(({ to }) => !/^[a-z]+:/.test(to));
    const dead = links.filter(({ page, to }) => !existsSync(join(installed.folder, dirname(page), to)));
    expect(links.length).toBeGreaterThan(20);
    expect(dead).toEqual([]);
  });

  test('one entry point, for every way to look for it', () => {
    const { main, types, exports, bin } = installed.manifest;
    expect({ main, types, exports, bin }).toEqual({
      main: 'dist/lib/index.js',
      types: 'dist/lib/index.d.ts',
      exports: {
        '.': { types: './dist/lib/index.d.ts', default: './dist/lib/index.js' },
        './package.json': './package.json',
      },
      bin: { 'oms-cutover': 'dist/oms-cutover.js' },
    });
    expect(installed.files).toEqual(expect.arrayContaining([main, types, ...Object.values(bin)]));
  });

  test('what it loads is what it says it needs, no more and no less', () => {
    const { dependencies, peerDependencies } = installed.manifest;
    const loaded = installed.files
      .filter((file) => /^dist\/(lib\/)?[\w-]+\.js$/.test(file))
      .flatMap((file) => [...installed.read(file).matchAll(/\b(?:require|import)\("([^".][^"]*)"\)/g)])
      .map(([, name = '']) => name)
      .filter((name) => !name.startsWith('node:') && !builtinModules.includes(name))
      // A part of the AWS SDK for which it asks at run time, and without which it does.
      .filter((name) => name !== '@aws-sdk/signature-v4-crt')
      .map((name) => (/^(@[^/]+\/)?[^/]+/.exec(name) ?? [''])[0]);
    expect([...new Set(loaded)].sort()).toEqual(Object.keys({ ...dependencies, ...peerDependencies }).sort());
  });

  test("the CDK is the app's own: a peer, of the version that is tested here", () => {
    const { peerDependencies, devDependencies } = installed.manifest;
    expect(Object.keys(peerDependencies)).toEqual(['aws-cdk-lib', 'constructs']);
    for (const [name, range] of Object.entries(peerDependencies))
      expect(devDependencies[name]?.replace('~', '^')).toBe(range);
  });
});

describe('in an app', () => {
  const APP = `
    const { App, Stack } = require('aws-cdk-lib');
    const { Secret } = require('aws-cdk-lib/aws-secretsmanager');
    const { DefinitionBody, StateMachine } = require('aws-cdk-lib/aws-stepfunctions');
    const { Goal, MigrationMonitor, WaitForMigration } = require('oms-cutover');
    const stack = new Stack(new App(), 'Theirs');
    const credentials = Secret.fromSecretNameV2(stack, 'Secret', 'oms-cutover/oms');
    const monitor = new MigrationMonitor(stack, 'Monitor', { omsEndpoint: 'http://10.0.0.5:8089', projects: ['p_a'], credentials });
    const wait = new WaitForMigration(stack, 'Wait', { monitor, projectId: 'p_a', until: Goal.synced() });
    new StateMachine(stack, 'Pipeline', { definitionBody: DefinitionBody.fromChainable(wait) });
  `;

  test('it is required and synthesized, with the handler that comes along', () => {
    installed.write('app.js', APP);
    installed.node(['app.js'], { CDK_OUTDIR: join(installed.app, 'cdk.out') });
    const { functions, machines } = readStack(join(installed.app, 'cdk.out'));
    expect(machines).toHaveLength(3);
    expect(functions).toHaveLength(1);
    expect(readFileSync(join(functions[0]?.codeDirectory ?? '', 'index.js'), 'utf8')).toBe(
      installed.read('dist/lambda/check/index.js'),
    );
  });

  test('it is imported by name into an ES module, and nothing else of it can be', () => {
    installed.write(
      'app.mjs',
      `import { Goal, MigrationMonitor, WaitForMigration } from 'oms-cutover';
       const inner = await import('oms-cutover/dist/lib/leg.js').catch((error) => error.code);
       console.log(JSON.stringify([typeof MigrationMonitor, typeof WaitForMigration, Goal.finished().input, inner]));`,
    );
    expect(JSON.parse(installed.node(['app.mjs']))).toEqual([
      'function',
      'function',
      { type: 'FINISHED' },
      'ERR_PACKAGE_PATH_NOT_EXPORTED',
    ]);
  });

  test('its types hold in the examples, as CommonJS and as ES modules, and refuse a prop that is wrong', () => {
    const names = readdirSync(EXAMPLES);
    for (const kind of ['commonjs', 'module']) {
      installed.write(`${kind}/package.json`, JSON.stringify({ type: kind }));
      for (const name of names)
        installed.write(`${kind}/${name}.ts`, readFileSync(join(EXAMPLES, name, 'app.ts'), 'utf8'));
      installed.write(
        `${kind}/wrong.ts`,
        `import { Goal } from 'oms-cutover';
         // @ts-expect-error
         export const wrong = Goal.synced({ maxLag: true });`,
      );
    }
    const compilerOptions = {
      strict: true,
      noEmit: true,
      // Ours are checked too.
      skipLibCheck: false,
      target: 'es2022',
      module: 'nodenext',
      types: ['node'],
      typeRoots: [join(ROOT, 'node_modules/@types')],
    };
    installed.write('tsconfig.json', JSON.stringify({ compilerOptions, include: ['commonjs', 'module'] }));
    expect(installed.node([join(ROOT, 'node_modules/typescript/bin/tsc'), '-p', '.'])).toBe('');
  });
});

describe('its command line', () => {
  test('it says what it can do', () => {
    expect(installed.commandLine('--help')).toMatchObject({
      status: 0,
      stdout: expect.stringMatching(/^oms-cutover </),
    });
  });

  test('the demo synthesizes the stack and plays it, without source, bundler or cdk-nag', () => {
    const { status, stdout, stderr } = installed.commandLine('demo', '--scenario', 'failure', '--json');
    expect({ status, stderr }).toEqual({ status: 1, stderr: '' });
    expect(JSON.parse(stdout.trim().split('\n').at(-1) ?? '')).toMatchObject({
      type: 'result',
      verdict: 'FAILED',
      reason: { code: 'MigrationFailed' },
    });
  });
});
