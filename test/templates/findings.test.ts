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

test('a finding is accepted where both its rule and what it is about are', () => {
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

test('what is accepted and no longer found is named', () => {
  expect(judge([], [QUEUES])).toEqual({ open: [], accepted: {}, unused: [QUEUES] });
});

test('every accepted rule says why', () => {
  for (const { reason } of [...CFN_LINT, ...CHECKOV]) expect(reason.length).toBeGreaterThan(60);
});
