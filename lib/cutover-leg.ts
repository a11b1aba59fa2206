/**
 * One bounded run of the wait until the migration is ready. As a monitor's leg (leg.ts), but each round also asks whether somebody has
 * cancelled the cutover: a monitor's own leg knows of none, and is over only when the goal is met, which may take days.
 */
import { Duration } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import type * as lambda from 'aws-cdk-lib/aws-lambda';
import * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import * as tasks from 'aws-cdk-lib/aws-stepfunctions-tasks';
import { Construct } from 'constructs';
import { CHECK_TIMEOUT } from './check-function';
import { type MachineLogProps, MachineLogs } from './machine-logs';
import { MachineRole } from './machine-role';
import { OUTAGE_RETRY, ownFailure } from './own-failure';
import type { HasLeg } from './wait-loop';

export interface CutoverLegProps extends MachineLogProps {
  readonly checkFunction: lambda.IFunction;
}

export class CutoverLeg extends Construct implements HasLeg {
  readonly leg: sfn.StateMachine;

  constructor(scope: Construct, id: string, props: CutoverLegProps) {
    super(scope, id);
    const { checkFunction } = props;
    const role = new MachineRole(this, 'Role');
    role.addToPolicy(
      new iam.PolicyStatement({ actions: ['lambda:InvokeFunction'], resources: [checkFunction.functionArn] }),
    );
    this.leg = new sfn.StateMachine(this, 'Machine', {
      comment: 'One leg of a cutover’s wait until the migration is ready. Started by the cutover, never by hand.',
      definitionBody: sfn.DefinitionBody.fromChainable(this.definition(checkFunction)),
      role: role.withoutPolicyUpdates(),
      tracingEnabled: true,
      // Each round's data stands in the function's own log line already.
      logs: {
        destination: new MachineLogs(this, 'Logs', props),
        level: sfn.LogLevel.ALL,
        includeExecutionData: false,
      },
    });
  }

  private definition(checkFunction: lambda.IFunction): sfn.IChainable {
    const done = new sfn.Succeed(this, 'Done');
    const look = new tasks.LambdaInvoke(this, 'Look', {
      comment: 'Looks at OMS and judges, unless the cutover is cancelled: WAIT, LEG_OVER or DONE.',
      lambdaFunction: checkFunction,
      payload: sfn.TaskInput.fromObject({
        cutover: { action: 'look', writes: 'GO_ON', wait: sfn.JsonPath.objectAt('$.wait') },
      }),
      outputPath: '$.Payload',
      // The one retry below covers Lambda's own exceptions too.
      retryOnServiceExceptions: false,
      taskTimeout: sfn.Timeout.duration(CHECK_TIMEOUT.plus(Duration.seconds(30))),
    });
    look.addRetry(OUTAGE_RETRY);
    look.addCatch(
      new sfn.Pass(this, 'Look failed', {
        parameters: {
          wait: sfn.JsonPath.objectAt('$.wait'),
          result: ownFailure('the check itself kept failing'),
          next: 'DONE',
        },
      }).next(done),
      { resultPath: '$.error' },
    );
    const wait = new sfn.Wait(this, 'Wait', { time: sfn.WaitTime.secondsPath('$.result.waitSeconds') });
    const choice = new sfn.Choice(this, 'Go on?')
      .when(sfn.Condition.stringEquals('$.next', 'WAIT'), wait.next(look))
      .otherwise(done);
    return look.next(choice);
  }
}
