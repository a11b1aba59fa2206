import { CheckFailed } from '../../../lambda/core/model/errors';
import { Intrinsics } from '../../../local/cloudformation/intrinsics';

const intrinsics = new Intrinsics(
  {
    Resources: {
      Topic: { Type: 'AWS::SNS::Topic' },
      Machine: { Type: 'AWS::StepFunctions::StateMachine' },
      Table: { Type: 'AWS::DynamoDB::Table' },
      Function: {
        Type: 'AWS::Lambda::Function',
        Properties: { FunctionName: { 'Fn::Join': ['-', ['check', { Ref: 'AWS::Region' }]] } },
      },
      Queue: { Type: 'AWS::SQS::Queue' },
      Alarm: { Type: 'AWS::CloudWatch::Alarm' },
    },
  },
  'Stack',
);

test.each<[unknown, unknown]>([
  // An ARN for topics and state machines, a URL for queues, a name for the rest.
  [{ Ref: 'Topic' }, 'arn:aws:sns:us-east-1:000000000000:Stack-Topic'],
  [{ Ref: 'Machine' }, 'arn:aws:states:us-east-1:000000000000:stateMachine:Stack-Machine'],
  [{ Ref: 'Queue' }, 'https://sqs.us-east-1.amazonaws.com/000000000000/Stack-Queue'],
  [{ Ref: 'Table' }, 'Stack-Table'],
  [{ Ref: 'Function' }, 'check-us-east-1'],
  [{ 'Fn::GetAtt': ['Function', 'Arn'] }, 'arn:aws:lambda:us-east-1:000000000000:function:check-us-east-1'],
  [{ 'Fn::GetAtt': ['Queue', 'Arn'] }, 'arn:aws:sqs:us-east-1:000000000000:Stack-Queue'],
  [{ Ref: 'AWS::AccountId' }, '000000000000'],
  [{ 'Fn::Join': [':', ['a', { Ref: 'Table' }]] }, 'a:Stack-Table'],
  [
    { a: [1, null, true], b: [{ Ref: 'Table' }] },
    { a: [1, null, true], b: ['Stack-Table'] },
  ],
  [
    { Ref: 'Table', and: 'more' },
    { Ref: 'Table', and: 'more' },
  ],
])('%j is %j', (value, expected) => {
  expect(intrinsics.resolve(value, 'here')).toEqual(expected);
});

test.each<[unknown, string]>([
  [{ 'Fn::ImportValue': 'x' }, 'here uses Fn::ImportValue; only Ref, Fn::GetAtt and Fn::Join are supported here'],
  [{ 'Fn::Sub': 'x' }, 'here uses Fn::Sub; only Ref, Fn::GetAtt and Fn::Join are supported here'],
  [{ Ref: 'Nothing' }, 'here refers to Nothing, which is not in the template'],
  [{ Ref: 'AWS::NoValue' }, 'here refers to AWS::NoValue, which is not in the template'],
  [{ Ref: 'Alarm' }, 'here refers to Alarm; references to AWS::CloudWatch::Alarm are not supported here'],
  [
    { 'Fn::GetAtt': ['Table', 'StreamArn'] },
    'here reads StreamArn of Table; that attribute of AWS::DynamoDB::Table is not supported here',
  ],
  [{ 'Fn::GetAtt': 'Table.Arn' }, 'here has an Fn::GetAtt without its two arguments'],
  [{ 'Fn::Join': ['', 'text'] }, 'here has an Fn::Join without a separator and a list'],
  [{ 'Fn::Join': [','] }, 'here has an Fn::Join without a separator and a list'],
])('refuses %j', (value, message) => {
  expect(() => intrinsics.resolve(value, 'here')).toThrow(CheckFailed);
  expect(() => intrinsics.resolve(value, 'here')).toThrow(message);
});
