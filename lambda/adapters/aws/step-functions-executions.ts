/** Executions of Step Functions, through its API. */
import {
  DescribeExecutionCommand,
  ExecutionDoesNotExist,
  type SFNClient,
  StartExecutionCommand,
} from '@aws-sdk/client-sfn';
import type { ExecutionState, Executions } from '../../core/cutover/watchdog';
import { CheckFailed } from '../../core/model/errors';

export class StepFunctionsExecutions implements Executions {
  private readonly client: SFNClient;

  constructor(client: SFNClient) {
    this.client = client;
  }

  async describe(executionArn: string): Promise<ExecutionState> {
    try {
      const { status, error, cause } = await this.client.send(new DescribeExecutionCommand({ executionArn }));
      switch (status) {
        case 'SUCCEEDED':
        case 'FAILED':
        case 'TIMED_OUT':
        case 'ABORTED':
          return { status, ...(error === undefined ? {} : { error }), ...(cause === undefined ? {} : { cause }) };
        default:
          // PENDING_REDRIVE, and what AWS may add: it has not ended.
          return { status: 'RUNNING' };
      }
    } catch (error) {
      if (error instanceof ExecutionDoesNotExist) return { status: 'GONE' };
      throw failed(`describe ${executionArn}`, error);
    }
  }

  async start(stateMachineArn: string, input: unknown): Promise<string> {
    try {
      const command = new StartExecutionCommand({ stateMachineArn, input: JSON.stringify(input) });
      return (await this.client.send(command)).executionArn ?? '';
    } catch (error) {
      throw failed(`start an execution of ${stateMachineArn}`, error);
    }
  }
}

function failed(what: string, error: unknown): CheckFailed {
  const { name, message } = error as Error;
  return new CheckFailed(`could not ${what}: ${name}: ${message}`, error);
}
