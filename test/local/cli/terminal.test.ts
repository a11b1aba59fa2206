import { Terminal } from '../../../local/cli/terminal';
import { Harness } from '../../support/harness';
import { MINUTE, ok, T0 } from '../../support/looks';

test('says a new day once: a look’s line has the time alone', async () => {
  const day = 24 * 60 * MINUTE;
  const run = new Harness([ok(T0), ok(T0 + MINUTE), ok(T0 + day), ok(T0 + day + MINUTE)]);
  const lines: string[] = [];
  const terminal = new Terminal((text) => lines.push(text), false);
  for (let i = 0; i < 4; i += 1) terminal.check(await run.check());
  const date = new Date(T0 + day).toISOString().slice(0, 10);
  expect(lines.filter((line) => line.startsWith('──'))).toEqual([`── ${date} ──\n`]);
  expect(lines.findIndex((line) => line.startsWith('──'))).toBe(2);
});
