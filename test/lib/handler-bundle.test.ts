import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { handlerBundle } from '../../lib/monitor/handler-bundle';
import { InvalidSettings } from '../../lib/validation/problems';
import { messageOf } from './stacks';

const BUNDLE = join(__dirname, '../../dist/lambda/check/index.js');

test('the bundle is there after npm run build', () => {
  expect(handlerBundle()).toMatchObject({ path: join(BUNDLE, '..') });
});

test('refuses to deploy without it, and says what to do', () => {
  expect(() => handlerBundle(['/nowhere', '/else'])).toThrow(InvalidSettings);
  expect(messageOf(() => handlerBundle(['/nowhere', '/else']))).toContain(
    'the handler is not bundled yet: run npm run build (looked for index.js in /nowhere and /else)',
  );
});

test('the bundle holds all it needs: it loads where there is no node_modules', () => {
  const script = `const { handler } = require(${JSON.stringify(BUNDLE)}); console.log(typeof handler, Object.keys(require.cache).length);`;
  const { stdout, stderr } = spawnSync(process.execPath, ['-e', script], { cwd: '/', encoding: 'utf8', env: {} });
  expect({ stdout, stderr }).toEqual({ stdout: 'function 1\n', stderr: '' });
});
