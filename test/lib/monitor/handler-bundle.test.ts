import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { handlerBundle } from '../../../lib/monitor/handler-bundle';
import { InvalidSettings } from '../../../lib/validation/problems';
import { messageOf } from '../stacks';

const BUNDLES = join(__dirname, '../../../dist/lambda');

test.each(['check', 'cutover', 'watchdog'] as const)('npm run build creates the bundle of the %s function', (name) => {
  expect(handlerBundle(name)).toMatchObject({ path: join(BUNDLES, name) });
});

test('refuses to synthesize without the bundle, and says how to build it', () => {
  expect(() => handlerBundle('check', ['/nowhere', '/else'])).toThrow(InvalidSettings);
  expect(messageOf(() => handlerBundle('check', ['/nowhere', '/else']))).toContain(
    'the handler is not bundled: run npm run build (index.js not found in /nowhere/check or /else/check)',
  );
});

test.each(['check', 'cutover', 'watchdog'])(
  'the bundle of the %s function is self-contained: it loads without node_modules',
  (name) => {
    const script = `const { handler } = require(${JSON.stringify(join(BUNDLES, name, 'index.js'))}); console.log(typeof handler, Object.keys(require.cache).length);`;
    const { stdout, stderr } = spawnSync(process.execPath, ['-e', script], { cwd: '/', encoding: 'utf8', env: {} });
    expect({ stdout, stderr }).toEqual({ stdout: 'function 1\n', stderr: '' });
  },
);

test('the bundle of the cutover function holds nothing that speaks to OMS', () => {
  const text = readFileSync(join(BUNDLES, 'cutover/index.js'), 'utf8');
  expect(/undici|secretsmanager|DescribeProjectProgress/i.exec(text)?.[0]).toBeUndefined();
});

test.each(['check', 'cutover'])(
  'the bundle of the %s function does not load the fetch of Node, which is a good part of a cold start',
  (name) => {
    const script = `require(${JSON.stringify(join(BUNDLES, name, 'index.js'))}); console.log(process.moduleLoadList.filter((name) => name.includes('undici')).join());`;
    const { stdout } = spawnSync(process.execPath, ['-e', script], { cwd: '/', encoding: 'utf8', env: {} });
    expect(stdout).toBe('\n');
  },
);
