/** A gate while writes are stopped: poll, choice, wait, in the pipeline itself; then the result is recorded in the receipt. */
import type { Duration } from 'aws-cdk-lib';
import * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
import type { GateName } from '../../lambda/contract/requests/cutover';
import type { WaitStart } from '../../lambda/contract/requests/wait';
import type { Goal } from '../wait/goal';
import { type AtSynth, textAt } from '../wait/json-path';
import type { CutoverTasks } from './tasks';

export interface CutoverGateProps {
  readonly tasks: CutoverTasks;
  /** Prefix of the state names. */
  readonly name: string;
  /** Its name in the receipt. */
  readonly gate: Extract<GateName, 'DRAINED' | 'SWITCHED' | 'DRAINED_AGAIN'>;
  readonly goal: Goal;
  readonly timeout: Duration;
  readonly next: sfn.IChainable;
  /** The state that follows a failure, with `$.error` and `$.failed` set. */
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
            projectId: textAt('$.cutover.projectId'),
            goal: props.goal.input,
            timeoutSeconds: props.timeout.toSeconds(),
            // Writes are stopped until the goal is met.
            minIntervalSeconds: 2,
            maxIntervalSeconds: 10,
          },
          execution: sfn.JsonPath.executionId,
          // The timeout counts from now on, even if the first poll fails.
          enteredAt: sfn.JsonPath.stateEnteredTime,
        } satisfies AtSynth<WaitStart>,
      },
    });
    const poll = tasks.poll(`${name}: poll`);
    const failed = tasks.failedAt(name, props.onFailure);
    poll.addCatch(failed, { resultPath: '$.error' });
    const record = tasks.recordGate(`${name}: note`, props.gate, '$.poll.result', 'WRITES_STOPPED');
    record.addCatch(failed, { resultPath: '$.error' });
    record.next(props.next);
    const notMet = new sfn.Pass(this, 'NotMet', {
      ...named('not met'),
      parameters: {
        Error: sfn.JsonPath.stringAt('$.poll.result.reason.code'),
        Cause: sfn.JsonPath.stringAt('$.poll.result.reason.message'),
      },
      resultPath: '$.error',
    }).next(failed);
    const again = new sfn.Pass(this, 'Again', {
      ...named('again'),
      inputPath: '$.poll.wait',
      resultPath: '$.wait',
    }).next(poll);
    const wait = new sfn.Wait(this, 'Wait', {
      ...named('wait'),
      time: sfn.WaitTime.secondsPath('$.poll.result.waitSeconds'),
    }).next(again);
    const verdict = new sfn.Choice(this, 'Verdict', named('verdict?'))
      .when(sfn.Condition.stringEquals('$.poll.result.verdict', 'MET'), record)
      .when(sfn.Condition.stringEquals('$.poll.result.verdict', 'FAILED'), notMet)
      .otherwise(wait);
    poll.next(verdict);
    prepare.next(poll);
    this.start = prepare;
  }
}
