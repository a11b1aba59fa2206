/** A state machine that runs steps of the user's: its role may invoke our function, write logs and traces, and gets what their tasks need. */
import * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
import { type MachineProps, MachineRole, traced, vendedLogs } from '../wait/state-machine';
import type { CutoverFunctions } from './tasks';

export interface UserMachineProps extends MachineProps {
  readonly functions: CutoverFunctions;
}

export class UserMachine extends Construct {
  readonly machine: sfn.StateMachine;

  constructor(
    scope: Construct,
    id: string,
    { start, comment, ...logging }: UserMachineProps & { readonly start: sfn.IChainable; readonly comment: string },
  ) {
    super(scope, id);
    const machine = new sfn.StateMachine(this, 'Machine', {
      comment,
      definitionBody: sfn.DefinitionBody.fromChainable(start),
      // Not withoutPolicyUpdates: the user's tasks add their permissions to it.
      role: new MachineRole(this, 'Role', logging.tracing),
      tracingEnabled: logging.tracing,
      logs: { destination: vendedLogs(this, 'states', logging), level: sfn.LogLevel.ALL, includeExecutionData: true },
    });
    this.machine = traced(machine, logging.tracing);
  }
}
