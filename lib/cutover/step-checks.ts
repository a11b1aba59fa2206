/** What a synthesis can see in a step of the user's that would fail, or outlast its task, while writes are stopped. */
import type { Duration } from 'aws-cdk-lib';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import type { Construct } from 'constructs';

/** One sentence for each problem. States inside a Parallel or a Map are not examined. */
export function problemsOfStep(name: string, step: sfn.IChainable, scope: Construct): string[] {
  const all = scope.node.root.node.findAll();
  return sfn.State.findReachableStates(step.startState, { includeErrorHandlers: true }).flatMap((state) => {
    if (!(state instanceof sfn.TaskStateBase)) return [];
    const { Resource: resource, TimeoutSeconds: seconds, Parameters: parameters } = taskOf(state);
    const place = `${name} (${state.stateId})`;
    const called = [parameters?.FunctionName, resource];
    const invoked = all.find(
      (each): each is lambda.Function => each instanceof lambda.Function && called.includes(each.functionArn),
    );
    const timeout: Duration | undefined = invoked?.timeout;
    if (seconds !== undefined && timeout !== undefined && seconds < timeout.toSeconds())
      return [
        `${place}: the task times out after ${seconds} s and its function only after ${timeout.toSeconds()} s, so the function could still act after writes were resumed; give the task at least the time of the function`,
      ];
    const isExpress = all.some(
      (each) =>
        each instanceof sfn.StateMachine &&
        each.stateMachineType === sfn.StateMachineType.EXPRESS &&
        each.stateMachineArn === parameters?.StateMachineArn,
    );
    if (isExpress && String(resource).includes('.sync'))
      return [`${place}: Step Functions refuses to wait (.sync) for an Express state machine; use a Standard one`];
    return [];
  });
}

interface TaskJson {
  readonly Resource?: string;
  readonly TimeoutSeconds?: number;
  readonly Parameters?: { readonly FunctionName?: string; readonly StateMachineArn?: string };
}

/** The fields of a task's definition, with tokens in it. */
function taskOf(state: sfn.TaskStateBase): TaskJson {
  return state.toStateJson();
}
