/**
 * A step of your own state machine that ends when the migration is ready: chain it, and catch the reasons it may fail for by name.
 *
 * It is one state, a Parallel with one branch: that is what makes a whole loop chain, catch and give its result like a single step.
 */
import { Duration, Token } from 'aws-cdk-lib';
import * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import type { Construct } from 'constructs';
import type { WaitRequest } from '../../lambda/contract/wait';
import { Problems } from '../validation/problems';
import { durationBetween, PROJECT_ID } from '../validation/rules';
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
  /** The monitor that looks at the project. */
  readonly monitor: HasLeg;
  /** The project, or a path to its id, such as `$.projectId`. */
  readonly projectId: string;
  /**
   * What to wait for.
   * @default Goal.finished()
   */
  readonly until?: Goal;
  /**
   * After this long the wait fails with `DeadlineExceeded`.
   * @default 364 days
   */
  readonly timeout?: DurationOrPath;
  /**
   * Path to the moment (ISO 8601) from which `timeout` counts, for a machine that comes back to this wait.
   * @default - the moment at which the wait is entered
   */
  readonly timeoutFrom?: string;
  /**
   * The shortest time between two looks.
   * @default 10 seconds; 5 seconds when a copy may end any moment, 2 seconds once writes have stopped
   */
  readonly minInterval?: DurationOrPath;
  /**
   * The longest time between two looks.
   * @default 5 minutes
   */
  readonly maxInterval?: DurationOrPath;
  /**
   * How long the project may be FAILED before the wait fails with `MigrationFailed`. Zero fails at once.
   * @default 2 minutes
   */
  readonly failedGrace?: DurationOrPath;
  /**
   * How long it may be suspended before the wait fails with `MigrationSuspended`.
   * @default 12 hours, after which OMS may no longer be able to resume
   */
  readonly suspendedGrace?: DurationOrPath;
  /**
   * How long its status may be a word nobody knows before the wait fails with `UnknownStatus`.
   * @default 10 minutes
   */
  readonly unknownGrace?: DurationOrPath;
  /**
   * How long OMS may give no valid answer before the wait fails with `OmsUnreachable`.
   * @default 1 hour
   */
  readonly outageGrace?: DurationOrPath;
  /**
   * Where to put the result in the state's input. JsonPath.DISCARD drops it.
   * @default - the result replaces the input
   */
  readonly resultPath?: string;
  /**
   * A comment in the definition.
   * @default - says what is waited for
   */
  readonly comment?: string;
}

export class WaitForMigration extends sfn.Parallel {
  constructor(scope: Construct, id: string, props: WaitForMigrationProps) {
    check(id, props);
    super(scope, id, {
      comment: props.comment ?? 'Waits until the OMS migration is ready',
      // A branch's output comes as an array of one.
      outputPath: '$[0]',
      // Said, so that a JSONata machine refuses it here and not in a year's time.
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

const TIMES = {
  timeout: [Duration.seconds(1), Duration.days(364)],
  minInterval: [Duration.seconds(1), Duration.days(1)],
  maxInterval: [Duration.seconds(1), Duration.days(1)],
  failedGrace: [Duration.seconds(0), Duration.days(364)],
  suspendedGrace: [Duration.seconds(0), Duration.days(364)],
  unknownGrace: [Duration.seconds(0), Duration.days(364)],
  outageGrace: [Duration.seconds(0), Duration.days(364)],
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

/** Step Functions allows 80 characters for a state's name; the longest suffix here takes 12. */
const LONGEST_ID = 64;

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

function check(id: string, props: WaitForMigrationProps): void {
  const problems = new Problems();
  problems.names('WaitForMigration', props, PROPS);
  if (id.length > LONGEST_ID)
    problems.add(
      `the id must have at most ${LONGEST_ID} characters, because it begins the states' names; got ${id.length}`,
    );
  if (!isPath(props.projectId)) problems.check('projectId', props.projectId, PROJECT_ID);
  for (const name of TIME_NAMES) {
    const value = props[name];
    const [least, most] = TIMES[name];
    if (value instanceof Duration)
      problems.check(name, value, durationBetween(least, most, 'seconds', 'Duration.minutes(5)'));
    else checkSeconds(problems, name, value);
  }
  const { minInterval, maxInterval } = props;
  if (minInterval instanceof Duration && maxInterval instanceof Duration && longer(minInterval, maxInterval)) {
    problems.add(
      `minInterval must not be longer than maxInterval; got ${minInterval.toHumanString()} and ${maxInterval.toHumanString()}`,
    );
  }
  problems.check('timeoutFrom', props.timeoutFrom, {
    expected: 'a path',
    example: '$.begunAt',
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
