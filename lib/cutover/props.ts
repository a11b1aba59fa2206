/** Props of CutoverPipeline. lib/cutover/validation.ts has their limits. */
import { Duration, type RemovalPolicy } from 'aws-cdk-lib';
import type * as logs from 'aws-cdk-lib/aws-logs';
import type * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import { DEFAULTS } from '../../lambda/contract/defaults';
import type { CutoverOptions } from '../../lambda/contract/requests/cutover';
import type { MigrationMonitor } from '../monitor/migration-monitor';
import { defined } from '../wait/json-path';

/** When the migration counts as ready. */
export interface CutoverReadyOptions {
  /**
   * The highest lag of the target: whole seconds, 0 seconds to 1 day.
   * @default Duration.seconds(30)
   */
  readonly maxLag?: Duration;
  /**
   * How long the lag must stay within `maxLag`: whole seconds, 0 seconds to 1 day.
   * @default Duration.seconds(60)
   */
  readonly hold?: Duration;
  /**
   * The cutover fails with `DeadlineExceeded` if the migration is not ready within this time of its start, including the time for a
   * verification or a void approval. 1 second to 364 days.
   * @default Duration.days(364)
   */
  readonly timeout?: Duration;
  /**
   * If the project has a full verification and OMS 4.1.1 or later, wait until it finds no difference.
   * @default true
   */
  readonly verification?: boolean;
}

/** The approval before writes are stopped. */
export interface CutoverApprovalOptions {
  /**
   * Without a decision in this time the cutover counts as rejected. 1 second to 7 days.
   * @default Duration.hours(4)
   */
  readonly timeout?: Duration;
}

/** Your steps get the cutover as their input. A step fails if it throws; it should have a timeout. */
export interface CutoverPipelineProps {
  /** The monitor that polls the project. */
  readonly monitor: MigrationMonitor;
  /**
   * The id of the project, for a pipeline with a single one.
   * @default - `projectId` of the execution's input
   */
  readonly projectId?: string;
  /** Your step that stops writes to the source. It may return the fence, read on the source, as `writesStoppedAt`. */
  readonly stopWrites: sfn.IChainable;
  /** Your step that directs the applications to the target. */
  readonly switchTraffic: sfn.IChainable;
  /** Your step that allows writes to the source again. It must also work if writes were stopped only in part, or not at all. */
  readonly resumeWrites: sfn.IChainable;
  /**
   * Your step that verifies the target, and fails if it is not as expected.
   * @default - none
   */
  readonly verify?: sfn.IChainable;
  /**
   * The forward switchover of OMS, for reverse synchronization: by an operator in the console, or by a step of yours. The pipeline continues
   * when the reverse checkpoint advances.
   * @default - none
   */
  readonly switchover?: 'operator' | sfn.IChainable;
  /**
   * How long the switchover may take, while writes are stopped: 1 minute to 12 hours. Requires `switchover`.
   * @default Duration.minutes(30)
   */
  readonly switchoverTimeout?: Duration;
  /**
   * Your step that restores the source as the primary, including writes to it, after a failure from the switchover on.
   * @default - none: the cutover ends in `CutoverNeedsOperator`
   */
  readonly rollback?: sfn.IChainable;
  /**
   * Request an approval before writes are stopped.
   * @default - no approval
   */
  readonly approval?: CutoverApprovalOptions;
  /**
   * When the migration counts as ready.
   * @default - a lag of up to 30 seconds for 60 seconds
   */
  readonly ready?: CutoverReadyOptions;
  /**
   * How long the target may take to catch up with the fence; writes are resumed after that. 10 seconds to 1 hour.
   * @default Duration.minutes(5)
   */
  readonly drainTimeout?: Duration;
  /**
   * How long `stopWrites` may take, all its tasks and retries together; after that writes are resumed. It gets this time as `deadline`.
   * @default Duration.minutes(15)
   */
  readonly stopWritesTimeout?: Duration;
  /**
   * Added to a fence that was not read on the source: whole seconds, up to 1 hour. For a fence from our own clock at least 1 second is used.
   * @default Duration.seconds(10)
   */
  readonly margin?: Duration;
  /**
   * Path of the fence in the output of `stopWrites`, with dots between field names.
   * @default - `writesStoppedAt` or `Payload.writesStoppedAt`; without a value, the time after the step on our clock, plus `margin`
   */
  readonly fencePath?: string;
  /**
   * Rehearse: skip your steps and record what they would have done. Also per execution, with `"rehearse": true` in its input.
   * @default false
   */
  readonly rehearse?: boolean;
  /**
   * Concurrency reserved for the function that keeps the records, so that a burst elsewhere in the account does not delay a cutover: a whole
   * number, at least 2. It is taken from the account's concurrency.
   * @default - none: throttles of up to two minutes are retried
   */
  readonly reservedConcurrency?: number;
  /**
   * How long the logs of the function and of the state machines are kept.
   * @default RetentionDays.THREE_MONTHS
   */
  readonly logRetention?: logs.RetentionDays;
  /**
   * For the logs.
   * @default RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE
   */
  readonly removalPolicy?: RemovalPolicy;
}

export function stopWritesTimeoutOf({ stopWritesTimeout }: CutoverPipelineProps): Duration {
  return stopWritesTimeout ?? Duration.seconds(DEFAULTS.stopWritesTimeoutSeconds);
}

export function drainTimeoutOf({
  drainTimeout = Duration.seconds(DEFAULTS.drainTimeoutSeconds),
}: CutoverPipelineProps): Duration {
  return drainTimeout;
}

export function switchoverTimeoutOf({
  switchoverTimeout = Duration.seconds(DEFAULTS.switchoverTimeoutSeconds),
}: CutoverPipelineProps): Duration {
  return switchoverTimeout;
}

/** The options recorded in the receipt. The function has the defaults of those that are not given. */
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
    stopWritesTimeoutSeconds: stopWritesTimeoutOf(props).toSeconds(),
  });
}
