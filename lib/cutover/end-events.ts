/** Sends the end of every cutover execution to the resume machine, which resumes writes where they are stopped, and closes the receipt: an execution that is aborted or times out reaches no Catch. */
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import * as events from 'aws-cdk-lib/aws-events';
import * as targets from 'aws-cdk-lib/aws-events-targets';
import type * as sqs from 'aws-cdk-lib/aws-sqs';
import type * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
import { END_STATUSES, EXECUTION_ENDED } from '../../lambda/contract/requests/events';
import { type AlarmPlace, alarmOf, messagesIn } from '../alarms/alarm';
import { DeadLetterQueue } from '../monitor/data-resources';

export class EndEvents extends Construct {
  /**
   * Ends that EventBridge could not deliver within 24 hours. A queue of their own: an alarm that a failed poll of the schedule keeps on
   * would announce no stopped writes.
   */
  readonly deadLetters: sqs.IQueue;
  readonly alarm: cloudwatch.IAlarm;

  constructor(scope: Construct, id: string, place: AlarmPlace) {
    super(scope, id);
    // In the stack of the pipeline, because its policy names the rule and the monitor may be in another stack. Encrypted by SQS: a
    // customer-managed key would need a policy that lets EventBridge use it.
    this.deadLetters = new DeadLetterQueue(this, 'DeadLetters', undefined);
    const rule = {
      section: 'cutover-end-not-delivered',
      impact:
        'A cutover execution ended, and EventBridge could not start the state machine that resumes writes. The watchdog starts it within two minutes.',
      firstAction: 'check whether the source accepts writes, and how the execution ended in Step Functions.',
      metric: messagesIn(this.deadLetters),
      threshold: 1,
      missing: cloudwatch.TreatMissingData.NOT_BREACHING,
    };
    this.alarm = alarmOf(this, rule, place);
  }

  deliver(stateMachine: sfn.IStateMachine, resumeMachine: sfn.IStateMachine): void {
    new events.Rule(this, 'Rule', {
      description: 'Resumes the writes of a cutover whose execution has ended without doing so',
      eventPattern: {
        source: ['aws.states'],
        detailType: [EXECUTION_ENDED],
        detail: {
          stateMachineArn: [stateMachine.stateMachineArn],
          // SUCCEEDED and FAILED too: the last command of the execution may have failed.
          status: [...END_STATUSES],
        },
      },
      targets: [new targets.SfnStateMachine(resumeMachine, { deadLetterQueue: this.deadLetters })],
    });
  }
}
