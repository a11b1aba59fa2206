/** Findings that stay, each with its reason. An entry whose finding no longer occurs fails `npm run test:templates`. */
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
      'Encrypted with encryptionKey where one is given. Without one there is only the AWS-managed key, and with that CloudWatch alarms cannot publish to the topic.',
  },
  {
    rule: 'CKV_AWS_27',
    on: /^AWS::SQS::Queue\.(MonitorFailures|MonitorFleetDeadLetters|CutoverEndDeadLetters)/,
    reason:
      'Encrypted with encryptionKey where one is given, and with keys of SQS otherwise, which this rule does not know.',
  },
  {
    rule: 'CKV_AWS_108',
    on: /^AWS::IAM::Policy\.CutoverRoleDefaultPolicy/,
    reason: 'Only in the example of a cutover: its role reads the one parameter that says which database is in use.',
  },
  {
    rule: 'CKV_AWS_111',
    on: /^AWS::IAM::Policy\.MonitorCheckRoleDefaultPolicy/,
    reason:
      'Only in a VPC: Lambda makes the network interfaces of a function with its role, and EC2 cannot limit these actions to resources.',
  },
  {
    rule: 'CKV_AWS_115',
    on: /^AWS::Lambda::Function\.MonitorCheckFunction/,
    reason:
      "A reserved concurrency takes its share from the account's pool whether it is used or not, and at its limit would throttle a cutover while writes are stopped.",
  },
  {
    rule: 'CKV_AWS_116',
    on: /^AWS::Lambda::Function\.MonitorCheckFunction/,
    reason:
      'Events that it fails on go to an on-failure destination (AWS::Lambda::EventInvokeConfig), which also keeps the error; this rule knows only the older setting.',
  },
  {
    rule: 'CKV_AWS_117',
    on: /^AWS::Lambda::Function\.MonitorCheckFunction/,
    reason: 'In a VPC where `vpc` is given: an OMS that is reached over the internet needs none.',
  },
  {
    rule: 'CKV_AWS_119',
    on: /^AWS::DynamoDB::Table\.MonitorTable/,
    reason: 'Encrypted with encryptionKey where one is given, and with the AWS-managed key of DynamoDB otherwise.',
  },
  {
    rule: 'CKV_AWS_158',
    on: /^AWS::Logs::LogGroup\.(Monitor|Cutover)/,
    reason:
      "CloudWatch Logs encrypts every log group with keys of its own. A key of the user's would have to name the service in its policy, which cannot be changed from here where the key is imported, and then no log group could be created.",
  },
  {
    rule: 'CKV_AWS_173',
    on: /^AWS::Lambda::Function\.MonitorCheckFunction/,
    reason:
      'Encrypted with the AWS-managed key: it holds names and addresses; credentials are read from Secrets Manager.',
  },
];
