/** An execution that is aborted or times out reaches no Catch: this rule hears of every end, and has the receipt closed and the operator told. */
import * as events from 'aws-cdk-lib/aws-events';
import * as targets from 'aws-cdk-lib/aws-events-targets';
import type * as lambda from 'aws-cdk-lib/aws-lambda';
import type * as sqs from 'aws-cdk-lib/aws-sqs';
import type * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';

export interface CutoverEndRuleProps {
  readonly stateMachine: sfn.IStateMachine;
  readonly checkFunction: lambda.IFunction;
  /** For an end that could not be handed over in a day of tries. */
  readonly deadLetters: sqs.IQueue;
}

export class CutoverEndRule extends Construct {
  constructor(scope: Construct, id: string, props: CutoverEndRuleProps) {
    super(scope, id);
    new events.Rule(this, 'Rule', {
      description: 'Closes the receipt of a cutover whose execution has ended',
      eventPattern: {
        source: ['aws.states'],
        detailType: ['Step Functions Execution Status Change'],
        detail: {
          stateMachineArn: [props.stateMachine.stateMachineArn],
          // Of those that ended by themselves too: their last bookkeeping may have failed.
          status: ['SUCCEEDED', 'FAILED', 'TIMED_OUT', 'ABORTED'],
        },
      },
      targets: [new targets.LambdaFunction(props.checkFunction, { deadLetterQueue: props.deadLetters })],
    });
  }
}
