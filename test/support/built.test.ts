/** A bundle that is older than its source proves nothing about the source. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { BUNDLED_FROM, digestOf, staleness } from '../../bin/bundled-from';

const BUNDLE = 'dist/program.js';
let root: string;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'bundled-from-'));
  for (const folder of ['dist', 'lib']) mkdirSync(join(root, folder));
  writeFileSync(join(root, 'lib/one.ts'), 'one');
  writeFileSync(join(root, 'lib/two.ts'), 'two');
  writeFileSync(join(root, BUNDLE), 'bundle');
  writeFileSync(join(root, BUNDLED_FROM), JSON.stringify({ [BUNDLE]: digestOf(root, ['lib/two.ts', 'lib/one.ts']) }));
});
afterEach(() => rmSync(root, { recursive: true }));

test('a bundle of the present sources is accepted, whatever the times of the files', () => {
  writeFileSync(join(root, 'lib/one.ts'), 'one');
  expect(staleness(root, BUNDLE)).toBeNull();
});

test('refuses a bundle whose source was changed since, and names the source', () => {
  writeFileSync(join(root, 'lib/two.ts'), 'changed');
  expect(staleness(root, BUNDLE)).toBe('dist/program.js is older than lib/two.ts: run npm run build');
});

test('refuses a bundle whose source was deleted since', () => {
  rmSync(join(root, 'lib/one.ts'));
  expect(staleness(root, BUNDLE)).toBe('dist/program.js is older than lib/one.ts: run npm run build');
});

test.each([BUNDLE, BUNDLED_FROM])('refuses to test without %s', (missing) => {
  rmSync(join(root, missing));
  expect(staleness(root, BUNDLE)).toBe('dist/program.js is not built: run npm run build');
});
