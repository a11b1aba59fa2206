import fc from 'fast-check';
import { widthOf } from '../../../lambda/contract/values/text';
import { CHANGE_KINDS, type Change, type ChangeFacts } from '../../../lambda/core/model/change';
import { notificationOf } from '../../../lambda/core/notifications/notification';
import { detected, example, FACTS, FAILED_IN_A_WAIT as FAILED } from '../../support/values/changes';
import { HOUR, MINUTE } from '../../support/values/observations';

const DEPLOYMENT = {
  dashboardUrl: 'https://console.aws.amazon.com/cloudwatch/home?region=eu-central-1#dashboards/dashboard/M',
};
const bodyOf = (facts: Partial<ChangeFacts>, deployment = {}) =>
  notificationOf({ ...FAILED, ...facts }, deployment).body;

test('an e-mail says what happened, what to do, since when, what OMS says and advises, and has the links', () => {
  expect(bodyOf({}, DEPLOYMENT)).toBe(`p_x FAILED (was RUNNING 3 h 12 min)

What to do: open the failed step in the OMS console, fix the cause,
  and resume the project. OMS can resume it for about 12 h.

Observed: 2026-11-23 03:12:00 UTC
Previous status: RUNNING since 2026-11-23 00:00:00 UTC (3 h 12 min)
Importance: HIGH
Step: FULL_MIGRATION
Structure: 100 %. Full copy: 63 %.

OMS says: target is full
OMS advises: free some disk

Step Functions execution:
https://console.aws.amazon.com/states/home?region=eu-central-1#/v2/executions/details/arn:aws:states:eu-central-1:111122223333:execution:Wait:run-1
Dashboard:
https://console.aws.amazon.com/cloudwatch/home?region=eu-central-1#dashboards/dashboard/M

To receive fewer e-mails, set a filter policy on your subscription in
Amazon SNS, such as {"importance":["HIGH",{"exists":false}]}. It drops
MEDIUM and below: all changes of projects with that importance in OMS,
failures included, and the routine ends of a cutover.
Change c1-1, sequence 7.`);
});

test('an e-mail about a copy has the estimated completion', () => {
  expect(bodyOf({ status: 'RUNNING', eta: FAILED.at + 108 * MINUTE })).toContain(
    '\nEstimated completion: 2026-11-23 05:00:00 UTC (in 1 h 48 min)\n',
  );
});

test('an e-mail about synchronisation has the lag, and no percentages of the copy that is over', () => {
  const { body } = notificationOf({
    ...example('unreachable'),
    step: 'INCR_SYNC',
    status: 'RUNNING',
    lagSeconds: 48,
  });
  expect(body).toContain('\nSince: 2026-11-23 00:00:00 UTC (3 h 12 min)\n');
  expect(body).toContain('step: INCR_SYNC\nLag: 48 s\n');
  expect(body).not.toContain('Full copy');
});

test('an e-mail in Chinese has no line wider than a telephone, and one stop after each sentence', () => {
  const words = '全量迁移失败：目标租户的数据盘空间不足，请扩容后在控制台恢复该项目。'.repeat(14);
  const failed = bodyOf({ said: { message: words, reason: '磁盘已满！', proposal: words, advice: words } });
  const notice = {
    headline: '割接失败',
    advice: words,
    body: `Outcome    FAILED: ${words}`,
    importance: 'HIGH',
  } as const;
  const cutover = notificationOf({ ...FACTS, kind: 'cutover', params: notice }).body;
  const muted = {
    ...FACTS,
    kind: 'status',
    params: { from: '运'.repeat(64), to: '行'.repeat(64), since: null },
  } as const;
  const summary = notificationOf({ ...FACTS, kind: 'summary', params: { changes: [muted], omitted: 0 } }).body;
  for (const body of [failed, cutover, summary]) {
    const lines = body.split('\n').filter((line) => !line.startsWith('https://'));
    expect(Math.max(...lines.map(widthOf))).toBeLessThanOrEqual(78);
  }
  for (const body of [failed, cutover]) expect(body).not.toMatch(/[。！：，]\s*[;:.]/);
  expect(failed.replace(/\n {2}/g, '')).toContain('该项目。 磁盘已满！\nOMS advises');
});

test('an e-mail has a lag in hours where it is hours, and tells it from its threshold', () => {
  const lagging = (lagSeconds: number) => {
    const params = { lagSeconds, thresholdSeconds: 900, importance: 'LOW' } as const;
    const { body } = notificationOf({
      ...FACTS,
      lagSeconds,
      step: 'INCR_SYNC',
      status: 'RUNNING',
      kind: 'lagging',
      params,
    });
    return body;
  };
  expect(lagging(4198)).toContain('\nDetail: lag 1 h 9 min; the threshold for importance LOW is 15 min\n');
  expect(lagging(4198)).toContain('\nLag: 1 h 9 min\n');
  expect(lagging(905).replace(/\n {2}/g, ' ')).toContain(
    'lag 15 min (905 s); the threshold for importance LOW is 15 min (900 s)',
  );
});

test.each(['gone-from-oms', 'unreachable', 'credentials-rejected'] as const)(
  'an e-mail about %s gives status and step as the last known ones',
  (kind) => {
    const { body } = notificationOf({ ...example(kind), status: 'RUNNING' });
    expect(body).toContain('\nLast known status: RUNNING\nLast known step: FULL_MIGRATION\n');
  },
);

test('an e-mail without a wait or a dashboard has no empty headings', () => {
  expect(notificationOf({ ...FACTS, ...detected().stalled }).body).not.toMatch(/Step Functions|Dashboard|https/);
});

test('an e-mail from a cutover has its receipt in it, line for line', () => {
  const params = { ...detected().cutover.params, body: 'Receipt\n  00:00:01  one\n\n  00:00:02  two' };
  expect(notificationOf({ ...FACTS, kind: 'cutover', params }).body).toContain(
    '\n\nReceipt\n  00:00:01  one\n\n  00:00:02  two\n\n',
  );
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
])('a wait in another partition links to its own console: %s', (execution, page) => {
  expect(bodyOf({ execution })).toContain(page);
});

test.each([
  'not an arn',
  'arn:aws:states:eu-central-1:1:execution:a:b',
  'arn:aws-iso:states:us-iso-east-1:111122223333:execution:a:b',
])('survives an execution without a known console: %s', (execution) =>
  expect(bodyOf({ execution })).not.toContain('Step Functions'),
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
const changes: fc.Arbitrary<Change> = fc
  .record({
    kind: fc.constantFrom(...CHANGE_KINDS),
    words,
    // As project-id.ts lets them in: without blanks and control characters.
    project: words.map((text) => text.replace(/[\p{C}\s]/gu, '') || 'p_x'),
    status: fc.option(words),
    step: fc.option(words),
    said: fc.record({ message: words, reason: words, proposal: words, failedStep: words, failedStepMessage: words }),
  })
  .map(({ kind, words: text, ...facts }) => ({ ...FACTS, ...facts, ...detected(text)[kind] }));

describe('whatever OMS says', () => {
  test('nothing of it reaches the header but printable ASCII on one line', () => {
    fc.assert(
      fc.property(changes, (change) => {
        expect(notificationOf(change).subject).toMatch(/^\[oms-cutover\] [\x20-\x7e]{1,85}$/);
      }),
    );
  });

  test('the body is of bounded length, without control characters, and none of its lines passes for one of ours', () => {
    fc.assert(
      fc.property(changes, (change) => {
        const { body } = notificationOf(change);
        expect(body.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u);
        expect(body.length).toBeLessThan(8_000);
        expect(body.split('\n').filter((line) => line.startsWith('What to do: '))).toHaveLength(1);
      }),
    );
  });

  test('attributes are short, on one line and never empty', () => {
    fc.assert(
      fc.property(changes, (change) => {
        for (const value of Object.values(notificationOf(change).attributes)) {
          expect(value).toMatch(/^[^\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]{1,128}$/u);
        }
      }),
    );
  });
});

test.each(CHANGE_KINDS)('an e-mail about %s has no line too long for a telephone but addresses', (kind) => {
  const change = { ...example(kind, 'a sentence that says more. '.repeat(12)), eta: FACTS.at + HOUR, lagSeconds: 5 };
  const { body } = notificationOf(change, DEPLOYMENT);
  for (const line of body.split('\n').filter((each) => !each.startsWith('https://')))
    expect(line.length).toBeLessThanOrEqual(kind === 'summary' ? 78 : 72);
});
