/** docs/command-line.md, held to the program: every flag, every exit status, and lines that have the fields of real ones. */
import { cleanUp, run } from '../support/command-line';
import { expectPage, readPage } from '../support/page';

const PATH = 'docs/command-line.md';
const PAGE = readPage(PATH);

afterAll(cleanUp);

/** A section without what follows it. */
function section(title: string): string {
  const from = PAGE.split(`\n## ${title}\n`)[1] ?? '';
  return from.split('\n## ')[0] ?? '';
}

const flagsIn = (text: string) => new Set(Array.from(text.matchAll(/--[a-z-]+/g), ([flag]) => flag));

test.each(['wait', 'check', 'history', 'doctor', 'mute', 'simulate', 'demo'])(
  'the section on %s has every flag that its help has',
  async (command) => {
    const { stdout } = await run([command, '--help'], { env: {} });
    const inHelp = flagsIn(
      stdout
        .split('\n')
        .filter((row) => row.startsWith('  --'))
        .map((row) => row.split('  ')[1])
        .join(),
    );
    const rows = section(command)
      .split('\n')
      .filter((row) => row.startsWith('| `--'));
    expectPage(PATH, { says: flagsIn(rows.map((row) => row.split(' | ')[0]).join()), does: inHelp });
  },
);

test('every exit status has a row', () => {
  const rows = Array.from(section('Exit status').matchAll(/^\| (\d+) \|/gm), ([, status]) => Number(status));
  expectPage(PATH, { says: rows, does: [0, 1, 2, 3, 4, 5, 130] });
});

test('every example is a line of JSON with a type, and every JSON line has its example', () => {
  const examples = Array.from(
    PAGE.matchAll(/^```json\n(.*)\n```$/gm),
    ([, json]) => JSON.parse(json ?? '') as { type: string },
  );
  expect(examples.map(({ type }) => type)).toEqual(['check', 'notification', 'result']);
});
