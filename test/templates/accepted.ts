/** Accepted findings, each with its reason. An entry whose finding no longer occurs fails `npm run test:templates`. */
import type { Accepted } from './findings';

export const CFN_LINT: readonly Accepted[] = [
  {
    rule: 'W3005',
    on: /\/DependsOn\/\d+$/,
    reason:
      "The CDK makes a function, a state machine and a schedule depend on their role's policy, so that they have their permissions from the start, and names the role too, which a reference already enforces.",
  },
  {
    rule: 'I1022',
    on: /\/Fn::Join\/0$/,
    reason: 'The CDK writes every concatenation as Fn::Join. Fn::Sub would say the same.',
  },
];

export const CHECKOV: readonly Accepted[] = [
  {
    rule: 'CKV_AWS_26',
    on: /^AWS::SNS::Topic\.(MonitorTopic|Team)/,
    reason:
      'Encrypted with encryptionKey if given. CloudWatch alarms cannot publish to a topic with the AWS-managed key.',
  },
  {
    rule: 'CKV_AWS_27',
    on: /^AWS::SQS::Queue\.(MonitorFailures|MonitorFleetDeadLetters|CutoverEndDeadLetters)/,
    reason: 'Encrypted with encryptionKey if given, and with keys of SQS otherwise, which this rule does not detect.',
  },
  {
    rule: 'CKV_AWS_108',
    on: /^AWS::IAM::Policy\.CutoverStepsMachineRoleDefaultPolicy/,
    reason: 'Only in the cutover example: the role of its steps reads the parameter with the database endpoint.',
  },
  {
    rule: 'CKV_AWS_111',
    on: /^AWS::IAM::Policy\.MonitorCheckRoleDefaultPolicy/,
    reason:
      'Only in a VPC: Lambda manages the network interfaces with the role of the function, and these EC2 actions do not support resource-level permissions.',
  },
  {
    rule: 'CKV_AWS_115',
    on: /^AWS::Lambda::Function\.(MonitorCheckFunction|CutoverRecordFunction|CutoverWatchdogFunction)/,
    reason:
      "Reserved concurrency is taken from the account's pool even if unused, and its limit could throttle a cutover while writes are stopped. A prop of the pipeline reserves it for the cutover function. A watchdog that is throttled raises its own alarm.",
  },
  {
    rule: 'CKV_AWS_116',
    on: /^AWS::Lambda::Function\.MonitorCheckFunction/,
    reason:
      'Failed events go to an on-failure destination (AWS::Lambda::EventInvokeConfig), which also has the error; this rule detects only the older setting.',
  },
  {
    rule: 'CKV_AWS_116',
    on: /^AWS::Lambda::Function\.CutoverRecordFunction/,
    reason: 'Invoked only by state machines and API Gateway, which wait for its answer: there is no event to keep.',
  },
  {
    rule: 'CKV_AWS_116',
    on: /^AWS::Lambda::Function\.CutoverWatchdogFunction/,
    reason: 'A round that failed is obsolete after a minute, when the next one is due.',
  },
  {
    rule: 'CKV_AWS_117',
    on: /^AWS::Lambda::Function\.(MonitorCheckFunction|CutoverRecordFunction|CutoverWatchdogFunction)/,
    reason:
      'In a VPC if `vpc` is given: an OMS on the internet needs none. The cutover function and the watchdog call AWS only.',
  },
  {
    rule: 'CKV_AWS_119',
    on: /^AWS::DynamoDB::Table\.MonitorTable/,
    reason: 'Encrypted with encryptionKey if given, and with the AWS-managed key of DynamoDB otherwise.',
  },
  {
    rule: 'CKV_AWS_158',
    on: /^AWS::Logs::LogGroup\.(Monitor|Cutover)/,
    reason:
      'CloudWatch Logs encrypts every log group by default. The policy of a customer-managed key must name the service, and that of an imported key cannot be changed: no log group could be created.',
  },
  {
    rule: 'CKV_AWS_173',
    on: /^AWS::Lambda::Function\.(MonitorCheckFunction|CutoverRecordFunction|CutoverWatchdogFunction)/,
    reason:
      'Encrypted with the AWS-managed key: it holds names and addresses; credentials are read from Secrets Manager.',
  },
];
