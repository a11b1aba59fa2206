// biome-ignore-all lint/suspicious/noTemplateCurlyInString: CloudFormation's and Step Functions' own placeholders.
import { CheckFailed } from '../../../lambda/core/model/errors';
import { Intrinsics } from '../../../local/cloudformation/intrinsics';

const intrinsics = new Intrinsics(
  {
    Parameters: { Given: { Default: 'a,b' }, Asked: {} },
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
  // An ARN for topics and state machines, an address for queues, a name for the rest.
  [{ Ref: 'Topic' }, 'arn:aws:sns:us-east-1:000000000000:Stack-Topic'],
  [{ Ref: 'Machine' }, 'arn:aws:states:us-east-1:000000000000:stateMachine:Stack-Machine'],
  [{ Ref: 'Queue' }, 'https://sqs.us-east-1.amazonaws.com/000000000000/Stack-Queue'],
  [{ Ref: 'Table' }, 'Stack-Table'],
  [{ Ref: 'Function' }, 'check-us-east-1'],
  [{ 'Fn::GetAtt': ['Function', 'Arn'] }, 'arn:aws:lambda:us-east-1:000000000000:function:check-us-east-1'],
  [{ 'Fn::GetAtt': 'Queue.Arn' }, 'arn:aws:sqs:us-east-1:000000000000:Stack-Queue'],
  [{ 'Fn::GetAtt': ['Machine', 'Name'] }, 'Stack-Machine'],
  [{ Ref: 'Given' }, 'a,b'],
  [{ Ref: 'AWS::AccountId' }, '000000000000'],
  [{ Ref: 'AWS::URLSuffix' }, 'amazonaws.com'],
  [{ 'Fn::Join': [':', ['a', { Ref: 'Table' }]] }, 'a:Stack-Table'],
  [{ 'Fn::Sub': '${AWS::Partition}/${Table}/${Machine.Name}/${!Literal}' }, 'aws/Stack-Table/Stack-Machine/${Literal}'],
  [{ 'Fn::Sub': ['${mine}-${Table}', { mine: { Ref: 'AWS::Region' } }] }, 'us-east-1-Stack-Table'],
  [{ 'Fn::Select': [1, { 'Fn::Split': [',', { Ref: 'Given' }] }] }, 'b'],
  [{ a: [1, null, true, { Ref: 'AWS::NoValue' }], b: { Ref: 'AWS::NoValue' } }, { a: [1, null, true] }],
  [
    { Ref: 'Table', and: 'more' },
    { Ref: 'Table', and: 'more' },
  ],
])('%j is %j', (value, expected) => {
  expect(intrinsics.resolve(value, 'here')).toEqual(expected);
});

test.each<[unknown, string]>([
  [{ 'Fn::ImportValue': 'x' }, 'here uses Fn::ImportValue, which is not known here'],
  [{ 'Fn::If': ['A', 1, 2] }, 'here uses Fn::If, which is not known here'],
  [{ Ref: 'Nothing' }, 'here refers to Nothing, which the template does not have'],
  [{ Ref: 'Alarm' }, 'here refers to Alarm, and what a AWS::CloudWatch::Alarm is called is not known here'],
  [
    { 'Fn::GetAtt': ['Table', 'StreamArn'] },
    'here asks for StreamArn of Table, and that attribute of a AWS::DynamoDB::Table is not known here',
  ],
  [{ Ref: 'Asked' }, 'here needs the parameter Asked, which has no default'],
  [{ 'Fn::Select': [2, ['a', 'b']] }, 'here selects item 2 of a list that has none'],
  [{ 'Fn::Join': ['', 'text'] }, 'here needs a list, got "text"'],
  [{ 'Fn::Join': [','] }, 'here has an intrinsic without its two arguments'],
])('refuses %j', (value, message) => {
  expect(() => intrinsics.resolve(value, 'here')).toThrow(CheckFailed);
  expect(() => intrinsics.resolve(value, 'here')).toThrow(message);
});
