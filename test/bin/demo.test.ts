/** `demo --json`: the whole synthesized stack, played in seconds. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { cleanUp, type Ended, type Line, newFolder, run, start } from '../support/command-line';
import { expectPage, readPage } from '../support/page';
import { sideBySide } from './support/side-by-side';

const changes = (lines: readonly Line[]) =>
  lines
    .filter(({ type }) => type === 'notification')
    .map(({ attributes }) => {
      const { change, from, to } = attributes as Record<string, string>;
      return [change, from, to].join(' ');
    });

/** What any demo's lines have in common. */
function expectWhole({ lines, stderr }: Ended): void {
  expect(stderr).toBe('');
  expect(lines.map(({ type }) => type).slice(-2)).toEqual(['summary', 'result']);
  const before = lines.slice(0, -2);
  expect(new Set(before.map(({ type }) => type))).toEqual(new Set(['check', 'notification']));
  const notified = before.filter(({ type }) => type === 'notification');
  expect(notified.map(({ sequence }) => sequence)).toEqual(notified.map((_, i) => i + 1));
  for (const line of notified) {
    expect(line).toEqual({
      type: 'notification',
      subject: expect.stringMatching(/^\[oms-cutover\] p_demo [\x20-\x7e]{1,80}$/),
      body: expect.stringContaining('What to do: '),
      changeId: expect.any(String),
      sequence: expect.any(Number),
      attributes: expect.objectContaining({ project: 'p_demo', change: 'status' }),
    });
  }
  const checks = before.length - notified.length;
  expect(lines.at(-2)).toEqual({
    type: 'summary',
    checks,
    transitions: expect.any(Number),
    emails: notified.length,
    invocations: expect.any(Number),
    largestHistory: expect.any(Number),
    simulatedSeconds: expect.any(Number),
    realSeconds: expect.any(Number),
  });
  expect(lines.at(-1)).toMatchObject({ type: 'result', checks });
}

const PAGE = 'docs/e-mails.md';

/** Against the section of the page that shows the e-mails of `scenario`. */
function expectShown(scenario: string, lines: readonly Line[]): void {
  const [, after = ''] = readPage(PAGE).split(`\n\`npm start -- demo --scenario ${scenario}\`\n`);
  const shown = Array.from(
    (after.split('\n## ')[0] ?? '').matchAll(/^```text\n([\s\S]*?)\n```$/gm),
    ([, text = '']) => text,
  );
  const sent = lines
    .filter(({ type }) => type === 'notification')
    .map(({ subject, body }) => `Subject: ${subject}\n\n${body}`);
  const withoutIds = (texts: readonly string[]) => texts.map((text) => text.replace(/^Change \w+-/m, 'Change -'));
  expectPage(PAGE, { says: withoutIds(shown), does: withoutIds(sent) });
}

/** As long as a demo needs to show each thing once. */
const SHORT = JSON.stringify({
  title: 'Short',
  description: 'Twenty minutes.',
  timeline: [
    { at: '0s', status: 'RUNNING', step: 'FULL_MIGRATION', struct: 100, full: 0 },
    { at: '20m', status: 'FINISHED', full: 100 },
  ],
});

const hours = (n: number) => n * 3600;

sideBySide({
  'a full copy goes from INIT to FINISHED, observing each step, and sends the e-mails that the page shows':
    async () => {
      const ended = await run(['demo', '--json']);
      expectWhole(ended);
      expect(ended.status).toBe(0);
      expect(changes(ended.lines)).toEqual(['status INIT RUNNING', 'status RUNNING FINISHED']);
      expectShown('full-copy', ended.lines);
      expect(ended.lines.at(-1)).toMatchObject({ verdict: 'MET', reason: { code: 'Finished' } });
      const steps = new Set(ended.lines.filter(({ type }) => type === 'check').map(({ step }) => step));
      expect([...steps]).toEqual([null, 'PRE_CHECK', 'STRUCT_MIGRATION', 'FULL_MIGRATION']);
      const { simulatedSeconds } = ended.lines.at(-2) as Line;
      expect(simulatedSeconds).toBeGreaterThanOrEqual(hours(6));
      expect(simulatedSeconds).toBeLessThan(hours(6.1));
    },

  'a failure is reported with the error of OMS, and ends FAILED': async () => {
    const ended = await run(['demo', '--json', '--scenario', 'failure']);
    expectWhole(ended);
    expect(ended.status).toBe(1);
    expect(changes(ended.lines)).toEqual(['status INIT RUNNING', 'status RUNNING FAILED']);
    const failed = ended.lines.filter(({ type }) => type === 'notification').at(-1);
    expect(failed?.body).toMatch(/OMS says: [\s\S]*no disk space left/);
    expect(ended.lines.at(-1)).toMatchObject({ verdict: 'FAILED', reason: { code: 'MigrationFailed' } });
  },

  'a failure and its recovery send the e-mails that the page shows': async () => {
    const ended = await run(['demo', '--json', '--scenario', 'recovery']);
    expectWhole(ended);
    expect(ended.status).toBe(0);
    expectShown('recovery', ended.lines);
  },

  'a suspension and its resumption are reported, and it ends MET': async () => {
    const ended = await run(['demo', '--json', '--scenario', 'suspension']);
    expectWhole(ended);
    expect(ended.status).toBe(0);
    expect(changes(ended.lines)).toEqual([
      'status INIT RUNNING',
      'status RUNNING SUSPEND',
      'status SUSPEND RUNNING',
      'status RUNNING FINISHED',
    ]);
  },

  'an interruption ends it without a summary and without a result': async () => {
    const demo = start(['demo', '--json']);
    await demo.line(({ type }) => type === 'notification');
    demo.send('SIGINT');
    const ended = await demo.ended;
    expect(ended).toMatchObject({ status: 130, stderr: '' });
    expect(new Set(ended.lines.map(({ type }) => type))).toEqual(new Set(['check', 'notification']));
  },

  'prints for a terminal without --json, and is the default command': async () => {
    const cwd = newFolder();
    writeFileSync(join(cwd, 'short.json'), SHORT);
    const ended = await run(['--scenario', 'short.json'], { env: {}, cwd });
    expect(ended).toMatchObject({ status: 0, stderr: '' });
    for (const shown of [/█+░+ +\d+ %/, /FULL_MIGRATION/, /about .* left/, /✉ {2}\[oms-cutover\] p_demo FINISHED/])
      expect(ended.stdout).toMatch(shown);
    expect(ended.stdout).toMatch(
      /\nMET Finished: .*\n\d+ checks, \d+ state transitions, 1 e-mail; 20 min of migration in [\d.]+ s\n$/,
    );
    // No colours where it is no terminal.
    expect(ended.stdout).not.toContain('\u001b');
  },

  'its scenarios can be listed': async () => {
    const { status, lines } = await run(['demo', '--list', '--json'], { env: {} });
    expect(status).toBe(0);
    for (const line of lines) expect(Object.keys(line)).toEqual(['type', 'name', 'title', 'description']);
    expect(lines.map(({ name }) => name)).toEqual(expect.arrayContaining(['full-copy', 'failure', 'suspension']));
  },
});
afterAll(cleanUp);
