/** The states of a cutover in their order. Built from the end, because each state refers to the next one. */
import { Duration } from 'aws-cdk-lib';
import * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import type { Construct } from 'constructs';
import type { BeginningState } from '../../lambda/contract/requests/cutover';
import { Goal, type SyncedOptions } from '../wait/goal';
import { type AtSynth, defined, textAt } from '../wait/json-path';
import { WaitForMigration, type WaitForMigrationProps } from '../wait/wait-for-migration';
import type { HasLeg } from '../wait/wait-loop';
import { CutoverApproval } from './approval';
import { CutoverEnds } from './ends';
import { CutoverGate } from './gate';
import {
  type CutoverPipelineProps,
  drainTimeoutOf,
  settingsOf,
  stopWritesTimeoutOf,
  switchoverTimeoutOf,
} from './props';
import { type CutoverFunctions, CutoverTasks } from './tasks';

/** Where a Catch puts the error. */
const ERROR = { resultPath: '$.error' };

export interface CutoverMachines extends HasLeg {
  readonly resume: sfn.IStateMachine;
  /** Runs the user's steps from 3 on. */
  readonly steps: sfn.IStateMachine;
}

export class CutoverDefinition {
  readonly start: sfn.IChainable;
  private readonly scope: Construct;
  private readonly props: CutoverPipelineProps;
  private readonly version: string;
  private readonly machines: CutoverMachines;
  private readonly tasks: CutoverTasks;
  private readonly ends: CutoverEnds;

  /** @param machines those that this one starts: `leg` runs the waits until the migration is ready. */
  constructor(
    scope: Construct,
    props: CutoverPipelineProps,
    version: string,
    parts: CutoverFunctions & CutoverMachines,
  ) {
    this.scope = scope;
    this.props = props;
    this.version = version;
    this.machines = parts;
    this.tasks = new CutoverTasks(scope, parts);
    this.ends = new CutoverEnds(scope, 'Ends', {
      tasks: this.tasks,
      resume: parts.resume,
      rollback: props.rollback === undefined ? undefined : parts.steps,
    });
    this.start = this.begin(this.ready(this.stopWrites(this.drained(this.switch()))));
  }

  private begin(next: sfn.IChainable): sfn.IChainable {
    const { scope, props, tasks, ends } = this;
    const begin = tasks.command(
      '0 Begin',
      'begin',
      { settings: settingsOf(props), resumeMachine: textAt(this.machines.resume.stateMachineArn) },
      'WRITES_GO_ON',
    );
    begin.addCatch(ends.beforeStop, ERROR);
    const input = new sfn.Pass(scope, 'Input', {
      stateName: '0 Input',
      parameters: {
        cutover: {
          // Otherwise the function reads it from the input: a path without a value would end in States.Runtime.
          ...(props.projectId === undefined ? {} : { projectId: props.projectId }),
          run: textAt('$$.Execution.Name'),
          execution: sfn.JsonPath.executionId,
          startedAt: sfn.JsonPath.stateEnteredTime,
          rehearse: props.rehearse ?? false,
          version: this.version,
          input: sfn.JsonPath.objectAt('$'),
        } satisfies AtSynth<BeginningState>,
      },
    });
    return input.next(begin).next(tasks.unlessEnded('0 Begin', next, ends.ended));
  }

  /** Ready, also by OMS's full verification; then approved, and still ready. */
  private ready(approved: sfn.IChainable): sfn.IChainable {
    const { scope, props, tasks, ends } = this;
    // One deadline for every return to it, from a verification or from a void approval.
    const ready = this.waitUntilReady('1 Ready', props.ready?.timeout, '$.cutover.startedAt');
    let next = approved;
    if (props.approval !== undefined) {
      // Long enough for one complete hold: if the migration is not ready by then, the approval no longer applies.
      const hold = props.ready?.hold ?? Duration.seconds(60);
      const again = this.waitUntilReady('2 Still ready', Duration.seconds(2 * hold.toSeconds() + 60));
      next = new CutoverApproval(scope, 'Approval', { tasks, ends, ready, again, approved }).start;
    }
    const note = tasks.recordGate('1 Ready: note', 'READY', '$.gate', 'WRITES_GO_ON');
    note.addCatch(ends.beforeStop, ERROR);
    ready.addCatch(ends.beforeStop, ERROR);
    const pause = new sfn.Wait(scope, 'VerificationPause', {
      stateName: '1 Wait for the verification',
      time: sfn.WaitTime.secondsPath('$.waitSeconds'),
    }).next(ready);
    const clean = new sfn.Choice(scope, 'Verified', { stateName: '1 Verified?' })
      .when(sfn.Condition.stringEquals('$.next', 'WAIT'), pause)
      .otherwise(next);
    ready.next(note).next(tasks.unlessEnded('1 Ready', clean, ends.ended));
    return ready;
  }

  private waitUntilReady(name: string, timeout: Duration | undefined, timeoutFrom?: string): WaitForMigration {
    const { maxLag, hold } = this.props.ready ?? {};
    return new WaitForMigration(this.scope, name, {
      monitor: this.machines,
      projectId: '$.cutover.projectId',
      until: Goal.synced(defined<SyncedOptions>({ maxLag, hold })),
      ...defined<Pick<WaitForMigrationProps, 'timeout' | 'timeoutFrom'>>({ timeout, timeoutFrom }),
      resultPath: '$.gate',
    });
  }

  private stopWrites(next: sfn.IChainable): sfn.IChainable {
    const { props, machines, tasks, ends } = this;
    const output = sfn.JsonPath.objectAt('$.step');
    // In a rehearsal. Otherwise the machine of the steps records it, because the output of stopWrites may be of any size.
    const fence = tasks.command('3 Fence', 'recordFence', { output }, 'WRITES_STOPPED');
    fence.addCatch(tasks.failedAt('fence', ends.afterStop), ERROR);
    fence.next(next);
    const stop = tasks.runStep('3 Stop writes', machines.steps, 'stopWrites', stopWritesTimeoutOf(props));
    // It may have stopped writes in part: they are resumed.
    stop.addCatch(tasks.failedAt('stopWrites', ends.afterStop), ERROR);
    stop.next(tasks.unlessEnded('3 Stopped', next, ends.ended));
    const note = tasks.command('3 Stop writes: note', 'beginStep', { step: 'stopWrites' }, 'WRITES_GO_ON');
    note.addCatch(ends.beforeStop, ERROR);
    const real = tasks.unlessRehearsed('3 Stop writes', stop, fence);
    return note.next(tasks.unlessEnded('3 Stop writes', real, ends.ended));
  }

  private drained(next: sfn.IChainable): sfn.IChainable {
    const gate = { ...this.drain(), gate: 'DRAINED', name: '4 Drained', next, onFailure: this.ends.afterStop } as const;
    return new CutoverGate(this.scope, 'Drained', gate).start;
  }

  /** From the switchover on, a failure no longer resumes writes. */
  private switch(): sfn.IChainable {
    const { scope, props, machines, tasks, ends } = this;
    const { steps } = machines;
    const { switchover } = props;
    const onFailure = ends.afterDrain;
    let next = tasks.step('7 Switch traffic', 'switchTraffic', steps, ends.switched, onFailure);
    if (switchover === undefined) {
      const again = { ...this.drain(), gate: 'DRAINED_AGAIN', name: '6 Drained again', next, onFailure } as const;
      next = new CutoverGate(scope, 'DrainedAgain', again).start;
    }
    if (props.verify !== undefined) next = tasks.step('6 Verify', 'verify', steps, next, onFailure);
    if (switchover !== undefined) {
      const moves = { goal: Goal.switched(), timeout: switchoverTimeoutOf(props), name: '5 Switched' };
      const gate = { tasks, ...moves, gate: 'SWITCHED', next, onFailure } as const;
      const switched = new CutoverGate(scope, 'Switched', gate).start;
      const machine = switchover === 'operator' ? undefined : steps;
      next = tasks.step('5 Switchover', 'switchover', machine, switched, onFailure, next);
    }
    return next;
  }

  /** Shared by the two drain gates. */
  private drain() {
    const goal = Goal.drained({ writesStoppedAt: '$.cutover.writesStoppedAt', margin: '$.cutover.marginSeconds' });
    return { tasks: this.tasks, goal, timeout: drainTimeoutOf(this.props) };
  }
}
