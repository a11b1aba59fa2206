/**
 * Runs legs until the verdict is final. Shared by WaitForMigration and the stand-alone wait machine.
 *
 * Only this loop fails, with the code of the reason as the error name, so that a pipeline can catch `MigrationFailed` and
 * `DeadlineExceeded` separately.
 */
import { Duration } from 'aws-cdk-lib';
import * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import * as tasks from 'aws-cdk-lib/aws-stepfunctions-tasks';
import { Construct } from 'constructs';
import type { WaitRequest, WaitStart } from '../../lambda/contract/requests/wait';
import type { AtSynth } from './json-path';
import { ownFailure } from './leg';

/** The part of a MigrationMonitor that a wait uses. */
export interface HasLeg {
  /** The state machine that runs one leg of a wait. */
  readonly leg: sfn.IStateMachine;
}

export interface WaitLoopProps {
  readonly leg: sfn.IStateMachine;
  readonly request: AtSynth<WaitRequest>;
  /** Path to the time from which the timeout counts. Undefined: the time at which the loop is entered. */
  readonly timeoutFrom: string | undefined;
  /** Prefix of the state names. */
  readonly namePrefix: string;
  /** Path of the result in the output. Undefined: the result replaces the input. */
  readonly resultPath: string | undefined;
}

/** For a leg that could not be started, or failed: about an hour and a half of attempts, with exponential backoff. */
const LEG_RETRY: sfn.RetryProps = {
  errors: [sfn.Errors.ALL],
  interval: Duration.seconds(2),
  backoffRate: 2,
  maxDelay: Duration.minutes(5),
  maxAttempts: 40,
  jitterStrategy: sfn.JitterType.FULL,
};

export class WaitLoop extends Construct {
  readonly start: sfn.IChainable;

  constructor(scope: Construct, id: string, props: WaitLoopProps) {
    super(scope, id);
    const named = (stateName: string) => ({ stateName: `${props.namePrefix}${stateName}` });
    const enteredAt =
      props.timeoutFrom === undefined ? sfn.JsonPath.stateEnteredTime : sfn.JsonPath.stringAt(props.timeoutFrom);
    const prepare = new sfn.Pass(this, 'Prepare', {
      ...named('Prepare'),
      parameters: {
        // The request is passed on unchanged: the handler validates it and reports every problem.
        // The time is fixed here, so that a leg that fails before its first round does not move the deadline. It is the time of this state:
        // the execution of a pipeline may have started days ago.
        leg: {
          wait: {
            request: props.request,
            execution: sfn.JsonPath.executionId,
            enteredAt,
          } satisfies AtSynth<WaitStart>,
        },
        ...(props.resultPath === undefined ? {} : { input: sfn.JsonPath.objectAt('$') }),
      },
    });
    const runLeg = new tasks.StepFunctionsStartExecution(this, 'RunLeg', {
      ...named('Run leg'),
      stateMachine: props.leg,
      integrationPattern: sfn.IntegrationPattern.RUN_JOB,
      // Stopping the wait stops its leg, and the console links the two.
      associateWithParent: true,
      input: sfn.TaskInput.fromObject({ wait: sfn.JsonPath.objectAt('$.leg.wait') }),
      resultSelector: {
        wait: sfn.JsonPath.objectAt('$.Output.wait'),
        result: sfn.JsonPath.objectAt('$.Output.result'),
      },
      resultPath: '$.leg',
    });
    const notMet = new sfn.Fail(this, 'NotMet', {
      ...named('Not met'),
      errorPath: '$.leg.result.reason.code',
      causePath: '$.leg.result.reason.message',
    });
    runLeg.addRetry(LEG_RETRY);
    runLeg.addCatch(
      new sfn.Pass(this, 'LegFailed', {
        ...named('Leg failed'),
        parameters: { leg: { result: ownFailure('every attempt to run a leg of the wait failed') } },
      }).next(notMet),
      { resultPath: '$.error' },
    );
    const wait = new sfn.Wait(this, 'Wait', {
      ...named('Wait'),
      time: sfn.WaitTime.secondsPath('$.leg.result.waitSeconds'),
    });
    const verdict = new sfn.Choice(this, 'Verdict', named('Verdict?'))
      .when(
        sfn.Condition.stringEquals('$.leg.result.verdict', 'MET'),
        new sfn.Pass(this, 'Met', { ...named('Met'), ...metOutput(props.resultPath) }),
      )
      .when(sfn.Condition.stringEquals('$.leg.result.verdict', 'FAILED'), notMet)
      .otherwise(wait.next(runLeg));
    prepare.next(runLeg).next(verdict);
    const paths = pathsIn({ request: props.request, enteredAt });
    this.start =
      paths.length === 0
        ? prepare
        : new sfn.Choice(this, 'Given', named('Given?'))
            .when(sfn.Condition.and(...paths.map((path) => sfn.Condition.isPresent(path))), prepare)
            .otherwise(
              new sfn.Fail(this, 'NotGiven', {
                ...named('Not given'),
                error: 'InvalidInput',
                cause: `the input must have a value at each of ${paths.join(', ')}`,
              }),
            );
  }
}

/** The paths that are read from the input. A path without a value would end the execution in `States.Runtime`, which cannot be caught. */
function pathsIn(parameters: Readonly<Record<string, unknown>>): string[] {
  return sfn.FieldUtils.findReferencedPaths(parameters).filter((path) =>
    /^\$(\.[A-Za-z_][\w-]*|\['[^']*'\]|\[\d+\])+$/.test(path),
  );
}

/** The result alone, or the input of the loop with the result at `resultPath`. */
function metOutput(resultPath: string | undefined): Pick<sfn.PassProps, 'inputPath' | 'outputPath' | 'resultPath'> {
  if (resultPath === undefined) return { outputPath: '$.leg.result' };
  if (resultPath === sfn.JsonPath.DISCARD) return { outputPath: '$.input' };
  return { inputPath: '$.leg.result', resultPath: `$.input${resultPath.slice(1)}`, outputPath: '$.input' };
}
