/**
 * Runs the user's steps from "stop writes" on, one for each execution, in a state machine of its own. A redrive of the pipeline starts a task
 * again, not what was before it: so each step begins with the question whether this run may still act, which a redrive asks again. It also
 * keeps the pipeline alive: an error that Step Functions does not let it catch, and an output of any size, end only this execution.
 * The names of our states begin with a prefix, because those of the user's states must differ from them.
 */
import * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
import { textAt } from '../wait/json-path';
import { CutoverTasks, type RunStep } from './tasks';
import { UserMachine, type UserMachineProps } from './user-machine';

export interface CutoverStepsProps extends UserMachineProps {
  readonly steps: Readonly<Partial<Record<RunStep, sfn.IChainable>>>;
  /** Path in the output of stopWrites; undefined: the default paths. */
  readonly fencePath: string | undefined;
  /** Of the definition that is deployed. */
  readonly version: string;
}

const PREFIX = 'oms-cutover: ';

export class CutoverSteps extends Construct {
  readonly machine: sfn.StateMachine;

  constructor(scope: Construct, id: string, props: CutoverStepsProps) {
    super(scope, id);
    this.machine = new UserMachine(this, 'Machine', {
      ...props,
      comment: 'Runs one step of a cutover. Started by the pipeline, never manually.',
      start: this.definition(new CutoverTasks(this, props.functions, PREFIX), props),
    }).machine;
  }

  private definition(tasks: CutoverTasks, { steps, fencePath, version }: CutoverStepsProps): sfn.IChainable {
    const done = new sfn.Succeed(this, 'Done', { stateName: `${PREFIX}done` });
    const claim = tasks.command(
      'may act?',
      'claimStep',
      { step: textAt('$.step'), execution: sfn.JsonPath.executionId, version },
      'WRITES_STOPPED',
    );
    const which = new sfn.Choice(this, 'Which', { stateName: `${PREFIX}which step?` });
    which.when(sfn.Condition.stringEquals('$.next', 'END'), done);
    for (const [step, own] of Object.entries(steps) as [RunStep, sfn.IChainable][]) {
      const users = tasks.users(step, own, step === 'stopWrites' ? '$.step' : sfn.JsonPath.DISCARD);
      which.when(sfn.Condition.stringEquals('$.step', step), users);
      if (step !== 'stopWrites') {
        users.next(done);
        continue;
      }
      const output = sfn.JsonPath.objectAt('$.step');
      const path = fencePath === undefined ? {} : { path: fencePath };
      users.next(tasks.command('fence', 'recordFence', { output, ...path }, 'WRITES_STOPPED').next(done));
    }
    return claim.next(which);
  }
}
