/**
 * One leg: a bounded run of the wait loop (check, choice, wait). A wait of a year takes many legs, so no execution reaches the history limit.
 *
 * Input `{ wait }`, output `{ wait, result, next }` (lambda/contract/requests/wait.ts). A leg always succeeds; the machine that started it succeeds
 * or fails by its result.
 */
import { Duration } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import type * as lambda from 'aws-cdk-lib/aws-lambda';
import * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import * as tasks from 'aws-cdk-lib/aws-stepfunctions-tasks';
import { Construct } from 'constructs';
import type { OwnFailure } from '../../lambda/contract/check-result';
import { DEFAULTS } from '../../lambda/contract/defaults';
import type { CutoverEvent } from '../../lambda/contract/requests/cutover';
import type { FailedRound, WaitEvent } from '../../lambda/contract/requests/wait';
import type { AtSynth } from './json-path';
import { type MachineProps, MachineRole, traced, vendedLogs } from './state-machine';

export const CHECK_TIMEOUT = Duration.seconds(DEFAULTS.functionTimeoutSeconds);

/**
 * Outlasts an outage of one hour. With full jitter a pause is half its limit on average: 150 attempts take about 73 minutes, and less than
 * an hour once in ten thousand times.
 */
export const OUTAGE_RETRY: sfn.RetryProps = {
  errors: [sfn.Errors.ALL],
  interval: Duration.seconds(2),
  backoffRate: 2,
  maxDelay: Duration.seconds(60),
  maxAttempts: 150,
  jitterStrategy: sfn.JitterType.FULL,
};

/** The wait in progress, in the data of a leg. */
export const WAIT = sfn.JsonPath.objectAt('$.wait');

export interface LegProps extends MachineProps {
  readonly checkFunction: lambda.IFunction;
  /**
   * The event of a round, to which the function replies with a WaitRound.
   * @default - `{ wait }`
   */
  readonly round?: AtSynth<WaitEvent | CutoverEvent>;
}

export class Leg extends Construct {
  readonly machine: sfn.StateMachine;

  constructor(scope: Construct, id: string, props: LegProps) {
    super(scope, id);
    const logs = vendedLogs(this, 'states', props);
    const role = new MachineRole(this, 'Role', props.tracing);
    role.addToPolicy(
      new iam.PolicyStatement({ actions: ['lambda:InvokeFunction'], resources: [props.checkFunction.functionArn] }),
    );
    const machine = new sfn.StateMachine(this, 'Machine', {
      comment: 'One leg of a wait for an OMS project. Started by a wait, never manually.',
      definitionBody: sfn.DefinitionBody.fromChainable(this.definition(props)),
      role: role.withoutPolicyUpdates(),
      tracingEnabled: props.tracing,
      // The function logs the data of each round.
      logs: { destination: logs, level: sfn.LogLevel.ALL, includeExecutionData: false },
    });
    this.machine = traced(machine, props.tracing);
  }

  private definition({ checkFunction, round = { wait: WAIT } }: LegProps): sfn.IChainable {
    const done = new sfn.Succeed(this, 'Done');
    const check = new tasks.LambdaInvoke(this, 'Check', {
      comment: 'Polls OMS and returns WAIT, LEG_OVER or DONE.',
      lambdaFunction: checkFunction,
      payload: sfn.TaskInput.fromObject(round),
      outputPath: '$.Payload',
      // OUTAGE_RETRY covers the exceptions of the Lambda service too.
      retryOnServiceExceptions: false,
      taskTimeout: sfn.Timeout.duration(CHECK_TIMEOUT.plus(Duration.seconds(30))),
    });
    check.addRetry(OUTAGE_RETRY);
    check.addCatch(
      new sfn.Pass(this, 'Check failed', {
        comment: 'Our own failure, in the form of a verdict.',
        parameters: {
          wait: WAIT,
          result: ownFailure('every attempt of the check failed'),
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

/** The result of a check that could not be made. Contains the whole caught error, because some errors have no cause. */
export function ownFailure(what: string): AtSynth<OwnFailure> {
  return {
    verdict: 'FAILED',
    reason: {
      code: 'CheckFailed',
      message: sfn.JsonPath.format(`${what}: {}`, sfn.JsonPath.jsonToString(sfn.JsonPath.objectAt('$.error'))),
    },
  };
}
