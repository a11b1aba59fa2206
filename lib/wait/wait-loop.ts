/**
 * Leg after leg until the verdict is final: what WaitForMigration and the stand-alone machine have in common.
 *
 * Only this loop fails, by the code of the verdict, so that a pipeline catches `MigrationFailed` apart from `DeadlineExceeded`.
 */
import { Duration } from 'aws-cdk-lib';
import * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import * as tasks from 'aws-cdk-lib/aws-stepfunctions-tasks';
import { Construct } from 'constructs';
import type { WaitRequest, WaitStart } from '../../lambda/contract/wait';
import type { AtSynth } from './json-path';
import { ownFailure } from './own-failure';

/** What a wait needs of a monitor. */
export interface HasLeg {
  /** The state machine that runs one leg. */
  readonly leg: sfn.IStateMachine;
}

export interface WaitLoopProps {
  readonly leg: sfn.IStateMachine;
  readonly request: AtSynth<WaitRequest>;
  /** Path to the moment from which the time-out counts; undefined for that at which the loop is entered. */
  readonly timeoutFrom: string | undefined;
  /** Stands before every state's name. */
  readonly namePrefix: string;
  /** Where in its input the loop puts the result; undefined where the result is all of the output. */
  readonly resultPath: string | undefined;
}

/** A leg that could not even be started, or died: an hour and a half of tries, ever further apart. */
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
        // The request whole and as it came, whatever it is: the handler names all that is wrong with it.
        // And since when: a leg that dies before its first round must not move the deadline. This state's own time and not the execution's,
        // which in a pipeline may have begun days ago.
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
      // Stopping the wait then stops its leg, and the console links the two.
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
        parameters: { leg: { result: ownFailure('no leg of the wait could be run') } },
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

/** What is read of the input, one value at a path. One that leads nowhere would end the execution in `States.Runtime`, which nothing catches. */
function pathsIn(parameters: Readonly<Record<string, unknown>>): string[] {
  return sfn.FieldUtils.findReferencedPaths(parameters).filter((path) =>
    /^\$(\.[A-Za-z_][\w-]*|\['[^']*'\]|\[\d+\])+$/.test(path),
  );
}

/** The result alone, or the loop's own input with the result put into it. */
function metOutput(resultPath: string | undefined): Pick<sfn.PassProps, 'inputPath' | 'outputPath' | 'resultPath'> {
  if (resultPath === undefined) return { outputPath: '$.leg.result' };
  if (resultPath === sfn.JsonPath.DISCARD) return { outputPath: '$.input' };
  return { inputPath: '$.leg.result', resultPath: `$.input${resultPath.slice(1)}`, outputPath: '$.input' };
}
