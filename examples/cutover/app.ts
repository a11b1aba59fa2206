/** A complete cutover: approved by e-mail, writes stopped, drained, target verified, traffic switched. Its steps change Parameter Store. */
import { App, CfnOutput, Duration, Stack, type StackProps } from 'aws-cdk-lib';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import * as secretsmanager from 'aws-cdk-lib/aws-secretsmanager';
import * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import * as tasks from 'aws-cdk-lib/aws-stepfunctions-tasks';
import type { Construct } from 'constructs';
import { CutoverPipeline, MigrationMonitor } from 'oms-cutover';

/**
 * The parameters that the application follows. They are not resources of this stack: a later deployment could reset them to the value in the
 * template, which after the cutover is the source.
 */
const ENDPOINT = '/shop/database-endpoint';
const WRITES_ALLOWED = '/shop/writes-allowed';

const SOURCE = 'mysql.shop.internal:3306';
const TARGET = 'oceanbase.shop.internal:2883';

/** Twice the interval at which the application reads the parameters, plus its longest transaction. */
const EFFECTIVE_AFTER = Duration.seconds(45);

/** Start it with `{ "projectId": "p_…" }`. */
class Cutover extends Stack {
  constructor(scope: Construct, id: string, props?: StackProps) {
    super(scope, id, props);
    const monitor = new MigrationMonitor(this, 'Monitor', {
      omsEndpoint: 'https://oms.example.com:8089', // for a private address set `vpc` too
      projects: ['p_4gmn25m4rvwg'],
      credentials: secretsmanager.Secret.fromSecretNameV2(this, 'OmsSecret', 'oms-cutover/oms'),
      // Gets the approval request, and the notification if an operator is needed.
      notifyEmails: ['dba@example.com'],
    });

    const verify = new tasks.LambdaInvoke(this, 'Verify target', {
      lambdaFunction: lambda.Function.fromFunctionName(this, 'VerifyFunction', 'shop-verify-target'),
      taskTimeout: sfn.Timeout.duration(Duration.minutes(5)),
    });

    const pipeline = new CutoverPipeline(this, 'Cutover', {
      monitor,
      // One night. Start a new execution for another: an old one must not request an approval weeks later.
      ready: { timeout: Duration.hours(6) },
      approval: { timeout: Duration.hours(2) },
      // It returns no `writesStoppedAt`: the fence is the time after it on our clock, plus the margin.
      stopWrites: this.put('Stop writes', WRITES_ALLOWED, 'false').next(this.waitUntilEffective('Writes are stopped')),
      // The most that our clock may differ from that of the source, from which OMS's checkpoint comes.
      margin: Duration.seconds(30),
      resumeWrites: this.put('Allow writes again', WRITES_ALLOWED, 'true'),
      verify,
      // Allow writes only after every instance has the new endpoint: none may still write to the source.
      switchTraffic: this.put('Endpoint to target', ENDPOINT, TARGET)
        .next(this.waitUntilEffective('Endpoint is switched'))
        .next(this.put('Allow writes at target', WRITES_ALLOWED, 'true')),
      rollback: this.rollbackUnlessSwitched(),
    });

    new CfnOutput(this, 'CutoverArn', { value: pipeline.stateMachine.stateMachineArn });
    // For `oms-cutover approve --url`, and `status --table`.
    new CfnOutput(this, 'ApprovalUrl', { value: pipeline.approvalUrl });
    new CfnOutput(this, 'TableName', { value: monitor.table.tableName });
  }

  /**
   * Allows writes at the source only if the endpoint is still that of the source. Otherwise the application may have written to the target,
   * which a rollback would lose: it fails, and the cutover ends in CutoverNeedsOperator.
   */
  private rollbackUnlessSwitched(): sfn.IChainable {
    const read = this.withRetry(
      new tasks.CallAwsService(this, 'Read endpoint', {
        ...this.parameterStore('getParameter', ENDPOINT),
        parameters: { Name: ENDPOINT },
      }),
    );
    const switched = new sfn.Fail(this, 'Already switched', {
      error: 'AlreadySwitched',
      cause: `${ENDPOINT} is no longer that of the source: complete the switch, or check which writes the target has received.`,
    });
    return read.next(
      new sfn.Choice(this, 'Still the source?')
        .when(
          sfn.Condition.stringEquals('$.Parameter.Value', SOURCE),
          this.put('Allow writes at source', WRITES_ALLOWED, 'true'),
        )
        .otherwise(switched),
    );
  }

  private put(name: string, parameter: string, value: string): sfn.Chain {
    const put = new tasks.CallAwsService(this, name, {
      ...this.parameterStore('putParameter', parameter),
      parameters: { Name: parameter, Value: value, Type: 'String', Overwrite: true },
    });
    return sfn.Chain.start(this.withRetry(put));
  }

  private waitUntilEffective(name: string): sfn.Wait {
    return new sfn.Wait(this, name, { time: sfn.WaitTime.duration(EFFECTIVE_AFTER) });
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

  /** Setting a value twice is harmless, and a throttled call must not cause a rollback. */
  private withRetry(task: tasks.CallAwsService): tasks.CallAwsService {
    task.addRetry({ interval: Duration.seconds(1), backoffRate: 2, maxDelay: Duration.seconds(5), maxAttempts: 4 });
    return task;
  }
}

new Cutover(new App(), 'Cutover');
