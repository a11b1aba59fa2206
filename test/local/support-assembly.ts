// biome-ignore-all lint/suspicious/noTemplateCurlyInString: CloudFormation's and Step Functions' own placeholders.
/** A small cloud assembly with every kind of resource that runs locally and every supported way to refer to another. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Template } from '../../local/cloudformation/assembly';

export const STACK = 'Small';

const att = (id: string, attribute = 'Arn') => ({ 'Fn::GetAtt': [id, attribute] });
const join_ = (...parts: unknown[]) => ({ 'Fn::Join': ['', parts] });

/** A leg that loops, and a wait around it that fails by the code of the verdict. */
const LEG = join_(
  '{"StartAt":"Check","States":{"Check":{"Type":"Task","Resource":"arn:',
  { Ref: 'AWS::Partition' },
  ':states:::lambda:invoke","Parameters":{"FunctionName":"',
  att('Check'),
  '","Payload":{"wait.$":"$.wait"}},"OutputPath":"$.Payload","Retry":[{"ErrorEquals":["Throttled"],"IntervalSeconds":30}],"Next":"Go on?"},',
  '"Go on?":{"Type":"Choice","Choices":[{"Variable":"$.next","StringEquals":"WAIT","Next":"Wait"}],"Default":"Done"},',
  '"Wait":{"Type":"Wait","SecondsPath":"$.result.waitSeconds","Next":"Check"},"Done":{"Type":"Succeed"}}}',
);
const WAIT = join_(
  '{"StartAt":"Leg","States":{"Leg":{"Type":"Task","Resource":"arn:aws:states:::states:startExecution.sync:2","Parameters":{"StateMachineArn":"',
  { Ref: 'Leg' },
  '","Input":{"wait.$":"$"}},"OutputPath":"$.Output.result","Next":"Verdict"},"Verdict":{"Type":"Choice","Choices":[{"Variable":"$.verdict","StringEquals":"MET","Next":"Met"}],"Default":"Not met"},',
  '"Met":{"Type":"Succeed"},"Not met":{"Type":"Fail","ErrorPath":"$.reason.code","CausePath":"$.reason.message"}}}',
);

export const SMALL: Template = {
  Resources: {
    Table: {
      Type: 'AWS::DynamoDB::Table',
      Properties: {
        KeySchema: [
          { AttributeName: 'pk', KeyType: 'HASH' },
          { AttributeName: 'sk', KeyType: 'RANGE' },
        ],
        AttributeDefinitions: [
          { AttributeName: 'pk', AttributeType: 'S' },
          { AttributeName: 'sk', AttributeType: 'S' },
        ],
        BillingMode: 'PAY_PER_REQUEST',
        TimeToLiveSpecification: { AttributeName: 'expiresAt', Enabled: true },
        // Not read, so it need not be supported.
        SSESpecification: { KMSMasterKeyId: { 'Fn::ImportValue': 'theirs' } },
      },
    },
    Topic: { Type: 'AWS::SNS::Topic', Properties: { TopicName: 'Changes' } },
    Mail: {
      Type: 'AWS::SNS::Subscription',
      Properties: { Protocol: 'email', Endpoint: 'dba@example.com', TopicArn: { Ref: 'Topic' } },
    },
    Check: {
      Type: 'AWS::Lambda::Function',
      Properties: {
        Code: { S3Bucket: { 'Fn::Sub': 'assets-${AWS::AccountId}-${AWS::Region}' }, S3Key: 'c0de.zip' },
        Handler: 'index.handler',
        Timeout: 60,
        Role: att('Role'),
        Environment: {
          Variables: {
            TABLE_NAME: { Ref: 'Table' },
            TOPIC_ARN: { Ref: 'Topic' },
            OMS_ENDPOINT: 'http://10.0.0.5:8089',
            OMS_SECRET_ID: join_(
              'arn:',
              { Ref: 'AWS::Partition' },
              ':secretsmanager:us-east-1:000000000000:secret:oms',
            ),
          },
        },
      },
    },
    Role: { Type: 'AWS::IAM::Role' },
    Leg: { Type: 'AWS::StepFunctions::StateMachine', Properties: { DefinitionString: LEG } },
    Wait: { Type: 'AWS::StepFunctions::StateMachine', Properties: { DefinitionString: WAIT } },
    Schedule: {
      Type: 'AWS::Scheduler::Schedule',
      Properties: {
        ScheduleExpression: 'rate(5 minutes)',
        Target: { Arn: att('Check'), Input: '{"projects":["p_a","p_b"]}' },
      },
    },
  },
  Outputs: { WaitMachineArn: { Value: { Ref: 'Wait' } }, TableName: { Value: { Ref: 'Table' } } },
};

/** Writes the assembly into a folder; `change` may edit the template first. */
export function writeAssembly(directory: string, change: (template: Template) => unknown = (same) => same): string {
  mkdirSync(directory, { recursive: true });
  writeFileSync(join(directory, `${STACK}.template.json`), JSON.stringify(change(structuredClone(SMALL))));
  const files = { c0de: { source: { path: join(__dirname, 'fixtures/bundle'), packaging: 'zip' } } };
  writeFileSync(join(directory, `${STACK}.assets.json`), JSON.stringify({ files }));
  return directory;
}
