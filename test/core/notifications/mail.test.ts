import fc from 'fast-check';
import { CHANGE_KINDS, type Change } from '../../../lambda/core/model/change';
import { notificationOf } from '../../../lambda/core/notifications/notification';
import { FAILED_IN_A_WAIT as FAILED } from '../../support/changes';
import { HOUR, MINUTE } from '../../support/observations';

const PLACES = {
  dashboardUrl: 'https://console.aws.amazon.com/cloudwatch/home?region=eu-central-1#dashboards/dashboard/M',
};
const bodyOf = (change: Partial<Change>, places = {}) => notificationOf({ ...FAILED, ...change }, places).body;

test('a mail says what happened, since when, what OMS says and advises, what to do, and where to look on', () => {
  expect(bodyOf({}, PLACES)).toBe(`p_x FAILED (was RUNNING 3 h 12 min)

Seen: 2026-11-23 03:12:00 UTC
Before that: RUNNING, since 2026-11-23 00:00:00 UTC (3 h 12 min)
Step: FULL_MIGRATION
Structure: 100 %. Full copy: 63 %.

OMS says: target is full
OMS advises: free some disk

What to do: open the failed step in the OMS console, mend the cause,
  resume. OMS can resume it for about 12 h.

The wait that saw it:
https://console.aws.amazon.com/states/home?region=eu-central-1#/v2/executions/details/arn:aws:states:eu-central-1:111122223333:execution:Wait:run-1
Dashboard:
https://console.aws.amazon.com/cloudwatch/home?region=eu-central-1#dashboards/dashboard/M

To hear less, put a filter policy on your subscription in Amazon SNS,
such as {"importance":["HIGH"]}.
Change c1-1, number 7 of this project.`);
});

test('a mail about a copy says when it should be done', () => {
  expect(bodyOf({ status: 'RUNNING', eta: FAILED.at + 108 * MINUTE })).toContain(
    'Copy done: about 2026-11-23 05:00:00 UTC (in 1 h 48 min), at the\n  measured rate',
  );
});

test('a mail about synchronisation says how far the target is behind, and nothing of percents that are past', () => {
  const body = bodyOf({ kind: 'lagging', step: 'INCR_SYNC', status: 'RUNNING', lagSeconds: 48, detail: 'lag 48 s' });
  expect(body).toContain('\nSince: 2026-11-23 00:00:00 UTC (3 h 12 min)\n');
  expect(body).toContain('\nStatus: RUNNING\nStep: INCR_SYNC\nLag: 48 s\n');
  expect(body).not.toContain('Full copy');
});

test('a mail about a project that has vanished gives its status as a past one, and says where to look for it', () => {
  const body = bodyOf({ kind: 'vanished', status: 'RUNNING', detail: 'OMS knows no such project' });
  expect(body).toContain('\nStatus when OMS last knew it: RUNNING\n');
  expect(body).toContain('\nWhat to do: look for the project in the OMS console.');
});

test('a mail without a wait or a dashboard has no empty headings', () => {
  const { execution: _, ...noWait } = FAILED;
  expect(notificationOf(noWait).body).not.toMatch(/The wait|Dashboard|https/);
});

test('a mail from a cutover has its receipt in it, line for line', () => {
  const notice = { headline: 'cutover needs you', advice: 'look at the receipt.', importance: 'HIGH' as const };
  const body = bodyOf({ kind: 'cutover', notice, detail: 'Receipt\n  00:00:01  one\n\n  00:00:02  two' });
  expect(body).toContain('\n\nReceipt\n  00:00:01  one\n\n  00:00:02  two\n\n');
});

test('what OMS says twice is read once', () => {
  expect(bodyOf({ said: { message: 'target is full', reason: 'target is full' } })).toContain(
    'OMS says: target is full\n',
  );
});

test.each([
  [
    'arn:aws-cn:states:cn-north-1:111122223333:execution:Wait:run-1',
    'https://console.amazonaws.cn/states/home?region=cn-north-1#',
  ],
  [
    'arn:aws-us-gov:states:us-gov-west-1:111122223333:execution:Wait:run-1',
    'https://console.amazonaws-us-gov.com/states/',
  ],
])('a wait in another partition is found in its own console: %s', (execution, page) => {
  expect(bodyOf({ execution })).toContain(page);
});

test.each([
  'not an arn',
  'arn:aws:states:eu-central-1:1:execution:a:b',
  'arn:aws-iso:states:us-iso-east-1:111122223333:execution:a:b',
])('survives what is no execution of a console known here: %s', (execution) =>
  expect(bodyOf({ execution })).not.toContain('The wait'),
);

/** Anything OMS may say, control characters, halves of pairs and line separators included. */
const anything = fc.string({
  unit: fc.integer({ min: 0, max: 0xffff }).map((code) => String.fromCharCode(code)),
  maxLength: 2_000,
});
const lines = fc.string({
  unit: fc.constantFrom('a', ' ', '\n', '\r', '\t', '\u2028', 'What to do: ', 'Subject: '),
  maxLength: 300,
});
const words = fc.oneof(anything, lines);
const changes = fc.record({
  kind: fc.constantFrom(...CHANGE_KINDS),
  // As project-id.ts lets them in: without blanks and control characters.
  project: words.map((text) => text.replace(/[\p{C}\s]/gu, '') || 'p_x'),
  from: words,
  to: words,
  detail: words,
  status: fc.option(words),
  step: fc.option(words),
  said: fc.record({ message: words, reason: words, proposal: words, failedStep: words, failedStepMessage: words }),
});

describe('whatever OMS says', () => {
  test('nothing of it reaches the header but printable ASCII on one line', () => {
    fc.assert(
      fc.property(changes, (change) => {
        expect(notificationOf({ ...FAILED, ...change }).subject).toMatch(/^\[oms-cutover\] [\x20-\x7e]{1,85}$/);
      }),
    );
  });

  test('the body is of bounded length, without control characters, and no line of it passes for one of ours', () => {
    fc.assert(
      fc.property(changes, (change) => {
        const { body } = notificationOf({
          ...FAILED,
          ...change,
          // What these two list is made of our own lines.
          ...(change.kind === 'cutover' || change.kind === 'summary' ? { detail: 'ours' } : {}),
        });
        expect(body.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u);
        expect(body.length).toBeLessThan(8_000);
        expect(body.split('\n').filter((line) => line.startsWith('What to do: '))).toHaveLength(1);
      }),
    );
  });

  test('attributes are short, on one line and never empty', () => {
    fc.assert(
      fc.property(changes, (change) => {
        for (const value of Object.values(notificationOf({ ...FAILED, ...change }).attributes)) {
          expect(value).toMatch(/^[^\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]{1,128}$/u);
        }
      }),
    );
  });
});

test.each(CHANGE_KINDS)('a mail about %s has no line too long for a telephone but addresses', (kind) => {
  const change = {
    ...FAILED,
    kind,
    eta: FAILED.at + HOUR,
    lagSeconds: 5,
    detail: 'a sentence that says more. '.repeat(12),
  };
  const body = notificationOf(change, PLACES).body.replace(kind === 'cutover' ? change.detail : '', '');
  for (const line of body.split('\n').filter((each) => !each.startsWith('https://') && !each.startsWith('a sentence')))
    expect(line.length).toBeLessThanOrEqual(72);
});
