/** The ends of cutover executions, which EventBridge sends to the function: it closes the receipt and notifies the operator. An execution that is aborted or times out reaches no Catch. */
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import * as events from 'aws-cdk-lib/aws-events';
import * as targets from 'aws-cdk-lib/aws-events-targets';
import type * as lambda from 'aws-cdk-lib/aws-lambda';
import type * as sqs from 'aws-cdk-lib/aws-sqs';
import type * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
import { END_STATUSES, EXECUTION_ENDED } from '../../lambda/contract/requests/events';
import { type AlarmPlace, alarmOf, messagesIn } from '../alarms/alarm';
import { DeadLetterQueue } from '../monitor/data-resources';

export class EndEvents extends Construct {
  /**
   * Ends that EventBridge could not deliver within 24 hours, and those on which the function failed three times. A queue of their own: an
   * alarm that a failed poll of the schedule keeps on would announce no stopped writes.
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
        'A cutover execution ended, and the cutover function could not process its end. Writes may be stopped, and the operator was not notified.',
      firstAction: 'check whether the source accepts writes, and how the execution ended in Step Functions.',
      metric: messagesIn(this.deadLetters),
      threshold: 1,
      missing: cloudwatch.TreatMissingData.NOT_BREACHING,
    };
    this.alarm = alarmOf(this, rule, place);
  }

  deliver(stateMachine: sfn.IStateMachine, cutoverFunction: lambda.IFunction): void {
    new events.Rule(this, 'Rule', {
      description: 'Closes the receipt of a cutover whose execution has ended',
      eventPattern: {
        source: ['aws.states'],
        detailType: [EXECUTION_ENDED],
        detail: {
          stateMachineArn: [stateMachine.stateMachineArn],
          // SUCCEEDED and FAILED too: the last command of the execution may have failed.
          status: [...END_STATUSES],
        },
      },
      targets: [new targets.LambdaFunction(cutoverFunction, { deadLetterQueue: this.deadLetters })],
    });
  }
}
