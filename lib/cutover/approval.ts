/** Requests an approval, waits for the decision, and checks readiness again: if the migration is no longer ready, the approval is void and is requested again. */
import * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
import type { WaitForMigration } from '../wait/wait-for-migration';
import type { CutoverEnds } from './ends';
import type { CutoverTasks } from './tasks';

export interface CutoverApprovalProps {
  readonly tasks: CutoverTasks;
  readonly ends: CutoverEnds;
  /** The state that follows a void approval. */
  readonly ready: WaitForMigration;
  /** The same gate with a short timeout. */
  readonly again: WaitForMigration;
  readonly approved: sfn.IChainable;
}

export class CutoverApproval extends Construct {
  readonly start: sfn.IChainable;

  constructor(scope: Construct, id: string, { tasks, ends, ready, again, approved }: CutoverApprovalProps) {
    super(scope, id);
    const error = { resultPath: '$.error' };
    const note = tasks.recordGate('2 Still ready: note', 'READY_AGAIN', '$.gate', 'WRITES_GO_ON');
    note.addCatch(ends.beforeStop, error);
    // Also back to 1 if OMS's verification has found a difference in the meantime.
    const stillClean = new sfn.Choice(this, 'StillClean', { stateName: '2 Still clean?' })
      .when(sfn.Condition.stringEquals('$.next', 'AGAIN'), ready)
      .otherwise(approved);
    note.next(tasks.unlessEnded('2 Still ready', stillClean, ends.ended));
    again.next(note);

    const isVoid = tasks.command('2 Void', 'voidApproval', { error: sfn.JsonPath.objectAt('$.error') }, 'WRITES_GO_ON');
    isVoid.addCatch(ends.beforeStop, error);
    isVoid.next(tasks.unlessEnded('2 Void', ready, ends.ended));
    again.addCatch(isVoid, error);

    const ask = tasks.command('2 Ask', 'requestApproval', { result: sfn.JsonPath.objectAt('$.gate') }, 'WRITES_GO_ON');
    const wait = new sfn.Wait(this, 'Wait', {
      stateName: '2 Wait for the answer',
      time: sfn.WaitTime.secondsPath('$.waitSeconds'),
    });
    const decided = tasks.command('2 Decided?', 'checkApproval', {}, 'WRITES_GO_ON');
    ask.addCatch(ends.beforeStop, error);
    decided.addCatch(ends.beforeStop, error);
    decided.next(
      new sfn.Choice(this, 'Answer', { stateName: '2 Answer?' })
        .when(sfn.Condition.stringEquals('$.next', 'GO'), again)
        .when(sfn.Condition.stringEquals('$.next', 'WAIT'), wait)
        .otherwise(ends.ended),
    );
    ask.next(wait).next(decided);
    this.start = ask;
  }
}
