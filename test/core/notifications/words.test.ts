/** Headline, detail and advice of every kind, as an operator reads them. */
import { CHANGE_KINDS, type Change, type RollbackPathLoss } from '../../../lambda/core/model/change';
import { describeChange } from '../../../lambda/core/notifications/words';
import { example, FACTS, FAILED } from '../../support/values/changes';
import { HOUR, T0 } from '../../support/values/observations';

const NO_ACTION = 'no action needed; monitoring continues.';
/** What the reader of the first line learns. */
const headlineOf = (change: Change) => describeChange(change).headline;

test.each([
  ['reachable', 'OMS is reachable again'],
  ['credentials-rejected', 'OMS rejects the credentials'],
  ['credentials-accepted', 'OMS accepts the credentials again'],
  ['gone-from-oms', 'NO LONGER EXISTS in OMS'],
  ['found-again', 'found in OMS again'],
  ['stalled', 'STALLED while RUNNING'],
  ['progressing', 'progressing again'],
  ['lagging', 'LAGGING by 48 s'],
  ['caught-up', 'caught up, lag 12 s'],
  ['may-never-finish', 'may never reach FINISHED'],
  ['goal-met', 'is SWITCHED'],
  ['rollback-path-lost', 'ROLLBACK PATH LOST: the source no longer follows the target'],
  ['rollback-path-restored', 'rollback path restored'],
  ['test', 'test notification'],
] as const)('%s: %s', (kind, headline) => expect(headlineOf(example(kind))).toBe(headline));

test.each(CHANGE_KINDS)('the advice on %s is one or more sentences, and never empty', (kind) => {
  expect(describeChange(example(kind)).advice).toMatch(/^[a-z].{15,}\.$/);
});

test.each([
  ['FAILED', 'open the failed step in the OMS console, fix the cause, and resume the project.'],
  ['SUSPEND', 'resume the project in the OMS console within about 12 h; after that OMS cannot.'],
  ['FINISHED', 'verify the target'],
  ['RELEASED', 'if the project was not meant to be released or deleted, contact the OMS administrator now'],
  ['SHINY', 'oms-cutover does not recognize this status'],
  ['RUNNING', NO_ACTION],
  ['INIT', NO_ACTION],
])('advises on status %s: %s', (to, advice) => {
  expect(describeChange({ ...FAILED, params: { ...FAILED.params, to } }).advice).toContain(advice);
  expect(describeChange({ ...FACTS, status: to, kind: 'first-seen', params: { since: T0 } }).advice).toContain(advice);
});

test.each([
  ['OmsUnreachable', 'OMS unreachable for 3 h 12 min', 'check that the OMS console answers'],
  ['OmsBadReply', 'OMS gives no valid answer for 3 h 12 min', 'check that the configured address is that of OMS'],
  ['OmsRefused', 'OMS refuses the request for 3 h 12 min', 'check the same project in the OMS console'],
  ['OmsProjectNotFound', 'project not found in OMS for 3 h 12 min', 'compare the project id'],
] as const)('names each way in which OMS gives no valid answer: %s', (outcome, headline, advice) => {
  const change: Change = { ...FACTS, kind: 'unreachable', params: { outcome, problem: 'a problem', since: T0 } };
  expect(describeChange(change)).toEqual({
    headline,
    detail: ['a problem'],
    advice: expect.stringMatching(`^${advice}.*A wait fails at the end of its outage grace period\\.$`),
  });
});

test.each([
  [6 * 3600, 'FAILED for 3 h 12 min, resume within 6 h', 'resume the project in the OMS console'],
  [-60, 'FAILED for 3 h 12 min, OMS may no longer be able to resume it', 'try to resume the project'],
])('counts down with %i seconds left', (leftSeconds, headline, advice) => {
  const words = describeChange({ ...FACTS, kind: 'expiring', params: { since: T0, leftSeconds } });
  expect(words.headline).toBe(headline);
  expect(words.advice).toContain(advice);
});

test.each<[RollbackPathLoss, string]>([
  [{ cause: 'gone-from-oms' }, 'the project no longer exists in OMS'],
  [{ cause: 'ended' }, 'the project is FAILED: reverse synchronization has ended for good'],
  [{ cause: 'stopped' }, 'the project is FAILED: reverse synchronization is stopped; resumed within 12 h it can'],
  [{ cause: 'other-step' }, 'the step is FULL_MIGRATION, and no longer a reverse one'],
  [{ cause: 'checkpoint-still', stillSeconds: 1200 }, 'the reverse checkpoint has not advanced for 20 min'],
])('says why the rollback path is lost: %j', (params, why) => {
  const { detail } = describeChange({ ...FACTS, kind: 'rollback-path-lost', params });
  expect(detail.join()).toMatch(new RegExp(`^${why}.*Writes to the target do not reach the source\\.$`));
});

test('does not advise to restore a rollback path that cannot be restored', () => {
  const adviceFor = (params: RollbackPathLoss) =>
    describeChange({ ...FACTS, kind: 'rollback-path-lost', params }).advice;
  expect(adviceFor({ cause: 'stopped' })).toContain('resume the project');
  for (const cause of ['ended', 'gone-from-oms'] as const) {
    expect(adviceFor({ cause })).toContain('cannot be restored');
    expect(adviceFor({ cause })).not.toContain('resume');
  }
});

test('asks nobody to continue where an execution that waited continues by itself', () => {
  const met = example('goal-met');
  expect(describeChange(met).advice).toBe('continue with the cutover.');
  expect(describeChange({ ...met, execution: 'arn:…:run-1' }).advice).toMatch(/^no action needed if a pipeline waits/);
});

test('gives a long lag in hours, in the headline and in the detail', () => {
  const lag = { lagSeconds: 8261, thresholdSeconds: 30, importance: 'HIGH' } as const;
  expect(describeChange({ ...FACTS, kind: 'lagging', params: lag })).toMatchObject({
    headline: 'LAGGING by 2 h 17 min',
    detail: ['lag 2 h 17 min; the threshold for importance HIGH is 30 s'],
  });
});

test('says of a lag how it compares with its threshold', () => {
  expect(describeChange(example('lagging')).detail).toEqual(['lag 48 s; the threshold for importance HIGH is 30 s']);
});

test('says when a project that no longer exists in OMS was last seen there', () => {
  expect(describeChange(example('gone-from-oms', 'no such project')).detail).toEqual([
    'last seen 2026-11-23 03:00:00 UTC; no such project',
  ]);
});

test('asks for new credentials where they are kept: in the secret of a stack, or on the machine of a run without one', () => {
  const change = example('credentials-rejected');
  expect(describeChange(change).advice).toMatch(/in the secret; it is read again/);
  expect(describeChange(change, 'file').advice).toMatch(
    /--credentials-file.*OMS_USERNAME and OMS_PASSWORD.*start again\.$/,
  );
  expect(describeChange(change, 'file').advice).not.toMatch(/secret/);
});

test('a summary has a line for each change, the number of those left out, and the advice on the last', () => {
  const recovered: Change = {
    ...FACTS,
    at: T0 + 4 * HOUR,
    sequence: 8,
    status: 'RUNNING',
    kind: 'status',
    params: { from: 'FAILED', to: 'RUNNING', since: FACTS.at },
  };
  const params = { changes: [FAILED, recovered], omitted: 3 };
  expect(describeChange({ ...FACTS, status: 'RUNNING', kind: 'summary', params })).toEqual({
    headline: '5 changes while muted, now RUNNING',
    detail: [
      '3 earlier changes: see oms-cutover history',
      '7: 2026-11-23 03:12:00 UTC: FAILED (was RUNNING 3 h 12 min)',
      '8: 2026-11-23 04:00:00 UTC: RUNNING (was FAILED 48 min)',
    ],
    advice: `for the last change in the list: ${NO_ACTION}`,
  });
});
