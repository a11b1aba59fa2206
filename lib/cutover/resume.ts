/**
 * Resumes writes, in a state machine of its own: what ends the pipeline's execution does not end this one. Started by the pipeline, which waits
 * for it, by the end of the pipeline's execution, by the watchdog, and by a person with `{ "project": "p_…", "run": "…" }`.
 * The names of our states begin with a prefix, because those of the user's states must differ from them.
 */
import * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
import type { FieldsAtSynth } from '../wait/json-path';
import { CutoverTasks } from './tasks';
import { UserMachine, type UserMachineProps } from './user-machine';

export interface CutoverResumeProps extends UserMachineProps {
  readonly resumeWrites: sfn.IChainable;
}

const PREFIX = 'oms-cutover: ';

export class CutoverResume extends Construct {
  readonly machine: sfn.StateMachine;

  constructor(scope: Construct, id: string, props: CutoverResumeProps) {
    super(scope, id);
    this.machine = new UserMachine(this, 'Machine', {
      ...props,
      comment: 'Resumes writes to the source of a cutover. Input: {"project": "p_…", "run": "…"}.',
      start: this.definition(new CutoverTasks(this, props.functions, PREFIX), props.resumeWrites),
    }).machine;
  }

  private definition(tasks: CutoverTasks, resumeWrites: sfn.IChainable): sfn.IChainable {
    const done = new sfn.Succeed(this, 'Done', { stateName: `${PREFIX}done`, outputPath: '$.end' });
    const failed = new sfn.Fail(this, 'Failed', {
      stateName: `${PREFIX}failed`,
      errorPath: '$.end.error',
      causePath: '$.end.cause',
    });
    const endOf = (error: string, text: string, path: string) => ({
      end: { error, cause: sfn.JsonPath.format(text, sfn.JsonPath.jsonToString(sfn.JsonPath.objectAt(path))) },
    });
    const pass = (name: string, parameters: Readonly<Record<string, unknown>>) =>
      new sfn.Pass(this, name, { stateName: `${PREFIX}${name}`, parameters });

    const why = { why: sfn.JsonPath.objectAt('$.why') };
    const end = (name: string, more: FieldsAtSynth<object>) =>
      tasks.command(name, 'endResume', { ...why, ...more }, 'WRITES_STOPPED');
    // The record stays open, and the watchdog starts this again: resumeWrites may run twice.
    const notRecorded = pass(
      'resumed, not recorded',
      endOf('', 'writes are resumed, which could not be recorded: {}', '$.closeError'),
    );
    const resumed = end('resumed', {});
    resumed.addCatch(notRecorded.next(done), { resultPath: '$.closeError' });
    const repairError = { repairError: sfn.JsonPath.objectAt('$.repairError') };
    const notResumed = end('not resumed', repairError);
    notResumed.addCatch(
      pass('not resumed, not recorded', endOf('CutoverNeedsOperator', 'resumeWrites failed: {}', '$.repairError')).next(
        failed,
      ),
      {
        resultPath: '$.closeError',
      },
    );

    const users = tasks.users('resume writes', resumeWrites);
    users.addCatch(notResumed.next(failed), { resultPath: '$.repairError' });
    users.next(resumed.next(done));

    const begin = tasks.command(
      'resume?',
      'beginResume',
      { request: sfn.JsonPath.objectAt('$'), execution: sfn.JsonPath.executionId },
      'WRITES_STOPPED',
    );
    // The pipeline asks only before the switchover: for it writes are resumed even if the function or the table is not available.
    const unasked = pass('without the record', {
      cutover: sfn.JsonPath.objectAt('$.cutover'),
      why: {
        problem: sfn.JsonPath.format(
          '{} failed: {}',
          sfn.JsonPath.stringAt('$.failed.at'),
          sfn.JsonPath.jsonToString(sfn.JsonPath.objectAt('$.error')),
        ),
        at: sfn.JsonPath.stringAt('$.failed.at'),
      },
    }).next(users);
    const refused = pass(
      'not asked',
      endOf('CutoverNeedsOperator', 'whether writes have to be resumed could not be found out: {}', '$.askError'),
    ).next(failed);
    begin.addCatch(
      new sfn.Choice(this, 'ByPipeline', { stateName: `${PREFIX}started by the pipeline?` })
        .when(sfn.Condition.isPresent('$.cutover'), unasked)
        .otherwise(refused),
      { resultPath: '$.askError' },
    );
    begin.next(
      new sfn.Choice(this, 'Plan', { stateName: `${PREFIX}what to do?` })
        .when(sfn.Condition.stringEquals('$.next', 'GO'), users)
        .when(sfn.Condition.stringEquals('$.end.error', ''), done)
        .otherwise(failed),
    );
    return begin;
  }
}
