/** An execution that is aborted or times out reaches no Catch: this rule hears of every end, and has the receipt closed and the operator told. */
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import * as events from 'aws-cdk-lib/aws-events';
import * as targets from 'aws-cdk-lib/aws-events-targets';
import type * as lambda from 'aws-cdk-lib/aws-lambda';
import type * as sqs from 'aws-cdk-lib/aws-sqs';
import type * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
import { END_STATUSES, EXECUTION_ENDED } from '../../lambda/contract/execution-end';
import { type AlarmPlace, alarmOf, lettersIn } from '../alarms/alarm-rule';
import { DeadLetters } from '../monitor/dead-letters';

export interface CutoverEndRuleProps extends AlarmPlace {
  readonly stateMachine: sfn.IStateMachine;
  readonly checkFunction: lambda.IFunction;
}

export class CutoverEndRule extends Construct {
  /** Ends that could not be handed over in a day of tries. */
  readonly deadLetters: sqs.IQueue;

  constructor(scope: Construct, id: string, props: CutoverEndRuleProps) {
    super(scope, id);
    // The pipeline's own, because its policy names the rule: the monitor may be another stack's. And with the key of SQS, because EventBridge
    // writes to it as a service, which a key of somebody's own would have to be told.
    this.deadLetters = new DeadLetters(this, 'DeadLetters', undefined);
    new events.Rule(this, 'Rule', {
      description: 'Closes the receipt of a cutover whose execution has ended',
      eventPattern: {
        source: ['aws.states'],
        detailType: [EXECUTION_ENDED],
        detail: {
          stateMachineArn: [props.stateMachine.stateMachineArn],
          // Of those that ended by themselves too: their last bookkeeping may have failed.
          status: [...END_STATUSES],
        },
      },
      targets: [new targets.LambdaFunction(props.checkFunction, { deadLetterQueue: this.deadLetters })],
    });
    const rule = {
      section: 'cutover-ends-lost',
      says: 'A cutover has ended, and its end could not be handed to the check function: writes may be stopped, and nobody was told.',
      first: 'First see in Step Functions how the execution ended, and whether the source takes writes.',
      metric: lettersIn(this.deadLetters),
      threshold: 1,
      missing: cloudwatch.TreatMissingData.NOT_BREACHING,
    };
    alarmOf(this, rule, props);
  }
}
