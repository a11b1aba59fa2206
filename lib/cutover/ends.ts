/** The ends of a cutover: its receipt is closed, then it succeeds, or fails with an error name that says whether an operator is needed. */
import * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
import type { CutoverBookkeeping, CutoverOutcome } from '../../lambda/contract/requests/cutover';
import type { FieldsAtSynth } from '../wait/json-path';
import { type CutoverTasks, type Patience, stepInput } from './tasks';

type CloseReason = FieldsAtSynth<
  Pick<Extract<CutoverBookkeeping, { action: 'close' }>, 'failed' | 'error' | 'repairError' | 'leaveOpen'>
>;

/** Of the resume machine, where writes are stopped. */
const RESUME_INPUT = {
  cutover: sfn.JsonPath.objectAt('$.cutover'),
  failed: sfn.JsonPath.objectAt('$.failed'),
  error: sfn.JsonPath.objectAt('$.error'),
};

/** The error that an execution ends in where its receipt could not be closed; the others end in that of `$.error`. */
const ERROR_OF: Partial<Record<CutoverOutcome, string>> = {
  ROLLED_BACK: 'CutoverRolledBack',
  NEEDS_OPERATOR: 'CutoverNeedsOperator',
};

export interface CutoverEndsProps {
  readonly tasks: CutoverTasks;
  /** The state machine that resumes writes. */
  readonly resume: sfn.IStateMachine;
  /** Runs `rollback`; undefined: there is none. */
  readonly rollback: sfn.IStateMachine | undefined;
}

export class CutoverEnds extends Construct {
  /** For a reply of the function that has closed the receipt itself. */
  readonly ended: sfn.IChainable;
  /** Writes were not stopped: fails with the error name of `$.error`. */
  readonly beforeStop: sfn.IChainable;
  /** Writes are stopped and nothing is switched: resumes writes. */
  readonly afterStop: sfn.IChainable;
  /** From the switchover on: runs `rollback`, or needs an operator. Writes are not resumed. */
  readonly afterDrain: sfn.IChainable;
  readonly switched: sfn.IChainable;

  constructor(scope: Construct, id: string, { tasks, resume: resumeMachine, rollback }: CutoverEndsProps) {
    super(scope, id);
    this.ended = new sfn.Fail(this, 'Ended', {
      stateName: 'Ended',
      errorPath: '$.end.error',
      causePath: '$.end.cause',
    });
    const error = { error: sfn.JsonPath.objectAt('$.error') };
    const why = { ...error, failed: sfn.JsonPath.objectAt('$.failed') };

    this.beforeStop = this.close(tasks, 'Close: failed', 'FAILED', error, 'WRITES_GO_ON', this.ended);
    const inRehearsal = this.close(tasks, 'Close: rehearsal failed', 'FAILED', why, 'WRITES_GO_ON', this.ended);

    const closeRolledBack = (name: string) =>
      this.close(tasks, `Close: ${name}`, 'ROLLED_BACK', why, 'WRITES_STOPPED', this.ended);
    const closeNeedsOperator = (name: string, more: CloseReason = {}) =>
      this.close(tasks, `Close: ${name}`, 'NEEDS_OPERATOR', { ...why, ...more }, 'WRITES_STOPPED', this.ended);
    const repairError = { repairError: sfn.JsonPath.objectAt('$.repairError') };

    const resume = tasks.run('Resume writes', resumeMachine, RESUME_INPUT, { resultPath: sfn.JsonPath.DISCARD });
    const notResumed = closeNeedsOperator('resume writes failed', { ...repairError, leaveOpen: true });
    resume.addCatch(notResumed, { resultPath: '$.repairError' });
    resume.next(closeRolledBack('rolled back'));
    this.afterStop = this.choice('Stopped for real?', resume, inRehearsal);

    let far: sfn.IChainable;
    if (rollback === undefined) far = closeNeedsOperator('needs operator');
    else {
      const failed = closeNeedsOperator('rollback failed', repairError);
      const back = tasks.run('Roll back', rollback, stepInput('rollback'), { resultPath: sfn.JsonPath.DISCARD });
      back.addCatch(failed, { resultPath: '$.repairError' });
      back.next(closeRolledBack('rolled back by rollback'));
      const note = tasks.record('Roll back: note', 'beginStep', { step: 'rollback' });
      note.addCatch(failed, { resultPath: '$.repairError' });
      far = note.next(back);
    }
    this.afterDrain = this.choice('Drained for real?', far, inRehearsal);

    const done = new sfn.Succeed(this, 'Done', { stateName: 'Done', outputPath: '$.cutover' });
    const close = (name: string, outcome: CutoverOutcome) => {
      const task = tasks.command(`Close: ${name}`, 'close', { outcome }, 'WRITES_STOPPED');
      // Traffic is switched even if the receipt cannot be closed; the end of the execution closes it later.
      task.addCatch(done, { resultPath: '$.closeError' });
      return task.next(done);
    };
    this.switched = this.choice('Switched for real?', close('switched', 'SWITCHED'), close('rehearsed', 'REHEARSED'));
  }

  private choice(name: string, real: sfn.IChainable, rehearsed: sfn.IChainable): sfn.IChainable {
    return new sfn.Choice(this, name)
      .when(sfn.Condition.booleanEquals('$.cutover.rehearse', false), real)
      .otherwise(rehearsed);
  }

  /** If the receipt cannot be closed, the execution still ends with its own error; the watchdog closes the receipt later. */
  private close(
    tasks: CutoverTasks,
    name: string,
    outcome: CutoverOutcome,
    more: CloseReason,
    patience: Patience,
    then: sfn.IChainable,
  ): sfn.IChainable {
    const task = tasks.command(name, 'close', { outcome, ...more }, patience);
    const unrecorded = new sfn.Pass(this, `${name}: not recorded`, {
      parameters: {
        end: {
          error: ERROR_OF[outcome] ?? sfn.JsonPath.stringAt('$.error.Error'),
          cause: sfn.JsonPath.format(
            'the cutover failed with {}, and its receipt could not be closed',
            sfn.JsonPath.jsonToString(sfn.JsonPath.objectAt('$.error')),
          ),
        },
      },
    }).next(then);
    task.addCatch(unrecorded, { resultPath: '$.closeError' });
    return task.next(then);
  }
}
