/** What holds for every example, also for one that is added tomorrow. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { EXAMPLES } from './support-example';

const NAMES = readdirSync(EXAMPLES, { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map(({ name }) => name);

test('there are examples', () => {
  expect(NAMES).toEqual(expect.arrayContaining(['cutover', 'wait-in-pipeline', 'watch-and-mail']));
});

describe.each(NAMES)('examples/%s', (name) => {
  const text = (file: string) => readFileSync(join(EXAMPLES, name, file), 'utf8');

  test('it is an app, its cdk.json and a page that says how to deploy it', () => {
    expect(JSON.parse(text('cdk.json'))).toEqual({ app: 'npx tsx app.ts' });
    expect(text('README.md')).toContain('npx cdk deploy');
  });

  test('it takes the package by its name, as its reader will', () => {
    expect(text('app.ts')).toContain("from 'oms-cutover'");
    expect(text('app.ts')).not.toMatch(/from '\.\.\//);
  });

  test('a test of its own synthesizes and runs it', () => {
    expect(existsSync(join(__dirname, `${name}.test.ts`))).toBe(true);
  });
});
