/**
 * The stack of `demo --scenario cutover`: a monitor, a pipeline with an approval, a verification and a switchover by the operator, and a
 * pipeline without a fence for comparison. The user's steps are functions that exist only in the demo.
 */
import { App, CfnOutput, Duration, Stack } from 'aws-cdk-lib';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import * as secretsmanager from 'aws-cdk-lib/aws-secretsmanager';
import * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import * as tasks from 'aws-cdk-lib/aws-stepfunctions-tasks';
import { Construct } from 'constructs';
import cdkJson from '../cdk.json';
import { CutoverPipeline, Goal, MigrationMonitor, WaitForMigration } from '../lib';

const app = new App({ context: cdkJson.context });
const stack = new Stack(app, 'CutoverDemo');
const setting = (name: string): string => String(app.node.getContext(name));

const monitor = new MigrationMonitor(stack, 'Monitor', {
  omsEndpoint: setting('omsEndpoint'),
  projects: [setting('projects')],
  notifyEmails: [setting('notifyEmail')],
  credentials: secretsmanager.Secret.fromSecretNameV2(stack, 'OmsSecret', 'oms-cutover/oms'),
});

/** A user's step: the function `demo-<name>`. */
function step(scope: Construct, name: string): tasks.LambdaInvoke {
  return new tasks.LambdaInvoke(scope, name, {
    lambdaFunction: lambda.Function.fromFunctionName(scope, `${name}Function`, `demo-${name}`),
    payloadResponseOnly: true,
  });
}

const steps = new Construct(stack, 'Steps');
const pipeline = new CutoverPipeline(stack, 'Cutover', {
  monitor,
  stopWrites: step(steps, 'stopWrites'),
  resumeWrites: step(steps, 'resumeWrites'),
  verify: step(steps, 'verify'),
  switchTraffic: step(steps, 'switchTraffic'),
  switchover: 'operator',
  approval: { timeout: Duration.hours(1) },
});

const hasty = new Construct(stack, 'Hasty');
const wait = new WaitForMigration(hasty, 'Small lag', {
  monitor,
  projectId: '$.projectId',
  until: Goal.synced(),
  resultPath: sfn.JsonPath.DISCARD,
});
const withoutFence = new sfn.StateMachine(stack, 'WithoutFence', {
  comment: 'A common runbook: wait for a small lag, stop writes, switch. It loses writes.',
  definitionBody: sfn.DefinitionBody.fromChainable(
    wait.next(step(hasty, 'stopWrites')).next(step(hasty, 'switchTraffic')),
  ),
});

new CfnOutput(stack, 'CutoverMachineArn', { value: pipeline.stateMachine.stateMachineArn });
new CfnOutput(stack, 'WithoutFenceMachineArn', { value: withoutFence.stateMachineArn });
new CfnOutput(stack, 'ApprovalUrl', { value: pipeline.approvalUrl });
new CfnOutput(stack, 'TableName', { value: monitor.table.tableName });
app.synth();
