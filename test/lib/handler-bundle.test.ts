import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { handlerBundle } from '../../lib/monitor/handler-bundle';
import { InvalidSettings } from '../../lib/validation/problems';
import { messageOf } from './stacks';

const BUNDLE = join(__dirname, '../../dist/lambda/check/index.js');

test('npm run build creates the bundle', () => {
  expect(handlerBundle()).toMatchObject({ path: join(BUNDLE, '..') });
});

test('refuses to synthesize without the bundle, and says how to build it', () => {
  expect(() => handlerBundle(['/nowhere', '/else'])).toThrow(InvalidSettings);
  expect(messageOf(() => handlerBundle(['/nowhere', '/else']))).toContain(
    'the handler is not bundled: run npm run build (index.js not found in /nowhere or /else)',
  );
});

test('the bundle is self-contained: it loads without node_modules', () => {
  const script = `const { handler } = require(${JSON.stringify(BUNDLE)}); console.log(typeof handler, Object.keys(require.cache).length);`;
  const { stdout, stderr } = spawnSync(process.execPath, ['-e', script], { cwd: '/', encoding: 'utf8', env: {} });
  expect({ stdout, stderr }).toEqual({ stdout: 'function 1\n', stderr: '' });
});

test('the bundle does not load the fetch of Node, which is a good part of a cold start', () => {
  const script = `require(${JSON.stringify(BUNDLE)}); console.log(process.moduleLoadList.filter((name) => name.includes('undici')).join());`;
  const { stdout } = spawnSync(process.execPath, ['-e', script], { cwd: '/', encoding: 'utf8', env: {} });
  expect(stdout).toBe('\n');
});
