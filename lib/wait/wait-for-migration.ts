/** A wait as a state of your state machine. A Parallel with one branch: it chains, catches and returns a result like a single state. */
import { Duration, Token } from 'aws-cdk-lib';
import * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import type { Construct } from 'constructs';
import type { WaitRequest } from '../../lambda/contract/requests/wait';
import { LONGEST_SECONDS } from '../../lambda/contract/values/duration';
import { Problems } from '../validation/problems';
import { PROJECT_ID } from '../validation/rules';
import { Goal } from './goal';
import {
  type AtSynth,
  checkSeconds,
  type DurationOrPath,
  defined,
  type FieldsAtSynth,
  isPath,
  pathOrValue,
  secondsOf,
} from './json-path';
import { type HasLeg, WaitLoop } from './wait-loop';

export interface WaitForMigrationProps {
  /** The monitor that polls the project, which need not be one of its `projects`. */
  readonly monitor: HasLeg;
  /** The id of the project, or a path to it, such as `$.projectId`. */
  readonly projectId: string;
  /**
   * The condition to wait for.
   * @default Goal.finished()
   */
  readonly until?: Goal;
  /**
   * The wait fails with `DeadlineExceeded` after this time. 1 second to 364 days.
   * @default LONGEST
   */
  readonly timeout?: DurationOrPath;
  /**
   * Path to the time (ISO 8601) from which `timeout` counts, for a state machine that enters this wait repeatedly.
   * @default - the time at which the wait is entered
   */
  readonly timeoutFrom?: string;
  /**
   * The shortest interval between two polls. 1 second to 1 day. A given value is used in every phase.
   * @default - 10 seconds; 5 seconds if a copy may end at any time, 2 seconds after a fence
   */
  readonly minInterval?: DurationOrPath;
  /**
   * The longest interval between two polls. 1 second to 1 day.
   * @default Duration.minutes(5)
   */
  readonly maxInterval?: DurationOrPath;
  /**
   * The wait fails with `MigrationFailed` if the project is FAILED for longer. 0 (immediately) to 364 days.
   * @default Duration.minutes(2)
   */
  readonly failedGrace?: DurationOrPath;
  /**
   * The wait fails with `MigrationSuspended` if the project is suspended for longer. 0 to 364 days.
   * @default Duration.hours(12) - OMS may not be able to resume the project later
   */
  readonly suspendedGrace?: DurationOrPath;
  /**
   * The wait fails with `UnknownStatus` if the status is an unrecognized one for longer. 0 to 364 days.
   * @default Duration.minutes(10)
   */
  readonly unknownGrace?: DurationOrPath;
  /**
   * The wait fails with `OmsUnreachable` if OMS gives no valid answer for longer. 0 to 364 days.
   * @default Duration.hours(1)
   */
  readonly outageGrace?: DurationOrPath;
  /**
   * Path at which the result is added to the input of the state. JsonPath.DISCARD drops the result.
   * @default - the result replaces the input
   */
  readonly resultPath?: string;
  /**
   * Comment of the state in the definition.
   * @default 'Waits until the OMS migration is ready'
   */
  readonly comment?: string;
}

/**
 * A state that polls OMS until the project meets a goal, and outputs the result of the last check. If the goal cannot be met it fails, with
 * the reason code as the error name: `MigrationFailed`, `DeadlineExceeded`, …
 *
 * @throws InvalidSettings at synthesis, with every invalid prop
 */
export class WaitForMigration extends sfn.Parallel {
  constructor(scope: Construct, id: string, props: WaitForMigrationProps) {
    validate(id, props);
    super(scope, id, {
      comment: props.comment ?? 'Waits until the OMS migration is ready',
      // The output of a Parallel is an array with one element per branch.
      outputPath: '$[0]',
      // Explicit: a JSONata state machine then refuses it at synthesis.
      queryLanguage: sfn.QueryLanguage.JSON_PATH,
    });
    const loop = new WaitLoop(this, 'Loop', {
      leg: props.monitor.leg,
      request: request(props),
      timeoutFrom: props.timeoutFrom,
      namePrefix: `${id}: `,
      resultPath: props.resultPath === '$' ? undefined : props.resultPath,
    });
    this.branch(loop.start);
  }
}

const LONGEST = Duration.seconds(LONGEST_SECONDS);
const TIMES = {
  timeout: [Duration.seconds(1), LONGEST],
  minInterval: [Duration.seconds(1), Duration.days(1)],
  maxInterval: [Duration.seconds(1), Duration.days(1)],
  failedGrace: [Duration.seconds(0), LONGEST],
  suspendedGrace: [Duration.seconds(0), LONGEST],
  unknownGrace: [Duration.seconds(0), LONGEST],
  outageGrace: [Duration.seconds(0), LONGEST],
} as const satisfies Partial<Record<keyof WaitForMigrationProps, readonly [Duration, Duration]>>;

type TimeName = keyof typeof TIMES;
const TIME_NAMES = Object.keys(TIMES) as TimeName[];

function request(props: WaitForMigrationProps): AtSynth<WaitRequest> {
  return defined<FieldsAtSynth<WaitRequest>>({
    projectId: pathOrValue(props.projectId),
    goal: (props.until ?? Goal.finished()).input,
    timeoutSeconds: secondsOf(props.timeout),
    minIntervalSeconds: secondsOf(props.minInterval),
    maxIntervalSeconds: secondsOf(props.maxInterval),
    failedGraceSeconds: secondsOf(props.failedGrace),
    suspendedGraceSeconds: secondsOf(props.suspendedGrace),
    unknownGraceSeconds: secondsOf(props.unknownGrace),
    outageGraceSeconds: secondsOf(props.outageGrace),
  });
}

/** State names have up to 80 characters; the loop adds up to 12. */
const MAX_ID_LENGTH = 64;

const PROPS: Readonly<Record<keyof WaitForMigrationProps, true>> = {
  monitor: true,
  projectId: true,
  until: true,
  timeout: true,
  timeoutFrom: true,
  minInterval: true,
  maxInterval: true,
  failedGrace: true,
  suspendedGrace: true,
  unknownGrace: true,
  outageGrace: true,
  resultPath: true,
  comment: true,
};

function validate(id: string, props: WaitForMigrationProps): void {
  const problems = new Problems();
  problems.names('WaitForMigration', props, PROPS);
  if (id.length > MAX_ID_LENGTH)
    problems.add(
      `the id must have at most ${MAX_ID_LENGTH} characters, because it is the prefix of the state names; got ${id.length}`,
    );
  if (!isPath(props.projectId)) problems.check('projectId', props.projectId, PROJECT_ID);
  for (const name of TIME_NAMES) {
    checkSeconds(problems, name, props[name], TIMES[name]);
  }
  const { minInterval, maxInterval } = props;
  if (minInterval instanceof Duration && maxInterval instanceof Duration && longer(minInterval, maxInterval)) {
    problems.add(
      `minInterval must not be longer than maxInterval; got ${minInterval.toHumanString()} and ${maxInterval.toHumanString()}`,
    );
  }
  problems.check('timeoutFrom', props.timeoutFrom, {
    expected: 'a path',
    example: '$.startedAt',
    accepts: isPath,
  });
  problems.check('resultPath', props.resultPath, {
    expected: 'a path, or JsonPath.DISCARD',
    example: '$.migration',
    accepts: (path) => path === sfn.JsonPath.DISCARD || /^\$($|\.|\[)/.test(path),
  });
  problems.throwIfAny(`WaitForMigration ${id}`);
}

function longer(one: Duration, other: Duration): boolean {
  return !Token.isUnresolved(one) && !Token.isUnresolved(other) && one.toMilliseconds() > other.toMilliseconds();
}
