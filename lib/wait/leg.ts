/**
 * One bounded run of the wait loop: check, choice, wait. A wait of a year is many legs, so that no execution's history ever fills up.
 *
 * Input `{ wait }`, output `{ wait, result, next }` (lambda/contract/wait.ts). A leg always succeeds; what it found decides in the machine
 * that started it, which is the one that people look at.
 */
import { Duration } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import type * as lambda from 'aws-cdk-lib/aws-lambda';
import * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import * as tasks from 'aws-cdk-lib/aws-stepfunctions-tasks';
import { Construct } from 'constructs';
import type { CutoverEvent } from '../../lambda/contract/cutover';
import { DEFAULTS } from '../../lambda/contract/defaults';
import type { FailedRound, WaitEvent } from '../../lambda/contract/wait';
import type { AtSynth } from './json-path';
import { type MachineLogProps, MachineLogs } from './machine-logs';
import { MachineRole } from './machine-role';
import { OUTAGE_RETRY, ownFailure } from './own-failure';

export const CHECK_TIMEOUT = Duration.seconds(DEFAULTS.functionTimeoutSeconds);

export interface LegProps extends MachineLogProps {
  readonly checkFunction: lambda.IFunction;
  /** The event of a round, which the function answers with a WaitRound. @default - `{ wait }` */
  readonly round?: AtSynth<WaitEvent | CutoverEvent>;
}

/** The wait under way, in a leg's own data. */
export const WAIT = sfn.JsonPath.objectAt('$.wait');

export class Leg extends Construct {
  readonly machine: sfn.StateMachine;

  constructor(scope: Construct, id: string, props: LegProps) {
    super(scope, id);
    const logs = new MachineLogs(this, 'Logs', props);
    const role = new MachineRole(this, 'Role');
    role.addToPolicy(
      new iam.PolicyStatement({ actions: ['lambda:InvokeFunction'], resources: [props.checkFunction.functionArn] }),
    );
    this.machine = new sfn.StateMachine(this, 'Machine', {
      comment: 'One leg of a wait for an OMS migration. Started by a wait, never by hand.',
      definitionBody: sfn.DefinitionBody.fromChainable(this.definition(props)),
      role: role.withoutPolicyUpdates(),
      tracingEnabled: true,
      // Each round's data stands in the function's own log line already.
      logs: { destination: logs, level: sfn.LogLevel.ALL, includeExecutionData: false },
    });
  }

  private definition({ checkFunction, round = { wait: WAIT } }: LegProps): sfn.IChainable {
    const done = new sfn.Succeed(this, 'Done');
    const check = new tasks.LambdaInvoke(this, 'Check', {
      comment: 'Looks at OMS and judges: WAIT, LEG_OVER or DONE.',
      lambdaFunction: checkFunction,
      payload: sfn.TaskInput.fromObject(round),
      outputPath: '$.Payload',
      // The one retry below covers Lambda's own exceptions too.
      retryOnServiceExceptions: false,
      taskTimeout: sfn.Timeout.duration(CHECK_TIMEOUT.plus(Duration.seconds(30))),
    });
    check.addRetry(OUTAGE_RETRY);
    check.addCatch(
      new sfn.Pass(this, 'Check failed', {
        comment: 'Our own failure, said in the same words as a verdict.',
        parameters: {
          wait: WAIT,
          result: ownFailure('the check itself kept failing'),
          next: 'DONE',
        } satisfies AtSynth<FailedRound>,
      }).next(done),
      { resultPath: '$.error' },
    );
    const wait = new sfn.Wait(this, 'Wait', { time: sfn.WaitTime.secondsPath('$.result.waitSeconds') });
    const choice = new sfn.Choice(this, 'Go on?')
      .when(sfn.Condition.stringEquals('$.next', 'WAIT'), wait.next(check))
      .otherwise(done);
    return check.next(choice);
  }
}
