/** What a CutoverPipeline is made with, and what holds where something is left out. */
import { Duration, type RemovalPolicy } from 'aws-cdk-lib';
import type * as logs from 'aws-cdk-lib/aws-logs';
import type * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import type { CutoverOptions } from '../../lambda/contract/cutover';
import type { MigrationMonitor } from '../monitor/migration-monitor';
import { defined } from '../wait/json-path';

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
   * After this long without being ready the cutover fails with `DeadlineExceeded`. Counts from the start of the cutover: time that a
   * verification took, or an approval that came to nothing, is in it.
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
   * The project, where the pipeline is for one only.
   * @default - `projectId` of the execution's input
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

export function drainTimeoutOf({ drainTimeout = Duration.minutes(5) }: CutoverPipelineProps): Duration {
  return drainTimeout;
}

export function switchoverTimeoutOf({ switchoverTimeout = Duration.minutes(30) }: CutoverPipelineProps): Duration {
  return switchoverTimeout;
}

/** For the receipt. What is left out has its default in the function. */
export function settingsOf(props: CutoverPipelineProps): CutoverOptions {
  const { switchover, approval, ready } = props;
  return defined<CutoverOptions>({
    maxLagSeconds: ready?.maxLag?.toSeconds(),
    holdSeconds: ready?.hold?.toSeconds(),
    drainTimeoutSeconds: drainTimeoutOf(props).toSeconds(),
    marginSeconds: props.margin?.toSeconds(),
    approvalSeconds: approval === undefined ? undefined : (approval.timeout ?? Duration.hours(4)).toSeconds(),
    switchover: switchover === undefined ? 'none' : switchover === 'operator' ? 'operator' : 'step',
    switchoverTimeoutSeconds: switchoverTimeoutOf(props).toSeconds(),
    verification: ready?.verification ?? true,
    verify: props.verify !== undefined,
    rollback: props.rollback !== undefined,
    rehearse: props.rehearse ?? false,
  });
}
