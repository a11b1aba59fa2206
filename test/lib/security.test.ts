/** SECURITY.md, compared with the template. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Template } from 'aws-cdk-lib/assertions';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as events from 'aws-cdk-lib/aws-events';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as kms from 'aws-cdk-lib/aws-kms';
import * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import { CutoverPipeline } from '../../lib';
import { monitorWith, newMonitor, newStack } from './stacks';

const page = readFileSync(join(__dirname, '../../SECURITY.md'), 'utf8');
const { template } = monitorWith((stack) => ({
  vpc: new ec2.Vpc(stack, 'Vpc') as ec2.IVpc,
  eventBus: new events.EventBus(stack, 'Bus') as events.IEventBus,
  encryptionKey: new kms.Key(stack, 'Key'),
}));

/** With a pipeline and an approver of it. */
function withPipeline(): Template {
  const stack = newStack();
  const step = (name: string) => new sfn.Pass(stack, name);
  const pipeline = new CutoverPipeline(stack, 'Cutover', {
    monitor: newMonitor(stack, {
      vpc: new ec2.Vpc(stack, 'Vpc') as ec2.IVpc,
      eventBus: new events.EventBus(stack, 'Bus') as events.IEventBus,
      encryptionKey: new kms.Key(stack, 'Key'),
    }),
    stopWrites: step('stop'),
    switchTraffic: step('switch'),
    resumeWrites: step('resume'),
  });
  pipeline.grantApprove(new iam.Role(stack, 'Approver', { assumedBy: new iam.AccountRootPrincipal() }));
  return Template.fromStack(stack);
}

test('the page lists exactly the actions that the roles allow', () => {
  const allowed = Object.values(withPipeline().findResources('AWS::IAM::Policy')).flatMap(({ Properties }) =>
    (Properties.PolicyDocument.Statement as { Action: string | string[] }[]).flatMap(({ Action }) => Action),
  );
  const named = [...page.matchAll(/`((?:[a-z0-9-]+):[A-Z]\w+\*?)`/g)]
    .map(([, action]) => action)
    .filter((action) => action !== 'aws:SourceAccount');
  expect([...new Set(named)].sort()).toEqual([...new Set(allowed)].sort());
});

test('the monitor has no public endpoint', () => {
  for (const type of ['AWS::Lambda::Url', 'AWS::ApiGateway::RestApi', 'AWS::ApiGatewayV2::Api', 'AWS::S3::Bucket'])
    template.resourceCountIs(type, 0);
});

test('no resource policy allows public access: every Allow statement names a service', () => {
  for (const type of ['AWS::SNS::TopicPolicy', 'AWS::SQS::QueuePolicy']) {
    for (const { Properties } of Object.values(template.findResources(type))) {
      for (const statement of Properties.PolicyDocument.Statement as { Effect: string; Principal: unknown }[])
        if (statement.Effect === 'Allow') expect(statement.Principal).toEqual({ Service: 'cloudwatch.amazonaws.com' });
    }
  }
});
