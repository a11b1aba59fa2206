/** A whole cutover: an approval by e-mail, writes off, every write drained, a look at the target, and the switch, all in Parameter Store. */
import { App, CfnOutput, Duration, Stack, type StackProps } from 'aws-cdk-lib';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import * as secretsmanager from 'aws-cdk-lib/aws-secretsmanager';
import * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import * as tasks from 'aws-cdk-lib/aws-stepfunctions-tasks';
import type { Construct } from 'constructs';
import { CutoverPipeline, MigrationMonitor } from 'oms-cutover';

/**
 * What the application honours. Not resources of this stack: a later deployment that changes one of them would set it back to what the
 * template says, which after the cutover is the source.
 */
const ENDPOINT = '/shop/database-endpoint';
const WRITES_ALLOWED = '/shop/writes-allowed';

const SOURCE = 'mysql.shop.internal:3306';
const TARGET = 'oceanbase.shop.internal:2883';

/** Twice the application's interval of reading the parameters, and its longest transaction. */
const HONOURED_AFTER = Duration.seconds(45);

/** Start it with `{ "projectId": "p_…" }`. */
class Cutover extends Stack {
  constructor(scope: Construct, id: string, props?: StackProps) {
    super(scope, id, props);
    const monitor = new MigrationMonitor(this, 'Monitor', {
      omsEndpoint: 'https://oms.example.com:8089', // in a private network: give its `vpc` too
      projects: ['p_4gmn25m4rvwg'],
      credentials: secretsmanager.Secret.fromSecretNameV2(this, 'OmsSecret', 'oms-cutover/oms'),
      // Who is asked for the approval, and called where an operator is needed.
      notifyEmails: ['dba@example.com'],
    });

    const verify = new tasks.LambdaInvoke(this, 'Target is right', {
      lambdaFunction: lambda.Function.fromFunctionName(this, 'VerifyFunction', 'shop-verify-target'),
      taskTimeout: sfn.Timeout.duration(Duration.minutes(5)),
    });

    const pipeline = new CutoverPipeline(this, 'Cutover', {
      monitor,
      // One night: who is not ready by then is started anew for another, and no execution of last month asks for an approval.
      ready: { timeout: Duration.hours(6) },
      approval: { timeout: Duration.hours(2) },
      // It returns no `writesStoppedAt`: the fence is our time after it, with the margin.
      stopWrites: this.put('Writes off', WRITES_ALLOWED, 'false').next(this.honoured('Writes are off everywhere')),
      // Our clock against the source's, whose commit times OMS's checkpoint is made of.
      margin: Duration.seconds(30),
      resumeWrites: this.put('Writes on again', WRITES_ALLOWED, 'true'),
      verify,
      // Writes only after everybody has the new endpoint: nobody may write to the source any more.
      switchTraffic: this.put('Endpoint to target', ENDPOINT, TARGET)
        .next(this.honoured('Endpoint is heard everywhere'))
        .next(this.put('Writes on at target', WRITES_ALLOWED, 'true')),
      rollback: this.backWhileNothingIsSwitched(),
    });

    new CfnOutput(this, 'CutoverArn', { value: pipeline.stateMachine.stateMachineArn });
    // `oms-cutover approve` asks for it.
    new CfnOutput(this, 'TableName', { value: monitor.table.tableName });
  }

  /**
   * Writes go on at the source only where the endpoint still is the source's. Once it is not, somebody may have written to the target, and
   * going back would lose that: it fails, and the cutover calls an operator.
   */
  private backWhileNothingIsSwitched(): sfn.IChainable {
    const read = this.patient(
      new tasks.CallAwsService(this, 'Which endpoint', {
        ...this.parameterStore('getParameter', ENDPOINT),
        parameters: { Name: ENDPOINT },
      }),
    );
    const switched = new sfn.Fail(this, 'Switched already', {
      error: 'SwitchedAlready',
      cause: `${ENDPOINT} is no longer the source's: finish the switch, or find out what the target was written.`,
    });
    return read.next(
      new sfn.Choice(this, 'Still the source?')
        .when(
          sfn.Condition.stringEquals('$.Parameter.Value', SOURCE),
          this.put('Writes on at source', WRITES_ALLOWED, 'true'),
        )
        .otherwise(switched),
    );
  }

  private put(name: string, parameter: string, value: string): sfn.Chain {
    const put = new tasks.CallAwsService(this, name, {
      ...this.parameterStore('putParameter', parameter),
      parameters: { Name: parameter, Value: value, Type: 'String', Overwrite: true },
    });
    return sfn.Chain.start(this.patient(put));
  }

  private honoured(name: string): sfn.Wait {
    return new sfn.Wait(this, name, { time: sfn.WaitTime.duration(HONOURED_AFTER) });
  }

  private parameterStore(action: string, parameter: string) {
    const resourceName = parameter.slice(1);
    return {
      service: 'ssm',
      action,
      iamResources: [this.formatArn({ service: 'ssm', resource: 'parameter', resourceName })],
      taskTimeout: sfn.Timeout.duration(Duration.seconds(10)),
    };
  }

  /** To put the same value twice does no harm, and a throttled call is no reason for a way back. */
  private patient(task: tasks.CallAwsService): tasks.CallAwsService {
    task.addRetry({ interval: Duration.seconds(1), backoffRate: 2, maxDelay: Duration.seconds(5), maxAttempts: 4 });
    return task;
  }
}

new Cutover(new App(), 'Cutover');
