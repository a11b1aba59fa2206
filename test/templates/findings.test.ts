import { CFN_LINT, CHECKOV } from './accepted';
import { type Accepted, type Finding, judge } from './findings';

const finding = (rule: string, on: string): Finding => ({
  rule,
  isError: false,
  on,
  template: 'a.template.json',
  message: '',
});
const QUEUES: Accepted = { rule: 'CKV_1', on: /^AWS::SQS::Queue\.Failures/, reason: 'SQS encrypts by itself' };

test('a finding is accepted if both its rule and its resource are', () => {
  const [known, otherQueue, otherRule] = [
    finding('CKV_1', 'AWS::SQS::Queue.Failures'),
    finding('CKV_1', 'AWS::SQS::Queue.Another'),
    finding('CKV_2', 'AWS::SQS::Queue.Failures'),
  ];
  expect(judge([known, known, otherQueue, otherRule], [QUEUES])).toEqual({
    open: [otherQueue, otherRule],
    accepted: { CKV_1: 2 },
    unused: [],
  });
});

test('an accepted finding that no longer occurs is reported', () => {
  expect(judge([], [QUEUES])).toEqual({ open: [], accepted: {}, unused: [QUEUES] });
});

test('every accepted rule has a reason', () => {
  for (const { reason } of [...CFN_LINT, ...CHECKOV]) expect(reason.length).toBeGreaterThan(60);
});
