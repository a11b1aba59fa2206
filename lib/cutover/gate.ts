/** A gate while writes are stopped: look, choice, wait, in the pipeline itself; then written into the receipt. */
import type { Duration } from 'aws-cdk-lib';
import * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
import type { Goal } from '../wait/goal';
import type { CutoverTasks } from './tasks';

export interface CutoverGateProps {
  readonly tasks: CutoverTasks;
  /** Stands before every state's name. */
  readonly name: string;
  /** As the receipt calls it. */
  readonly gate: 'DRAINED' | 'SWITCHED' | 'DRAINED_AGAIN';
  readonly goal: Goal;
  readonly timeout: Duration;
  readonly next: sfn.IChainable;
  /** Where a failure leads, with `$.error` and `$.failed` set. */
  readonly onFailure: sfn.IChainable;
}

export class CutoverGate extends Construct {
  readonly start: sfn.IChainable;

  constructor(scope: Construct, id: string, props: CutoverGateProps) {
    super(scope, id);
    const { tasks, name } = props;
    const named = (part: string) => ({ stateName: `${name}: ${part}` });
    const prepare = new sfn.Pass(this, 'Prepare', {
      ...named('prepare'),
      parameters: {
        cutover: sfn.JsonPath.objectAt('$.cutover'),
        wait: {
          request: {
            projectId: sfn.JsonPath.stringAt('$.cutover.projectId'),
            goal: props.goal.input,
            timeoutSeconds: props.timeout.toSeconds(),
            // Whatever the goal: nobody writes until it is met.
            minIntervalSeconds: 2,
            maxIntervalSeconds: 10,
          },
          execution: sfn.JsonPath.executionId,
          // From now on the time-out counts, whatever becomes of the first look.
          enteredAt: sfn.JsonPath.stateEnteredTime,
        },
      },
    });
    const observation = tasks.poll(`${name}: look`);
    const failed = tasks.failedAt(name, props.onFailure);
    observation.addCatch(failed, { resultPath: '$.error' });
    const record = tasks.book(
      `${name}: note`,
      'gate',
      { gate: props.gate, result: sfn.JsonPath.objectAt('$.look.result') },
      'WRITES_STOPPED',
    );
    record.addCatch(failed, { resultPath: '$.error' });
    record.next(props.next);
    const notMet = new sfn.Pass(this, 'NotMet', {
      ...named('not met'),
      parameters: {
        Error: sfn.JsonPath.stringAt('$.look.result.reason.code'),
        Cause: sfn.JsonPath.stringAt('$.look.result.reason.message'),
      },
      resultPath: '$.error',
    }).next(failed);
    const again = new sfn.Pass(this, 'Again', {
      ...named('again'),
      inputPath: '$.look.wait',
      resultPath: '$.wait',
    }).next(observation);
    const wait = new sfn.Wait(this, 'Wait', {
      ...named('wait'),
      time: sfn.WaitTime.secondsPath('$.look.result.waitSeconds'),
    }).next(again);
    const verdict = new sfn.Choice(this, 'Verdict', named('verdict?'))
      .when(sfn.Condition.stringEquals('$.look.result.verdict', 'MET'), record)
      .when(sfn.Condition.stringEquals('$.look.result.verdict', 'FAILED'), notMet)
      .otherwise(wait);
    observation.next(verdict);
    prepare.next(observation);
    this.start = prepare;
  }
}
