/** Requirements for every example, including new ones. */
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

  test('it has an app, a cdk.json and a README with the deployment', () => {
    expect(JSON.parse(text('cdk.json'))).toEqual({ app: 'npx tsx app.ts' });
    expect(text('README.md')).toContain('npx cdk deploy');
  });

  test('it imports the package by name', () => {
    expect(text('app.ts')).toContain("from 'oms-cutover'");
    expect(text('app.ts')).not.toMatch(/from '\.\.\//);
  });

  test('it has a test that synthesizes and runs it', () => {
    expect(existsSync(join(__dirname, `${name}.test.ts`))).toBe(true);
  });
});
