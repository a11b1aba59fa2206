/** An existing state machine with a wait in it: it continues when the target is in sync, or stops after one night. */
import { App, CfnOutput, Duration, Stack, type StackProps } from 'aws-cdk-lib';
import * as secretsmanager from 'aws-cdk-lib/aws-secretsmanager';
import * as sns from 'aws-cdk-lib/aws-sns';
import * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import * as tasks from 'aws-cdk-lib/aws-stepfunctions-tasks';
import type { Construct } from 'constructs';
import { Goal, MigrationMonitor, WaitForMigration } from 'oms-cutover';

const { JsonPath } = sfn;

/** Start it with `{ "projectId": "p_…", "ticket": "CHG-1" }`. */
class WaitInPipeline extends Stack {
  constructor(scope: Construct, id: string, props?: StackProps) {
    super(scope, id, props);
    const team = new sns.Topic(this, 'Team', { enforceSSL: true });
    const notify = (id: string, ...message: readonly [format: string, ...values: string[]]) =>
      new tasks.SnsPublish(this, id, {
        topic: team,
        message: sfn.TaskInput.fromText(JsonPath.format(...message)),
        // Passes the input on to the next state.
        resultPath: JsonPath.DISCARD,
      });
    const ticket = JsonPath.stringAt('$.ticket');
    const project = JsonPath.stringAt('$.projectId');
    const cause = JsonPath.stringAt('$.error.Cause');

    const monitor = new MigrationMonitor(this, 'Monitor', {
      omsEndpoint: 'https://oms.example.com:8089', // for a private address set `vpc` too
      projects: ['p_4gmn25m4rvwg'],
      credentials: secretsmanager.Secret.fromSecretNameV2(this, 'OmsSecret', 'oms-cutover/oms'),
    });

    const inSync = new WaitForMigration(this, 'In sync', {
      monitor,
      projectId: project,
      until: Goal.synced({ maxLag: Duration.seconds(30), hold: Duration.minutes(2) }),
      timeout: Duration.hours(8),
      // Added to the input, which has the ticket.
      resultPath: '$.migration',
    });
    inSync.addCatch(
      notify('Notify the DBA', '{}: the migration of {} failed. {}', ticket, project, cause).next(
        new sfn.Fail(this, 'Not migrated', { error: 'NotMigrated', causePath: '$.error.Cause' }),
      ),
      { errors: ['MigrationFailed', 'MigrationSuspended', 'MigrationGone'], resultPath: '$.error' },
    );
    inSync.addCatch(
      notify('Request another night', '{}: {} is not in sync yet. {}', ticket, project, cause).next(
        new sfn.Succeed(this, 'Not tonight'),
      ),
      { errors: ['DeadlineExceeded'], resultPath: '$.error' },
    );

    const machine = new sfn.StateMachine(this, 'Pipeline', {
      definitionBody: sfn.DefinitionBody.fromChainable(
        notify('Announce', '{}: waiting for {}', ticket, project)
          .next(inSync)
          .next(notify('Request the switch', '{}: {} is in sync, switch now', ticket, project)),
      ),
    });
    new CfnOutput(this, 'PipelineArn', { value: machine.stateMachineArn });
  }
}

new WaitInPipeline(new App(), 'WaitInPipeline');
