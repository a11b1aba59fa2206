/**
 * From "nearly there" to switched: a state machine with your own steps in the right places, that never switches while a write could be
 * lost, and never leaves writes stopped without saying so. docs/cutover-pipeline.md has the picture.
 */
import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import * as logs from 'aws-cdk-lib/aws-logs';
import * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
import { CutoverApproval } from './cutover-approval';
import { checkCutoverProps } from './cutover-checks';
import { CutoverEndRule } from './cutover-end-rule';
import { CutoverEnds } from './cutover-ends';
import { CutoverGate } from './cutover-gate';
import { CutoverLeg } from './cutover-leg';
import { CutoverRole } from './cutover-role';
import { CutoverTasks } from './cutover-tasks';
import { Goal } from './goal';
import { pathOrValue } from './json-path';
import { MachineLogs } from './machine-logs';
import type { MigrationMonitor } from './migration-monitor';
import { WaitForMigration } from './wait-for-migration';
import type { HasLeg } from './wait-loop';

export interface CutoverReadyOptions {
  /**
   * How far the target may be behind.
   * @default Duration.seconds(30)
   */
  readonly maxLag?: Duration;
  /**
   * For how long it has to stay within `maxLag`.
   * @default Duration.seconds(60)
   */
  readonly hold?: Duration;
  /**
   * After this long without being ready the cutover fails with `DeadlineExceeded`.
   * @default Duration.days(364)
   */
  readonly timeout?: Duration;
  /**
   * Where the project has a full verification and OMS can be asked (4.1.1 and later), wait until it found no difference.
   * @default true
   */
  readonly verification?: boolean;
}

export interface CutoverApprovalOptions {
  /**
   * How long the question stands; after that it counts as rejected. At most seven days.
   * @default Duration.hours(4)
   */
  readonly timeout?: Duration;
}

export interface CutoverPipelineProps {
  /** The monitor that looks at the project. */
  readonly monitor: MigrationMonitor;
  /**
   * The project, or a path to its id in the execution's input.
   * @default '$.projectId'
   */
  readonly projectId?: string;
  /** Yours: stops writes to the source. May return the fence as `writesStoppedAt`, read on the source. */
  readonly stopWrites: sfn.IChainable;
  /** Yours: sends the applications to the target. */
  readonly switchTraffic: sfn.IChainable;
  /** Yours: lets writes to the source go on, also where they were stopped only half. */
  readonly resumeWrites: sfn.IChainable;
  /**
   * Yours: looks whether the target is what it should be. Fails where it is not.
   * @default - none
   */
  readonly verify?: sfn.IChainable;
  /**
   * OMS's own forward switchover, where reverse synchronisation is wanted: by a person in its console, or by a step of yours.
   * Either way the pipeline goes on when the reverse checkpoint moves.
   * @default - none
   */
  readonly switchover?: 'operator' | sfn.IChainable;
  /**
   * How long the switchover may take. Writes are stopped all that time.
   * @default Duration.minutes(30)
   */
  readonly switchoverTimeout?: Duration;
  /**
   * Yours: brings everything back where something fails from the switchover on, writes to the source included.
   * @default - none: such a cutover ends in `CutoverNeedsOperator`
   */
  readonly rollback?: sfn.IChainable;
  /**
   * Ask a person before writes are stopped.
   * @default - nobody is asked
   */
  readonly approval?: CutoverApprovalOptions;
  /**
   * When the migration counts as ready.
   * @default - a lag of 30 seconds or less for 60 seconds
   */
  readonly ready?: CutoverReadyOptions;
  /**
   * How long the target may take to catch up with the fence; after that writes are resumed.
   * @default Duration.minutes(5)
   */
  readonly drainTimeout?: Duration;
  /**
   * Added to a fence that was not read on the source.
   * @default Duration.seconds(10)
   */
  readonly margin?: Duration;
  /**
   * Where the output of `stopWrites` has the fence, dotted.
   * @default - `writesStoppedAt`, or `Payload.writesStoppedAt`; else our own time after the step, with `margin`
   */
  readonly fencePath?: string;
  /**
   * Do everything but your steps, and say what would have been done. Also per execution, with `"rehearse": true` in its input.
   * @default false
   */
  readonly rehearse?: boolean;
  /** @default RetentionDays.THREE_MONTHS */
  readonly logRetention?: logs.RetentionDays;
  /** @default RemovalPolicy.RETAIN */
  readonly removalPolicy?: RemovalPolicy;
}

export class CutoverPipeline extends Construct {
  /** Start it with `{ "projectId": "p_…" }`. */
  readonly stateMachine: sfn.StateMachine;

  constructor(scope: Construct, id: string, props: CutoverPipelineProps) {
    super(scope, id);
    checkCutoverProps(this.node.path, props);
    const { monitor } = props;
    const logging = {
      logRetention: props.logRetention ?? logs.RetentionDays.THREE_MONTHS,
      removalPolicy: props.removalPolicy ?? RemovalPolicy.RETAIN,
    };
    const machineLogs = new MachineLogs(this, 'Logs', logging);
    const leg = new CutoverLeg(this, 'ReadyLeg', { checkFunction: monitor.checkFunction, ...logging });
    this.stateMachine = new sfn.StateMachine(this, 'Machine', {
      comment: 'Cuts over from the source of an OMS migration to its target. Input: {"projectId": "p_…"}.',
      definitionBody: sfn.DefinitionBody.fromChainable(this.definition(props, leg)),
      // Your steps add what they need to it.
      role: new CutoverRole(this, 'Role', leg.leg),
      tracingEnabled: true,
      logs: { destination: machineLogs, level: sfn.LogLevel.ALL, includeExecutionData: true },
    });
    new CutoverEndRule(this, 'End', {
      stateMachine: this.stateMachine,
      checkFunction: monitor.checkFunction,
      deadLetters: monitor.failures,
    });
  }

  /** Written from the end, because each state has to know the next one. */
  private definition(props: CutoverPipelineProps, leg: HasLeg): sfn.IChainable {
    const { switchover, approval } = props;
    const tasks = new CutoverTasks(this, props.monitor.checkFunction);
    const ends = new CutoverEnds(this, 'Ends', { tasks, resumeWrites: props.resumeWrites, rollback: props.rollback });
    const timeout = drainTimeoutOf(props);
    const goal = Goal.drained({ writesStoppedAt: '$.cutover.writesStoppedAt', margin: '$.cutover.marginSeconds' });
    const far = { tasks, onFailure: ends.afterDrain };

    let next = tasks.step('7 Switch traffic', 'switchTraffic', props.switchTraffic, ends.switched, ends.afterDrain);
    if (switchover === undefined) {
      const gate = { ...far, gate: 'DRAINED_AGAIN', goal, timeout, next } as const;
      next = new CutoverGate(this, 'DrainedAgain', { ...gate, name: '6 Drained again' }).start;
    }
    if (props.verify !== undefined) next = tasks.step('6 Verify', 'verify', props.verify, next, ends.afterDrain);
    if (switchover !== undefined) {
      const gate = {
        ...far,
        gate: 'SWITCHED',
        goal: Goal.switched(),
        timeout: switchoverTimeoutOf(props),
        next,
      } as const;
      const switched = new CutoverGate(this, 'Switched', { ...gate, name: '5 Switched' }).start;
      const own = switchover === 'operator' ? undefined : switchover;
      next = tasks.step('5 Switchover', 'switchover', own, switched, ends.afterDrain, next);
    }
    const gate = { tasks, gate: 'DRAINED', goal, timeout, next, onFailure: ends.afterStop } as const;
    next = this.stopWrites(tasks, props, new CutoverGate(this, 'Drained', { ...gate, name: '4 Drained' }).start, ends);

    const ready = this.ready('1 Ready', props, leg, props.ready?.timeout);
    if (approval !== undefined) {
      // Long enough for a whole hold, and no longer: what does not hold by then is not what was approved.
      const hold = props.ready?.hold ?? Duration.seconds(60);
      const again = this.ready('2 Still ready', props, leg, Duration.seconds(2 * hold.toSeconds() + 60));
      next = new CutoverApproval(this, 'Approval', { tasks, ends, ready, again, approved: next }).start;
    }
    const note = tasks.noteGate('1 Ready: note', 'READY', '$.gate', 'WRITES_GO_ON');
    note.addCatch(ends.beforeStop, { resultPath: '$.error' });
    ready.addCatch(ends.beforeStop, { resultPath: '$.error' });
    const pause = new sfn.Wait(this, 'VerificationPause', {
      stateName: '1 Wait for the verification',
      time: sfn.WaitTime.secondsPath('$.waitSeconds'),
    }).next(ready);
    const clean = new sfn.Choice(this, 'Verified', { stateName: '1 Verified?' })
      .when(sfn.Condition.stringEquals('$.next', 'WAIT'), pause)
      .otherwise(next);
    ready.next(note).next(tasks.unlessEnded('1 Ready', clean, ends.ended));
    return this.begin(tasks, props, ready, ends);
  }

  private begin(
    tasks: CutoverTasks,
    props: CutoverPipelineProps,
    next: sfn.IChainable,
    ends: CutoverEnds,
  ): sfn.IChainable {
    const begin = tasks.book('0 Begin', 'begin', { settings: settingsOf(props) }, 'WRITES_GO_ON');
    begin.addCatch(ends.beforeStop, { resultPath: '$.error' });
    const input = new sfn.Pass(this, 'Input', {
      stateName: '0 Input',
      parameters: {
        cutover: {
          projectId: pathOrValue(props.projectId ?? '$.projectId'),
          run: sfn.JsonPath.stringAt('$$.Execution.Name'),
          rehearse: props.rehearse ?? false,
          input: sfn.JsonPath.objectAt('$'),
        },
      },
    });
    return input.next(begin).next(tasks.unlessEnded('0 Begin', next, ends.ended));
  }

  private ready(
    name: string,
    props: CutoverPipelineProps,
    leg: HasLeg,
    timeout: Duration | undefined,
  ): WaitForMigration {
    return new WaitForMigration(this, name, {
      monitor: leg,
      projectId: '$.cutover.projectId',
      until: Goal.synced({ ...given('maxLag', props.ready?.maxLag), ...given('hold', props.ready?.hold) }),
      ...given('timeout', timeout),
      resultPath: '$.gate',
    });
  }

  private stopWrites(
    tasks: CutoverTasks,
    props: CutoverPipelineProps,
    next: sfn.IChainable,
    ends: CutoverEnds,
  ): sfn.IChainable {
    const path = props.fencePath === undefined ? {} : { path: props.fencePath };
    const fence = tasks.book(
      '3 Fence',
      'fence',
      { output: sfn.JsonPath.objectAt('$.step'), ...path },
      'WRITES_STOPPED',
    );
    fence.addCatch(tasks.failedAt('fence', ends.afterStop), { resultPath: '$.error' });
    fence.next(next);
    const stop = tasks.users('3 Stop writes', props.stopWrites, '$.step');
    // Whatever of it was done: it is undone.
    stop.addCatch(tasks.failedAt('stopWrites', ends.afterStop), { resultPath: '$.error' });
    stop.next(fence);
    const note = tasks.book('3 Stop writes: note', 'step', { step: 'stopWrites' }, 'WRITES_GO_ON');
    note.addCatch(ends.beforeStop, { resultPath: '$.error' });
    const real = tasks.unlessRehearsed('3 Stop writes', stop, fence);
    return note.next(tasks.unlessEnded('3 Stop writes', real, ends.ended));
  }
}

function drainTimeoutOf({ drainTimeout = Duration.minutes(5) }: CutoverPipelineProps): Duration {
  return drainTimeout;
}

function switchoverTimeoutOf({ switchoverTimeout = Duration.minutes(30) }: CutoverPipelineProps): Duration {
  return switchoverTimeout;
}

/** For the receipt (lambda/core/cutover-state.ts). What is left out has its default there. */
function settingsOf(props: CutoverPipelineProps): Record<string, unknown> {
  const { switchover, approval, ready } = props;
  return {
    ...given('maxLagSeconds', ready?.maxLag?.toSeconds()),
    ...given('holdSeconds', ready?.hold?.toSeconds()),
    drainTimeoutSeconds: drainTimeoutOf(props).toSeconds(),
    ...given('marginSeconds', props.margin?.toSeconds()),
    ...given(
      'approvalSeconds',
      approval === undefined ? undefined : (approval.timeout ?? Duration.hours(4)).toSeconds(),
    ),
    switchover: switchover === undefined ? 'none' : switchover === 'operator' ? 'operator' : 'step',
    switchoverTimeoutSeconds: switchoverTimeoutOf(props).toSeconds(),
    verification: ready?.verification ?? true,
    rollback: props.rollback !== undefined,
    rehearse: props.rehearse ?? false,
  };
}

function given<K extends string, V>(name: K, value: V | undefined): Partial<Record<K, V>> {
  return value === undefined ? {} : ({ [name]: value } as Record<K, V>);
}
