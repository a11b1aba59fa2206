/** The stack with the pipelines of the scenarios. Their steps are functions with fixed names, as in `bin/cutover-demo.ts`. */
import { App, CfnOutput, Duration, Stack } from 'aws-cdk-lib';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import * as secretsmanager from 'aws-cdk-lib/aws-secretsmanager';
import * as tasks from 'aws-cdk-lib/aws-stepfunctions-tasks';
import { Construct } from 'constructs';
import cdkJson from '../../../cdk.json';
import { CutoverPipeline, type CutoverPipelineProps, MigrationMonitor } from '../../../lib';

const app = new App({ context: cdkJson.context });
const stack = new Stack(app, 'Cutovers');
const setting = (name: string): string => String(app.node.getContext(name));

const monitor = new MigrationMonitor(stack, 'Monitor', {
  omsEndpoint: setting('omsEndpoint'),
  projects: [setting('projects')],
  notifyEmails: [setting('notifyEmail')],
  credentials: secretsmanager.Secret.fromSecretNameV2(stack, 'OmsSecret', 'oms-cutover/oms'),
});

/** One of the user's steps: the function `engines-<name>`. */
function step(scope: Construct, name: string): tasks.LambdaInvoke {
  return new tasks.LambdaInvoke(scope, name, {
    lambdaFunction: lambda.Function.fromFunctionName(scope, `${name}Function`, `engines-${name}`),
    payloadResponseOnly: true,
  });
}

type Kind = 'Unattended' | 'WithApproval' | 'WithRollback';

function more(scope: Construct, kind: Kind): Partial<CutoverPipelineProps> {
  if (kind === 'WithApproval') return { approval: { timeout: Duration.minutes(5) }, switchover: 'operator' };
  return kind === 'Unattended' ? {} : { switchover: step(scope, 'switchover'), rollback: step(scope, 'rollback') };
}

function pipeline(kind: Kind): CutoverPipeline {
  const scope = new Construct(stack, kind);
  return new CutoverPipeline(scope, 'Cutover', {
    monitor,
    ready: { hold: Duration.seconds(2), timeout: Duration.minutes(3) },
    drainTimeout: Duration.minutes(2),
    stopWrites: step(scope, 'stopWrites'),
    resumeWrites: step(scope, 'resumeWrites'),
    verify: step(scope, 'verify'),
    switchTraffic: step(scope, 'switchTraffic'),
    ...more(scope, kind),
  });
}

const output = (name: string, value: string) => new CfnOutput(stack, name, { value });
for (const kind of ['Unattended', 'WithApproval', 'WithRollback'] as const)
  output(`${kind}MachineArn`, pipeline(kind).stateMachine.stateMachineArn);
output('TableName', monitor.table.tableName);
output('TopicArn', monitor.topic.topicArn);
app.synth();
